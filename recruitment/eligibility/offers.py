"""For one cadre, every position of a call: may, may not, to be verified, and how nearly."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from recruitment.eligibility.facts import Person, Position
from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.verdict import FAIL, INELIGIBLE, RuleResult, Verdict

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Offer(Generic[Key]):
    """One position for one person."""

    key: Key
    verdict: Verdict

    @property
    def near_miss(self) -> RuleResult | None:
        """The one rule that stands between the person and the position, if it is one."""
        if self.verdict.verdict != INELIGIBLE:
            return None
        failed = [result for result in self.verdict.results if result.outcome == FAIL]
        return failed[0] if len(failed) == 1 else None


def offers(
    person: Person, positions: Iterable[tuple[Key, Position]], params: Parameters
) -> Iterator[Offer[Key]]:
    """Judge every position for one person, in the order given.

    Args:
        person: the cadre.
        positions: a key of the caller's (code, id, row) with each position.
        params: the parameters of the call.
    """
    judge = params.judge.for_positions(person)
    for key, position in positions:
        yield Offer(key, judge(position))
