"""What a reviewer reads of one application: the checklist of the rules, and each section with its scans."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from recruitment.applications.models import Application
from recruitment.applications.refusals import RefusalReason, refusal_reasons
from recruitment.areas import catalogue
from recruitment.cadres.models import DocumentKind
from recruitment.cadres.vocabulary import (
    APPRAISAL_RESULTS,
    DECLARATIONS,
    DOCUMENT_KINDS,
    EDUCATION_LEVELS,
    POLITICAL_STATUSES,
    POSTS,
    SECTIONS,
)
from recruitment.calls.models import Position
from recruitment.eligibility import vocabulary as rule_words
from recruitment.eligibility.verdict import FAIL, PASS, UNKNOWN, RuleResult, Verdict

RULES: dict[str, LazyString] = {
    "age.minimum": _l("最低年龄"),
    "age.ceiling": _l("年龄上限"),
    "education.floor": _l("最低学历"),
    "post.serving": _l("现任职务"),
    "tenure.length": _l("任职年限"),
    "area.prefecture": _l("任职所在市（州）"),
    "appraisal.recent": _l("年度考核"),
    "position.education": _l("职位要求的学历"),
    "position.language": _l("职位要求的语言"),
    "position.major": _l("职位要求的专业"),
    "position.party_member": _l("职位要求的政治面貌"),
    "position.area": _l("职位要求的任职地"),
    "position.years": _l("职位要求的任职年限"),
    "position.sex": _l("职位要求的性别"),
}
# Where the evidence for a rule stands; by its name, or by its family.
EVIDENCE = {
    "age.minimum": "identity",
    "age.ceiling": "commendations",
    "education": "schoolings",
    "post": "tenures",
    "tenure": "tenures",
    "area": "tenures",
    "appraisal": "appraisals",
    "bar": "declarations",
    "position.education": "schoolings",
    "position.major": "schoolings",
    "position.area": "tenures",
    "position.years": "tenures",
    "position": "identity",
}
OUTCOMES = {FAIL: _l("不符合"), UNKNOWN: _l("待核实"), PASS: _l("符合")}
TONES = {FAIL: "bad", UNKNOWN: "warn", PASS: "good"}
VERDICTS = {
    "ineligible": (_l("有不符合项"), "bad"),
    "unverified": (_l("有待核实项"), "warn"),
    "eligible": (_l("各项符合"), "good"),
}
_WORDS = {
    **rule_words.EDUCATION_WORDS,
    **rule_words.POST_WORDS,
    **rule_words.APPRAISAL_WORDS,
    **rule_words.SEXES,
}


@dataclass(frozen=True, slots=True)
class Check:
    """One rule of the verdict as a line of the reviewer's checklist, everything in words.

    Attributes:
        section: where the evidence stands.
        change: what would help, as it is said to the cadre.
    """

    rule: str
    label: str
    outcome: str
    outcome_words: str
    tone: str
    message: str
    measured: str
    limit: str
    cutoff: date | None
    citation: str
    section: str
    change: str


@dataclass(frozen=True, slots=True)
class Checklist:
    """The verdict: what needs a human eye first, and what the rules found in order."""

    outcome: str
    ruleset: str
    reference_date: date | None
    open: list[Check] = field(default_factory=list)
    passed: list[Check] = field(default_factory=list)

    @property
    def failed(self) -> list[Check]:
        return [check for check in self.open if check.outcome == FAIL]

    @property
    def unknown(self) -> list[Check]:
        return [check for check in self.open if check.outcome == UNKNOWN]

    def about(self, section: str) -> list[Check]:
        """What is open in a section."""
        return [check for check in self.open if check.section == section]


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan of the frozen form.

    Attributes:
        shut: shown only when asked for, as it bears the full ID number.
    """

    id: str
    label: str
    filename: str
    shut: bool


