"""Forms of the admin's pages: steps, position tables, extensions, candidates."""

from collections.abc import Sequence
from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from recruitment.areas.models import County
from recruitment.cadres.vocabulary import EDUCATION_LEVELS
from recruitment.calls import candidates
from recruitment.calls.fields import Given, LocalMinuteField
from recruitment.eligibility.verdict import VERDICT_WORDS
from recruitment.eligibility.vocabulary import EDUCATION_RANK
from recruitment.forms import DraftForm, Form, Required
from recruitment.wording import said


class StepForm(Form):
    """The reason for a step that asks for one."""

    reason = TextAreaField(_l("理由"), [Length(max=1000)])


class ExtensionForm(DraftForm):
    """A later closing time for everyone, one county or one person."""

    scope = RadioField(
        _l("为谁延长"),
        [Required()],
        choices=lambda: [
            ("everyone", _("所有人")),
            ("county", _("报考一个县（市、区）职位的人")),
            ("person", _("一个人")),
        ],
        default="everyone",
    )
    county = SelectField(_l("县（市、区）"), description=_l("选“一个县”时填写。"), choices=())
    person = StringField(_l("身份证号或回执号"), [Length(max=40)], description=_l("选“一个人”时填写。"))
    closes_at = LocalMinuteField(_l("新的截止时间"), [Given()], description=_l("北京时间，到分钟。"))
    reason = TextAreaField(
        _l("原因"),
        [Required(), Length(max=1000)],
        description=_l("记入档案，例如“11月30日20时至22时系统拥堵”。"),
    )

    def validate_county(self, field: Field) -> None:
        if self.scope.data == "county" and not field.data:
            raise ValidationError(_("请选择县（市、区）。"))

    def validate_person(self, field: Field) -> None:
        if self.scope.data == "person" and not (field.data or "").strip():
            raise ValidationError(_("请填写身份证号或回执号。"))


def county_choices(counties: Sequence[County], first: str, whole: bool = False) -> Any:
    """Counties under their prefectures, for a select.

    Args:
        first: the words for no choice.
        whole: offer each prefecture as a whole, too.
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    for county in counties:
        group = groups.setdefault(county.prefecture, [])
        if whole and not group:
            group.append((county.prefecture_code, _("%(name)s（全部）", name=county.prefecture)))
        group.append((county.code, county.name))
    return {"": [("", first)]} | groups


class CandidateFilter(wtforms.Form):
    """What narrows the list of candidates; it changes nothing, so it needs no token."""

    area = SelectField(_l("地区"), choices=())
    state = SelectField(_l("状态"), choices=lambda: [("", _("全部")), *candidates.states().items()])
    verdict = SelectField(
        _l("系统判定"),
        choices=lambda: [("", _("全部")), *((key, said(words)) for key, words in VERDICT_WORDS.items())],
    )
    position = StringField(_l("职位代码"))
    text = StringField(_l("姓名或回执号"))


class ExportForm(Form):
    """Why a list of people leaves the system."""

    purpose = StringField(
        _l("导出用途"),
        [Required(), Length(max=200)],
        description=_l("例如“报省委组织部备案”。导出人、时间、条件、行数和用途都会留下记录。"),
    )


class PositionFilterForm(wtforms.Form):
    """What narrows a list of positions."""

    area = SelectField(_l("地区"), choices=())
    education = SelectField(
        _l("我的学历"),
        choices=lambda: [
            ("", _("不限")),
            *((key, str(EDUCATION_LEVELS[key])) for key in EDUCATION_RANK if key != "primary"),  # type: ignore[index]
        ],
    )
    text = StringField(_l("关键词"), description=_l("单位、职位、代码或条件中的词"))
    unconditional = BooleanField(_l("只看没有其他条件的职位"))
