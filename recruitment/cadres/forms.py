"""The forms of a dossier, one a section: shape, words, and what is sent on to the operation."""

from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from recruitment.areas.catalogue import counties
from recruitment.areas.models import Community, Township
from recruitment.cadres.fields import (
    SOME_NONE,
    YES_NO,
    DayField,
    Row,
    Within,
    clean,
    either_or,
    error,
    options,
    rows_of,
    yes_no,
)
from recruitment.cadres.form import PARTY_MEMBERS
from recruitment.cadres.models import Dossier
from recruitment.cadres.queries import Search
from recruitment.cadres.vocabulary import (
    APPRAISAL_RESULTS,
    DECLARATIONS,
    EDUCATION_LEVELS,
    ETHNICITIES,
    LANGUAGES,
    POLITICAL_STATUSES,
    POSTS,
    RELATIONS,
)
from recruitment.clock import today
from recruitment.forms import DraftForm, Required
from recruitment.people.access import current_user

CHOOSE = _l("请选择")
NAME = Length(max=60, message=_l("最多60个字。"))
WORDS = Length(max=100, message=_l("最多100个字。"))


def birthday(years: int) -> Callable[[], date | None]:
    """When the person at the screen reached an age, roughly; for telling slips of the pen."""

    def day() -> date | None:
        born = current_user().birth_date
        return None if born is None else date(born.year + years, 1, 1)

    return day


def not_before(years: int, words: Any) -> Within:
    return Within(birthday(years), today, too_early=words, too_late=_l("这一天还没有到，请核对年份。"))


# Basic information