@dataclass(frozen=True, slots=True)
class SectionPage:
    """One section: what was claimed, as term and value in groups, beside the scans that prove it.

    Attributes:
        empty: what to say when nothing was claimed.
        usual: what is as it should be and need not be read line by line, under ``usual_words``.
    """

    key: str
    title: str
    groups: list[list[tuple[str, str]]]
    scans: list[Scan]
    empty: str = ""
    usual: list[tuple[str, str]] = field(default_factory=list)
    usual_words: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A refusal reason to choose; ``found`` are the failing rules that suggest it."""

    reason: RefusalReason
    found: list[Check]


def checklist(application: Application) -> Checklist:
    """The stored verdict, failing rules first, then the unknown, then those that pass."""
    if application.verdict is None:
        return Checklist("", "", None)
    verdict = Verdict.from_json(application.verdict)
    return Checklist(
        verdict.verdict,
        verdict.ruleset,
        verdict.reference_date,
        [_check(result) for result in (*verdict.failed, *verdict.unknown)],
        [_check(result) for result in verdict.results if result.outcome == PASS],
    )


def rule_label(rule: str) -> str:
    """What a rule is called."""
    if rule in RULES:
        return str(RULES[rule])
    family, _dot, key = rule.partition(".")
    if family == "bar":
        return rule_words.DECLARATIONS.get(key, key)
    return rule


def _check(result: RuleResult) -> Check:
    family = result.rule.partition(".")[0]
    return Check(
        rule=result.rule,
        label=rule_label(result.rule),
        outcome=result.outcome,
        outcome_words=str(OUTCOMES[result.outcome]),
        tone=TONES[result.outcome],
        # The rules speak to the cadre.
        message=result.message.replace("您", _("报考人")),
        measured=_say(family, result.measured) or (_("没有填写") if result.measured is None else _("无")),
        limit=_say(family, result.limit),
        cutoff=result.cutoff,
        citation=result.citation,
        section=EVIDENCE.get(result.rule) or EVIDENCE.get(family) or "documents",
        change=result.change,
    )


def _say(family: str, value: str | int | bool | None) -> str:
    """A measured value or a limit in words."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(_("是") if value else _("否"))
    if isinstance(value, int):
        return str(_("%(years)s 周岁", years=value) if family == "age" else _("%(years)s 年", years=value))
    if len(value) == 10 and value[4] == value[7] == "-":
        said = _day(value)
        return str(_("%(day)s 出生", day=said) if family == "age" else _("从 %(day)s 起", day=said))
    return "、".join(_WORDS.get(part, part) for part in value.split(","))


def choices(checks: Checklist) -> list[Choice]:
    """Every refusal reason; those that a failing rule suggests come first."""
    found = [
        Choice(reason, [check for check in checks.failed if check.rule.partition(".")[0] == reason.rule])
        for reason in refusal_reasons().values()
    ]
    return sorted(found, key=lambda choice: not choice.found)


def sections(form: Mapping[str, Any]) -> list[SectionPage]:
    """The frozen form, section by section; the last holds the scans that belong to none of the others."""
    build = {
        "identity": _identity,
        "tenures": _tenures,
        "schoolings": _schoolings,
        "commendations": _commendations,
        "appraisals": _appraisals,
        "relatives": _relatives,
    }
    pages = []
    shown: set[str] = set()
    for key, (title, kinds) in SECTIONS.items():
        scans = [scan for kind in kinds if kind not in shown for scan in _scans(form, kind)]
        shown.update(kinds)
        if key == "declarations":
            pages.append(_declarations(form, str(title)))
        elif key in build:
            groups, empty = build[key](form)
            pages.append(SectionPage(key, str(title), groups, scans, empty))
        else:
            pages.append(SectionPage(key, str(title), [], scans))
    return pages


def document_ids(form: Mapping[str, Any] | None) -> set[str]:
    """The ids of the scans that the frozen form holds."""
    return {item["id"] for item in (form or {}).get("documents", [])}


def _scans(form: Mapping[str, Any], kind: DocumentKind) -> Iterable[Scan]:
    of_kind = [item for item in form["documents"] if item["kind"] == kind]
    for number, item in enumerate(of_kind, start=1):
        label = str(DOCUMENT_KINDS[kind])
        label = f"{label} {number}" if len(of_kind) > 1 else label
        yield Scan(item["id"], label, item["filename"], kind == DocumentKind.ID_CARD)


Groups = tuple[list[list[tuple[str, str]]], str]


def _day(iso: str | None) -> str:
    if not iso:
        return ""
    day = date.fromisoformat(iso)
    return f"{day.year}年{day.month}月{day.day}日"


def _word(words: Mapping[Any, Any], key: str | None) -> str:
    return str(words.get(key, key)) if key else ""


