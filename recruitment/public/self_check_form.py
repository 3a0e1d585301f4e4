"""The questions of the self-check."""

from itertools import groupby

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.validators import ValidationError

from recruitment.areas import catalogue
from recruitment.cadres.fields import DayField, Within
from recruitment.cadres.vocabulary import EDUCATION_LEVELS
from recruitment.cadres.vocabulary import POSTS as CADRE_POSTS
from recruitment.calls.models import Call
from recruitment.calls.rules import parameters_of
from recruitment.clock import local, now
from recruitment.eligibility.rules.tenure import former_count
from recruitment.eligibility.vocabulary import APPRAISAL_WORDS, EDUCATION_RANK, POST_WORDS
from recruitment.forms import Form, Required
from recruitment.public.coarse import COMMENDED, NO_POST, POSTS, RESTRUCTURED, Answers
from recruitment.web.formats import day
from recruitment.wording import said


def county_choices() -> dict[str, list[tuple[str, str]]]:
    """Every county under its prefecture, for a select."""
    groups = groupby(catalogue.counties().values(), lambda county: county.prefecture)
    return {"": [("", _("请选择"))]} | {
        prefecture: [(county.code, county.name) for county in counties] for prefecture, counties in groups
    }


def post_words(post: str) -> str:
    """A kind of post, one reached by restructuring, or none, for people."""
    if post == RESTRUCTURED:
        return str(_("因建制调整转任的其他正职"))
    if post == NO_POST:
        return str(_("不在村（社区）任职"))
    return str(CADRE_POSTS.get(post) or said(POST_WORDS[post]))  # type: ignore[call-overload]


def _post_choices() -> list[tuple[str, str]]:
    last = ("other", NO_POST)
    order = (*(post for post in POSTS if post not in last), *last)
    return [("", _("请选择")), *((post, post_words(post)) for post in order)]


class SelfCheckForm(Form):
    """What somebody says of themself. Nothing of it is stored.

    The words of two questions depend on the call: call :meth:`ask` first.
    """

    birth_date = DayField(
        _l("出生日期"),
        [Required(), Within(latest=lambda: local(now()).date(), too_late=_l("出生日期不能晚于今天。"))],
        description=_l("以身份证为准，例如 1988 年 5 月 4 日。"),
    )
    education = SelectField(
        _l("最高学历"),
        [Required()],
        choices=lambda: [
            ("", _("请选择")),
            *((key, str(EDUCATION_LEVELS[key])) for key in EDUCATION_RANK),  # type: ignore[index]
        ],
    )
    post = SelectField(_l("现任职务"), [Required()], choices=_post_choices)
    since = DayField(
        _l("从什么时候起连续任职"),
        [Within(latest=lambda: local(now()).date(), too_late=_l("任职开始的日期不能晚于今天。"))],
        description=_l("先后当过书记和主任、中间没有间断的，从最早那天算起。不在任的不填。"),
    )
    county = SelectField(_l("任职的县（市、区）"), description=_l("不在任的不填。"), choices=county_choices)
    commended = RadioField(
        _l("综合类表彰"),
        [Required()],
        description=_l("国家规定的综合类表彰，可以放宽年龄上限。"),
        choices=lambda: [("yes", _("获得过")), ("no", _("没有")), ("unsure", _("不清楚"))],
    )
    appraisal = SelectField(
        _l("年度考核结果"),
        choices=lambda: [
            ("", _("不填，或者还没有结果")),
            *((key, said(APPRAISAL_WORDS[key])) for key in reversed(list(APPRAISAL_WORDS))),
        ],
    )

    def ask(self, call: Call) -> None:
        """Name the days that the call counts by."""
        on = call.reference_date
        self.post.label.text = _("%(day)s的职务", day=day(on))
        if former_count(parameters_of(call)):
            # Which years of service and appraisals count for them takes the whole dossier.
            self.post.description = _(
                "曾任驻村第一书记、已经离任的，也可能符合条件，但这里查不了；请看招考条件，或者填报后由系统判断。"
            )
        self.appraisal.label.text = _("%(year)s年度考核结果（可以不填）", year=on.year - 1)

    def validate_since(self, field: DayField) -> None:
        if not self.post.data or self.post.data == NO_POST:
            return
        if field.data is None:
            raise ValidationError(_("请填写从什么时候起任职。"))
        if self.birth_date.data is not None and field.data <= self.birth_date.data:
            raise ValidationError(_("任职开始的日期早于出生日期，请核对。"))

    def validate_county(self, field: SelectField) -> None:
        if self.post.data and self.post.data != NO_POST and not field.data:
            raise ValidationError(_("请选择任职的县（市、区）。"))

    def answers(self) -> Answers:
        """What was answered; only after :meth:`validate` has said yes."""
        serving = self.post.data != NO_POST
        return Answers(
            birth_date=self.birth_date.data,
            education=str(self.education.data),
            post=str(self.post.data),
            since=self.since.data if serving else None,
            county=str(self.county.data) if serving else "",
            commended=COMMENDED[str(self.commended.data)],
            appraisal=self.appraisal.data or None,
        )