class ChoiceBoxesField(SelectMultipleField):
    """Any number of boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class IdentityForm(DraftForm):
    ethnicity = SelectField(
        _l("民族"), [Required()], choices=options({name: name for name in ETHNICITIES}, CHOOSE)
    )
    political_status = RadioField(_l("政治面貌"), [Required()], choices=options(POLITICAL_STATUSES))
    party_joined_on = DayField(
        _l("入党时间"),
        [not_before(18, _l("这时您还不满18周岁，请核对年份。"))],
        description=_l("党员和预备党员填写，以入党志愿书上支部大会通过的日期为准。"),
    )
    address = StringField(
        _l("通信地址"), [WORDS], description=_l("可以不填。需要寄材料时用，只有您和审核人能看到。")
    )
    languages = ChoiceBoxesField(
        _l("能用来工作的少数民族语言"),
        choices=options(LANGUAGES),
        description=_l("没有就不选。有的职位要求会彝语或藏语。"),
    )

    def validate(self, extra_validators: Any = None) -> bool:
        good = bool(super().validate(extra_validators))
        field = self.party_joined_on
        if self.political_status.data in PARTY_MEMBERS and not field.data and not field.errors:
            error(field, _("您选了党员，请填写入党时间。"))
            good = False
        elif self.political_status.data and self.political_status.data not in PARTY_MEMBERS and field.data:
            error(field, _("您选的政治面貌不是党员。请改选政治面貌，或清空入党时间。"))
            good = False
        return good


def identity_data(dossier: Dossier) -> dict[str, Any]:
    return {
        "ethnicity": dossier.ethnicity,
        "political_status": dossier.political_status,
        "party_joined_on": dossier.party_joined_on,
        "address": dossier.address,
        "languages": list(dossier.languages),
    }


# Posts


def county_choices() -> list[SelectChoice]:
    """Every county under its prefecture."""
    return [
        SelectChoice("", _("全省")),
        *(
            SelectChoice(county.code, county.name, optgroup=county.prefecture)
            for county in counties().values()
        ),
    ]


class TenureRow(Row):
    """One spell. The community is found by ``place``, ``county`` and ``township``, then chosen by its code."""

    presets = frozenset({"county", "township"})

    post = SelectField(_l("职务"), [Required()], choices=options(POSTS, CHOOSE))
    community_code = StringField(_l("村（社区）"))
    place = StringField(_l("村（社区）名称"), [WORDS], description=_l("写名称中的几个字，例如“青龙”。"))
    # Only narrows the search; not on the page once a community is chosen.
    county = SelectField(_l("县（市、区）"), choices=county_choices, validate_choice=False)
    township = SelectField(_l("乡镇（街道）"), choices=list, validate_choice=False)
    started_on = DayField(
        _l("任职开始"),
        [Required(), not_before(16, _l("这时您还不满16周岁，请核对年份。"))],
        description=_l("以任职文件或选举结果上的日期为准。"),
    )
    ongoing = BooleanField(_l("至今仍在任"))
    ended_on = DayField(
        _l("任职结束"),
        [Within(latest=today, too_late=_l("这一天还没有到。仍在任的，请勾选“至今仍在任”。"))],
        description=_l("已经离任的填写。"),
    )
    restructured = BooleanField(
        _l("因建制调整转任"),
        description=_l("所在村（社区）被合并或拆分，组织上安排转到这个职务的，勾选这一项。"),
    )

    # Filled in by the view: the community chosen, what a search found, and the townships to choose from.
    chosen: Community | None = None
    search: Search | None = None

    @property
    def area(self) -> str:
        """Code of the county or township within which to search; empty for the whole province."""
        county = self.county.data if self.county.data in counties() else ""
        return self.township.data or county or ""

    @property
    def searching(self) -> bool:
        return bool(clean(self.place.data) or self.area)

    def offer_townships(self, townships: Collection[Township]) -> None:
        known = {township.code: township.name for township in townships}
        self.township.choices = options(known, _("全部乡镇"))
        if self.township.data not in known:
            self.township.data = ""

    def validate(self, extra_validators: Any = None) -> bool:
        good = bool(super().validate(extra_validators))
        if self.blank:
            return good
        if not self.community_code.data:
            error(
                self.community_code,
                _("请在查找结果中选择一个村（社区）。") if self.searching else _("请查找并选择村（社区）。"),
            )
            good = False
        if self.ongoing.data and self.ended_on.data:
            error(self.ended_on, _("勾选了“至今仍在任”，又填了结束日期。请去掉其中一个。"))
            good = False
        elif not self.ongoing.data and not self.ended_on.data and not self.ended_on.errors:
            error(self.ended_on, _("请填写结束日期；仍在任的，请勾选“至今仍在任”。"))
            good = False
        elif self.started_on.data and self.ended_on.data and self.ended_on.data < self.started_on.data:
            error(self.ended_on, _("结束日期早于开始日期，请核对。"))
            good = False
        return good


class TenuresForm(DraftForm):
    tenures = FieldList(FormField(TenureRow), _l("任职"), max_entries=20)

    @property
    def rows(self) -> list[TenureRow]:
        return [entry.form for entry in self.tenures.entries]

    def press_row_button(self, pressed: MultiDict[str, str]) -> bool:
        """Also "find" and "change", which only show the page again."""
        for button in ("tenures.find", "tenures.change"):
            place = pressed.get(button, type=int)
            if place is not None and 0 <= place < len(self.rows):
                row = self.rows[place]
                if row.community_code.data and not row.searching:
                    row.county.data = row.community_code.data[:6]
                row.community_code.data = ""
                return True
        return super().press_row_button(pressed)

    def validate(self, extra_validators: Any = None) -> bool:
        good = bool(super().validate(extra_validators))
        if not rows_of(self.tenures):
            error(self.tenures, _("请至少填写一段任职经历。"))
            good = False
        for row in self.rows:
            if row.community_code.data and row.chosen is None:
                error(row.community_code, _("没有这个村（社区），请重新查找。"))
                good = False
        return good


def tenures_data(dossier: Dossier) -> dict[str, Any]:
    return {
        "tenures": [
            {
                "post": item.post,
                "community_code": item.community_code,
                "started_on": item.started_on,
                "ongoing": item.ended_on is None,
                "ended_on": item.ended_on,
                "restructured": item.restructured,
            }
            for item in dossier.tenures
        ]
    }


# Schooling


class SchoolingRow(Row):
    level = SelectField(_l("学历"), [Required()], choices=options(EDUCATION_LEVELS, CHOOSE))
    school = StringField(_l("毕业学校"), [Required(), WORDS])
    major = StringField(_l("专业"), [NAME], description=_l("没有分专业的不填。"))
    graduated_on = DayField(
        _l("毕业时间"),
        [Required(), not_before(5, _l("毕业时间早于您上学的年龄，请核对年份。"))],
        description=_l("照毕业证填写。毕业证上只有年和月的，日填1。"),
    )
    certificate_number = StringField(_l("毕业证编号"), [NAME], description=_l("没有编号的不填。"))


class SchoolingsForm(DraftForm):
    schoolings = FieldList(FormField(SchoolingRow), _l("学历"), max_entries=8)

    def validate(self, extra_validators: Any = None) -> bool:
        good = bool(super().validate(extra_validators))
        if not rows_of(self.schoolings):
            error(self.schoolings, _("请填写最高学历。"))
            good = False
        return good


def schoolings_data(dossier: Dossier) -> dict[str, Any]:
    names = ("level", "school", "major", "graduated_on", "certificate_number")
    return {"schoolings": [{name: getattr(item, name) for name in names} for item in dossier.schoolings]}


# Commendations

UNSURE = "unsure"


class CommendationRow(Row):
    title = StringField(_l("表彰名称"), [Required(), WORDS], description=_l("照证书上的写。"))
    issuer = StringField(_l("颁发单位"), [Required(), WORDS], description=_l("照证书上盖的章写。"))
    awarded_on = DayField(
        _l("表彰时间"),
        [Required(), not_before(10, _l("表彰时间太早，请核对年份。"))],
        description=_l("证书上只有年和月的，日填1。"),
    )
    comprehensive = RadioField(
        _l("是不是综合类表彰"),
        [Required(message=_l("请选择是不是综合类表彰；拿不准的选“不清楚”。"))],
        choices=options(
            {
                "yes": _l("是：对全面工作的表彰"),
                "no": _l("不是：只对某一项工作或活动"),
                UNSURE: _l("不清楚，请审核人看证书"),
            }
        ),
    )


class CommendationsForm(DraftForm):
    has_any = RadioField(_l("您受过表彰吗"), [Required()], choices=SOME_NONE)
    commendations = FieldList(FormField(CommendationRow), _l("表彰"), max_entries=20)

    def validate(self, extra_validators: Any = None) -> bool:
        good = bool(super().validate(extra_validators))
        agree = either_or(
            self.has_any,
            self.commendations,
            none_typed=_("您选了“有”，请在下面填写表彰；没有受过表彰的，请选“没有”。"),
            some_typed=_("您选了“没有”，下面却填了表彰。请改选“有”，或删除下面的内容。"),
        )
        return good and agree


def commendations_data(dossier: Dossier) -> dict[str, Any]:
    return {
        "has_any": yes_no(dossier.has_commendations),
        "commendations": [
            {
                "title": item.title,
                "issuer": item.issuer,
                "awarded_on": item.awarded_on,
                "comprehensive": yes_no(item.comprehensive) or UNSURE,
            }
            for item in dossier.commendations
        ],
    }


# Appraisals

PRESET_YEARS = 3


class AppraisalRow(Row):
    presets = frozenset({"year"})

    year = StringField(
        _l("年度"),
        [Required(), Regexp(r"^\s*(19|20)[0-9]{2}\s*$", message=_l("年度请写四位数，例如2024。"))],
    )
    result = SelectField(
        _l("考核结果"), [Optional()], choices=options(APPRAISAL_RESULTS, _l("没有结果或还没有填"))
    )

    def validate(self, extra_validators: Any = None) -> bool:
        good = bool(super().validate(extra_validators))
        if good and not self.blank and int(clean(self.year.data)) > today().year:
            error(self.year, _("这一年还没有到。"))
            good = False
        return good


class AppraisalsForm(DraftForm):
    appraisals = FieldList(FormField(AppraisalRow), _l("年度考核"), max_entries=15)

    def validate(self, extra_validators: Any = None) -> bool:
        good = bool(super().validate(extra_validators))
        seen: set[str] = set()
        for row in rows_of(self.appraisals):
            year = clean(row["year"].data)
            if year in seen:
                error(row["year"], _("%(year)s年填了两次，请删除一个。", year=year))
                good = False
            seen.add(year)
        return good


def last_years(day: date) -> list[int]:
    """The calendar years before this one that every call looks at."""
    return [day.year - back for back in range(1, PRESET_YEARS + 1)]


def appraisals_data(dossier: Dossier) -> dict[str, Any]:
    known = {item.year: item.result for item in dossier.appraisals}
    years = sorted({*known, *last_years(today())}, reverse=True)
    return {"appraisals": [{"year": str(year), "result": known.get(year, "")} for year in years]}


# Declarations


class DeclarationsForm(DraftForm):
    """One question for each declaration, under its name; none is answered in advance."""


for _key, _question in DECLARATIONS.items():
    setattr(
        DeclarationsForm,
        _key,
        RadioField(_question, [Required(message=_l("请选择“是”或“否”。"))], choices=YES_NO),
    )


def declarations_data(dossier: Dossier) -> dict[str, Any]:
    return {key: yes_no(dossier.declarations.get(key)) for key in DECLARATIONS}


# Relatives


class RelativeRow(Row):
    relation = SelectField(
        _l("与您的关系"), [Required()], choices=options({name: name for name in RELATIONS}, CHOOSE)
    )
    name = StringField(_l("姓名"), [Required(), NAME])
    employer = StringField(_l("工作单位和职务"), [WORDS], description=_l("务农、退休的照实写。"))


class RelativesForm(DraftForm):
    has_any = RadioField(_l("有没有需要申报的家庭成员和近亲属"), [Required()], choices=SOME_NONE)
    relatives = FieldList(FormField(RelativeRow), _l("家庭成员"), max_entries=20)

    def validate(self, extra_validators: Any = None) -> bool:
        good = bool(super().validate(extra_validators))
        agree = either_or(
            self.has_any,
            self.relatives,
            none_typed=_("您选了“有”，请在下面填写；没有需要申报的，请选“没有”。"),
            some_typed=_("您选了“没有”，下面却填了人。请改选“有”，或删除下面的内容。"),
        )
        return good and agree


def relatives_data(dossier: Dossier) -> dict[str, Any]:
    names = ("relation", "name", "employer")
    return {
        "has_any": yes_no(dossier.has_relatives),
        "relatives": [{name: getattr(item, name) for name in names} for item in dossier.relatives],
    }