def _identity(form: Mapping[str, Any]) -> Groups:
    person = form["identity"]
    party = _word(POLITICAL_STATUSES, person["political_status"])
    if person["party_joined_on"]:
        party = _("%(party)s（%(day)s 入党）", party=party, day=_day(person["party_joined_on"]))
    return [
        [
            (_("姓名"), person["name"]),
            (_("性别"), _word(rule_words.SEXES, person["sex"])),
            (_("出生日期"), _day(person["birth_date"])),
            (_("民族"), person["ethnicity"] or ""),
            (_("政治面貌"), party),
            (_("掌握的少数民族语言"), "、".join(person["languages"]) or _("无")),
        ]
    ], ""


def _tenures(form: Mapping[str, Any]) -> Groups:
    return [
        [
            (_("职务"), _word(POSTS, item["post"])),
            (_("村（社区）"), item["community_name"]),
            (_("时间"), f"{_day(item['from'])} — {_day(item['to']) or _('至今')}"),
        ]
        for item in reversed(form["tenures"])
    ], _("没有填写任职经历。")


def _schoolings(form: Mapping[str, Any]) -> Groups:
    return [
        [
            (_("学历"), _word(EDUCATION_LEVELS, item["level"])),
            (_("学校"), item["school"]),
            (_("专业"), item["major"] or _("无")),
            (_("毕业时间"), _day(item["graduated_on"])),
            (_("证书编号"), item["certificate_number"] or ""),
        ]
        for item in reversed(form["schoolings"])
    ], _("没有填写学历。")


def _commendations(form: Mapping[str, Any]) -> Groups:
    empty = (
        _("没有说明有没有受过表彰。")
        if form["has_commendations"] is None
        else _("报考人说明：没有受过表彰。")
    )
    return [
        [
            (_("表彰名称"), item["title"]),
            (_("授予机关"), item["issuer"]),
            (_("是否综合类表彰"), _("是，可放宽年龄上限") if item["comprehensive"] else _("否")),
            (_("时间"), _day(item["date"])),
        ]
        for item in form["commendations"]
    ], empty


def _appraisals(form: Mapping[str, Any]) -> Groups:
    rows = [
        (_("%(year)s 年", year=item["year"]), _word(APPRAISAL_RESULTS, item["result"]))
        for item in form["appraisals"]
    ]
    return ([rows] if rows else []), _("没有填写年度考核结果。")


def _declarations(form: Mapping[str, Any], title: str) -> SectionPage:
    answers = form["declarations"]
    usual, open_ = [], []
    for key, words in DECLARATIONS.items():
        answer = answers.get(key)
        if answer is False:
            usual.append((str(words), _("否")))
        else:
            open_.append((str(words), _("是") if answer else _("没有回答")))
    said = _("%(number)s 项回答“否”", number=len(usual))
    return SectionPage("declarations", title, [open_] if open_ else [], [], "", usual, said)


def _relatives(form: Mapping[str, Any]) -> Groups:
    empty = _("没有说明。") if form["has_relatives"] is None else _("报考人说明：没有需要申报的家庭成员。")
    return [
        [
            (_("关系"), item["relation"]),
            (_("姓名"), item["name"]),
            (_("工作单位"), item["employer"] or _("无")),
        ]
        for item in form["relatives"]
    ], empty


def conditions(position: Position) -> list[tuple[str, str]]:
    """What the position asks, as term and value."""
    asked = position.conditions
    rows = [
        (_("要求的学历"), _("%(level)s及以上", level=_word(rule_words.EDUCATION_WORDS, position.education)))
    ]
    if asked.get("languages"):
        rows.append((_("要求的语言"), "、".join(asked["languages"])))
    if asked.get("majors"):
        rows.append((_("要求的专业"), "、".join(asked["majors"])))
    if asked.get("party_member"):
        rows.append((_("要求的政治面貌"), _("中共党员")))
    if asked.get("areas"):
        rows.append((_("要求的任职地"), "、".join(_area(code) for code in asked["areas"])))
    if asked.get("years"):
        rows.append((_("要求的任职年限"), _("满 %(years)s 年", years=asked["years"])))
    if position.conditions_text:
        rows.append((_("条件原文"), position.conditions_text))
    if position.note:
        rows.append((_("备注"), position.note))
    return rows


def _area(code: str) -> str:
    county = catalogue.counties().get(code[:6])
    if len(code) == 6 and county:
        return f"{county.prefecture}{county.name}"
    return catalogue.prefectures().get(code.ljust(6, "0"), code)
