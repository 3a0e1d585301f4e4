"""An application form in words: what a person reads before handing it in, and afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _

from recruitment.cadres.vocabulary import (
    APPRAISAL_RESULTS,
    DECLARATIONS,
    DOCUMENT_KINDS,
    EDUCATION_LEVELS,
    LANGUAGES,
    POLITICAL_STATUSES,
    POSTS,
    SECTIONS,
)

SEXES = {"male": "男", "female": "女"}


@dataclass(frozen=True, slots=True)
class Item:
    """One thing of a section with its terms and values; an empty value was not filled in."""

    title: str
    pairs: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Scan:
    """An image of the form: the id of its document, and what it shows."""

    id: str
    kind: str
    filename: str


@dataclass(frozen=True, slots=True)
class SectionSummary:
    """One section. Without items and scans, ``text`` says so."""

    name: str
    label: str
    items: list[Item] = field(default_factory=list)
    scans: list[Scan] = field(default_factory=list)
    text: str = ""


def day(value: str | None) -> str:
    """``2019年3月1日`` of a date in ISO 8601."""
    if not value:
        return ""
    found = date.fromisoformat(value)
    return f"{found.year}年{found.month}月{found.day}日"


def summary(form: Mapping[str, Any]) -> list[SectionSummary]:
    """Every section of a form, in the order of the pages."""
    return [_SUMMARIES[name](name, str(SECTIONS[name][0]), form) for name in SECTIONS]


def _word(words: Mapping[Any, Any], code: str | None) -> str:
    return "" if code is None else str(words.get(code, code))


def _identity(name: str, label: str, form: Mapping[str, Any]) -> SectionSummary:
    own = form["identity"]
    pairs = [
        (_("姓名"), own["name"]),
        (_("性别"), _word(SEXES, own["sex"])),
        (_("出生日期"), day(own["birth_date"])),
        (_("民族"), own["ethnicity"] or ""),
        (_("政治面貌"), _word(POLITICAL_STATUSES, own["political_status"])),
    ]
    if own["party_joined_on"]:
        pairs.append((_("入党时间"), day(own["party_joined_on"])))
    languages = "、".join(_word(LANGUAGES, language) for language in own["languages"])
    pairs.append((_("少数民族语言"), languages or _("没有选")))
    return SectionSummary(name, label, [Item("", pairs)])


def _tenures(name: str, label: str, form: Mapping[str, Any]) -> SectionSummary:
    items = []
    for number, row in enumerate(form["tenures"], start=1):
        start, end = day(row["from"]), day(row["to"])
        span = _("%(start)s至%(end)s", start=start, end=end) if end else _("%(start)s至今", start=start)
        pairs = [
            (_("职务"), _word(POSTS, row["post"])),
            (_("村（社区）"), row["community_name"]),
            (_("起止时间"), span),
        ]
        if row.get("restructured"):
            pairs.append((_("建制调整"), _("因建制调整转任")))
        items.append(Item(_("第%(number)s段", number=number), pairs))
    return SectionSummary(name, label, items, text=_("没有填写"))


def _schoolings(name: str, label: str, form: Mapping[str, Any]) -> SectionSummary:
    items = [
        Item(
            _word(EDUCATION_LEVELS, row["level"]),
            [
                (_("毕业学校"), row["school"]),
                (_("专业"), row["major"] or _("没有")),
                (_("毕业时间"), day(row["graduated_on"])),
                (_("毕业证编号"), row["certificate_number"] or _("没有")),
            ],
        )
        for row in form["schoolings"]
    ]
    return SectionSummary(name, label, items, text=_("没有填写"))


def _commendations(name: str, label: str, form: Mapping[str, Any]) -> SectionSummary:
    kinds = {True: _("是"), False: _("不是"), None: _("不清楚，请审核人看证书")}
    items = [
        Item(
            row["title"],
            [
                (_("颁发单位"), row["issuer"]),
                (_("表彰时间"), day(row["date"])),
                (_("综合类表彰"), kinds[row["comprehensive"]]),
            ],
        )
        for row in form["commendations"]
    ]
    text = _("没有回答") if form["has_commendations"] is None else _("没有受过表彰")
    return SectionSummary(name, label, items, text=text)


def _appraisals(name: str, label: str, form: Mapping[str, Any]) -> SectionSummary:
    pairs = [
        (_("%(year)s年度", year=row["year"]), _word(APPRAISAL_RESULTS, row["result"]))
        for row in sorted(form["appraisals"], key=lambda row: -row["year"])
    ]
    return SectionSummary(name, label, [Item("", pairs)] if pairs else [], text=_("没有填写"))


def _declarations(name: str, label: str, form: Mapping[str, Any]) -> SectionSummary:
    answers = {True: _("是"), False: _("否"), None: _("没有回答")}
    pairs = [
        (str(question), answers[form["declarations"].get(key)]) for key, question in DECLARATIONS.items()
    ]
    return SectionSummary(name, label, [Item("", pairs)])


def _relatives(name: str, label: str, form: Mapping[str, Any]) -> SectionSummary:
    pairs = [
        (row["relation"], "，".join(filter(None, (row["name"], row["employer"]))))
        for row in form["relatives"]
    ]
    text = _("没有回答") if form["has_relatives"] is None else _("没有需要申报的")
    return SectionSummary(name, label, [Item("", pairs)] if pairs else [], text=text)


def _documents(name: str, label: str, form: Mapping[str, Any]) -> SectionSummary:
    scans = [
        Scan(row["id"], _word(DOCUMENT_KINDS, row["kind"]), row["filename"]) for row in form["documents"]
    ]
    return SectionSummary(name, label, scans=scans, text=_("没有上传"))


_SUMMARIES = {
    "identity": _identity,
    "tenures": _tenures,
    "schoolings": _schoolings,
    "commendations": _commendations,
    "appraisals": _appraisals,
    "declarations": _declarations,
    "relatives": _relatives,
    "documents": _documents,
}
