"""What judging answers: one result per rule and the verdict over all."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from recruitment.eligibility.vocabulary import DECLARATIONS
from recruitment.words import Words

PASS: Final = "pass"  # noqa: S105
FAIL: Final = "fail"
UNKNOWN: Final = "unknown"
ELIGIBLE: Final = "eligible"
INELIGIBLE: Final = "ineligible"
UNVERIFIED: Final = "unverified"

# Every rule there is, in the order of results; a call judges some of them. The order is kept for ever, as
# stored bits count by it: new rules go to the end.
RULES: Final = (
    "age.minimum",
    "age.ceiling",
    "education.floor",
    "post.serving",
    "tenure.length",
    "area.prefecture",
    "appraisal.recent",
    *(f"bar.{key}" for key in DECLARATIONS),
    "position.education",
    "position.language",
    "position.major",
    "position.party_member",
    "position.area",
    "position.years",
    "position.sex",
)

VERDICT_WORDS: Final[Mapping[str, Words]] = {
    ELIGIBLE: Words("可以报考"),
    INELIGIBLE: Words("不能报考"),
    UNVERIFIED: Words("待核实"),
}

_SAID: Final = ("citation", "message", "change")


class RuleResult(NamedTuple):
    """One rule for one person and one position.

    Attributes:
        rule: e.g. ``"age.ceiling"``.
        outcome: ``pass``, ``fail`` or ``unknown``.
        measured: what was found; text, whole number, flag, or ``None`` where nothing is known.
        limit: what the rule asks for.
        cutoff: the date that decides, or ``None``.
        citation: document, part and date in one line.
        message: a sentence for the person. This, ``change`` and ``citation`` are :class:`Words` when a rule made
            them, so that a page can say them in another language.
        change: what would change a fail or unknown; empty for a pass.
        deterministic: a fail that stops a submission: the birth date, a place of service outside the position's
            prefecture, or an entry in an official register.
    """

    rule: str
    outcome: str
    measured: str | int | bool | None
    limit: str | int | bool | None
    cutoff: date | None
    citation: str
    message: str
    change: str = ""
    deterministic: bool = False

    def to_json(self, *, kept: bool = False) -> dict[str, Any]:
        """Plain data; with ``kept`` also what the sentences are made of, to be said in any language later."""
        data: dict[str, Any] = {
            "rule": self.rule,
            "outcome": self.outcome,
            "measured": self.measured,
            "limit": self.limit,
            "cutoff": None if self.cutoff is None else self.cutoff.isoformat(),
            "citation": self.citation,
            "message": self.message,
            "change": self.change,
            "deterministic": self.deterministic,
        }
        if kept:
            said = {name: getattr(self, name) for name in _SAID}
            data["words"] = {name: text.to_json() for name, text in said.items() if isinstance(text, Words)}
        return data

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "RuleResult":
        cutoff = data["cutoff"]
        fields = {name: data[name] for name in cls._fields}
        fields["cutoff"] = None if cutoff is None else date.fromisoformat(cutoff)
        return cls(**fields | {name: Words.from_json(made) for name, made in data.get("words", {}).items()})


class Verdict(NamedTuple):
    """The answer for one person and one position.

    Attributes:
        verdict: ``eligible``, ``ineligible`` (some rule fails) or ``unverified`` (none fails, some unknown).
        results: one per rule, in the order of the rules.
        ruleset: name and version of the rules that decided.
        reference_date: the day on which was counted.
    """

    verdict: str
    results: tuple[RuleResult, ...]
    ruleset: str
    reference_date: date

    @property
    def rules(self) -> dict[str, str]:
        """Outcome by rule."""
        return {result.rule: result.outcome for result in self.results}

    @property
    def failed(self) -> tuple[RuleResult, ...]:
        return tuple(result for result in self.results if result.outcome == FAIL)

    @property
    def unknown(self) -> tuple[RuleResult, ...]:
        """The reviewer's checklist."""
        return tuple(result for result in self.results if result.outcome == UNKNOWN)

    @property
    def stopping(self) -> tuple[RuleResult, ...]:
        """Failures that stop a submission; all others are for the reviewer."""
        return tuple(result for result in self.results if result.deterministic)

    @property
    def deciding(self) -> RuleResult | None:
        """The result that decided: the first failure, else the first unknown; ``None`` if eligible."""
        return next(iter(self.failed or self.unknown), None)

    def result(self, rule: str) -> RuleResult:
        """The result of one rule.

        Raises:
            KeyError: the rule was not judged.
        """
        for result in self.results:
            if result.rule == rule:
                return result
        raise KeyError(rule)

    def to_json(self, *, kept: bool = False) -> dict[str, Any]:
        """Plain data; ``from_json`` gives an equal verdict. For ``kept`` see ``RuleResult.to_json``."""
        return {
            "verdict": self.verdict,
            "ruleset": self.ruleset,
            "reference_date": self.reference_date.isoformat(),
            "rules": self.rules,
            "reasons": [result.to_json(kept=kept) for result in self.results],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Verdict":
        return cls(
            data["verdict"],
            tuple(RuleResult.from_json(reason) for reason in data["reasons"]),
            data["ruleset"],
            date.fromisoformat(data["reference_date"]),
        )
