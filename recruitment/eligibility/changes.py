"""What a change of rules would do to verdicts already given: a difference to be confirmed, never applied."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from recruitment.eligibility.facts import Person, Position
from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.verdict import Verdict

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class RuleChange:
    """One rule whose outcome differs; ``None`` where it was not judged."""

    rule: str
    before: str | None
    after: str | None

    def to_json(self) -> dict[str, str | None]:
        return {"rule": self.rule, "before": self.before, "after": self.after}


@dataclass(frozen=True, slots=True)
class Change(Generic[Key]):
    """One application whose outcomes differ between two judgements.

    Attributes:
        key: the caller's name of the application.
        before, after: the verdicts.
        rules: the rules that differ, in the order of the newer verdict.
    """

    key: Key
    before: Verdict
    after: Verdict
    rules: tuple[RuleChange, ...]

    @property
    def decides(self) -> bool:
        """Whether the verdict itself differs, not only single rules."""
        return self.before.verdict != self.after.verdict

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "before": self.before.verdict,
            "after": self.after.verdict,
            "rules": [rule.to_json() for rule in self.rules],
        }


def compare(key: Key, before: Verdict, after: Verdict) -> Change[Key] | None:
    """The difference of two verdicts; ``None`` where every outcome is the same.

    Limits, citations and sentences may differ without being a difference here.
    """
    rules = differing(before.rules, after.rules)
    return Change(key, before, after, rules) if rules else None


def differing(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[RuleChange, ...]:
    """The rules whose outcome differs, in the order of the newer; both are outcomes by rule."""
    if old == new:
        return ()
    return tuple(
        RuleChange(rule, old.get(rule), new.get(rule))
        for rule in (*new, *(rule for rule in old if rule not in new))
        if old.get(rule) != new.get(rule)
    )


def rejudge(
    cases: Iterable[tuple[Key, Person, Position, Verdict]], params: Parameters
) -> Iterator[Change[Key]]:
    """Judge again under other rules and give what would change, in order, holding one at a time.

    Args:
        cases: the caller's key, the facts, and the verdict that stands.
        params: the rules as they would be.
    """
    judge = params.judge
    for key, person, position, standing in cases:
        change = compare(key, standing, judge(person, position))
        if change is not None:
            yield change


def summary(changes: Iterable[Change[Any]]) -> dict[tuple[str, str], int]:
    """How many verdicts would go from what to what; only those that would change."""
    return dict(Counter((c.before.verdict, c.after.verdict) for c in changes if c.decides))
