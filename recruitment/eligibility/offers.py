"""For one cadre, every position of a call: may, may not, to be verified, and how nearly."""

from collections.abc import Hashable, Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

from recruitment.eligibility.facts import Person, Position
from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.verdict import FAIL, RuleResult, Verdict

Key = TypeVar("Key", bound=Hashable)


class Offer(NamedTuple, Generic[Key]):
    """One position for one person.

    Attributes:
        key: the caller's name of the position.
        verdict: the answer.
        near_miss: the one rule that stands between the person and the position, if it is one alone.
    """

    key: Key
    verdict: Verdict
    near_miss: RuleResult | None


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
    # Positions that are alike share one verdict; the verdicts stay in the values, so that ids are not reused.
    known: dict[int, tuple[Verdict, RuleResult | None]] = {}
    for key, position in positions:
        verdict = judge(position)
        found = known.get(id(verdict))
        if found is None:
            found = known[id(verdict)] = verdict, _near_miss(verdict)
        yield Offer(key, *found)


def _near_miss(verdict: Verdict) -> RuleResult | None:
    failed = [result for result in verdict.results if result.outcome == FAIL]
    return failed[0] if len(failed) == 1 else None
