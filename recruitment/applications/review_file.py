"""What a reviewer reads of one application: the checklist of the rules, and each section with its scans."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from recruitment import wording
from recruitment.applications.models import Application
from recruitment.applications.refusals import RefusalReason, refusal_reasons
from recruitment.cadres.models import DocumentKind
from recruitment.cadres.summary import Item, day, summary
from recruitment.cadres.vocabulary import DOCUMENT_KINDS, SECTIONS
from recruitment.calls.conditions import asked_education, level_words
from recruitment.calls.models import Call, Position
from recruitment.calls.rules import parameters_of
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
class Evidence:
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
    """One section: what was claimed beside the scans that prove it.

    Attributes:
        text: what to say when nothing was claimed.
        usual: answers that are as they should be and need not be read line by line.
    """

    key: str
    label: str
    items: list[Item]
    text: str
    scans: list[Evidence]
    usual: list[tuple[str, str]] = field(default_factory=list)


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
        return wording.said(rule_words.DECLARATIONS.get(key, key))
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
        message=wording.said(result.message).replace("您", _("报考人")),
        measured=_say(family, result.measured) or (_("没有填写") if result.measured is None else _("无")),
        limit=_say(family, result.limit),
        cutoff=result.cutoff,
        citation=wording.said(result.citation),
        section=EVIDENCE.get(result.rule) or EVIDENCE.get(family) or "documents",
        change=wording.said(result.change).replace("您", _("报考人")),
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
        said = day(value)
        return str(_("%(day)s 出生", day=said) if family == "age" else _("从 %(day)s 起", day=said))
    return str(_("、")).join(wording.said(_WORDS.get(part, part)) for part in value.split(","))


def choices(checks: Checklist) -> list[Choice]:
    """Every refusal reason; those that a failing rule suggests come first."""
    found = [
        Choice(reason, [check for check in checks.failed if check.rule.partition(".")[0] == reason.rule])
        for reason in refusal_reasons().values()
    ]
    return sorted(found, key=lambda choice: not choice.found)


def sections(form: Mapping[str, Any]) -> list[SectionPage]:
    """The frozen form, section by section; the last holds the scans that belong to none of the others."""
    pages = []
    shown: set[str] = set()
    for section in summary(form):
        kinds = SECTIONS[section.name][1]
        scans = [scan for kind in kinds if kind not in shown for scan in _scans(form, kind)]
        shown.update(kinds)
        items, usual = section.items, []
        if section.name == "declarations":
            usual = [pair for pair in items[0].pairs if pair[1] == _("否")]
            rest = [pair for pair in items[0].pairs if pair not in usual]
            items = [Item("", rest)] if rest else []
        pages.append(SectionPage(section.name, section.label, items, section.text, scans, usual))
    return pages


def document_ids(form: Mapping[str, Any] | None) -> set[str]:
    """The ids of the scans that the frozen form holds."""
    return {item["id"] for item in (form or {}).get("documents", [])}


def _scans(form: Mapping[str, Any], kind: DocumentKind) -> Iterable[Evidence]:
    of_kind = [item for item in form["documents"] if item["kind"] == kind]
    for number, item in enumerate(of_kind, start=1):
        label = str(DOCUMENT_KINDS[kind])
        label = f"{label} {number}" if len(of_kind) > 1 else label
        yield Evidence(item["id"], label, item["filename"], kind == DocumentKind.ID_CARD)


def position_pairs(position: Position, call: Call) -> list[tuple[str, str]]:
    """The position with what it asks, under the names that the position table shows to everybody."""
    township = position.township.name if position.township else ""
    level = level_words(asked_education(position, parameters_of(call)))
    return [
        (_("职位代码"), position.code),
        (_("地区"), position.county.full_name + township),
        (_("招录机关"), position.organ),
        (_("职位名称"), position.name),
        (_("招录人数"), _("%(number)s人", number=position.openings)),
        (_("学历"), _("%(level)s及以上", level=level)),
        (_("其他条件"), position.conditions_text or _("没有")),
        (_("备注"), position.note or _("没有")),
    ]
