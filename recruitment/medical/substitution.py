"""Who moves up when a place becomes vacant after the medical or the inspection. Pure.

Next by total, of the same position (Call; Rules 2019). Nobody is called by this: the office proposes and the authority
consents.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, TypeVar

CandidateT = TypeVar("CandidateT")

# Where a candidate has a place among the openings, has lost it, or waits for one.
IN_PLACE = frozenset(
    {
        "medical",
        "medical_retest",
        "inspection",
        "cleared",
        "announced",
        "suspended",
        "approved",
        "probation",
        "appointed",
    }
)
# After the approval a place is not filled again: that is for the next call.
LOST = frozenset({"medical_failed", "inspection_failed", "rejected", "gave_up", "void"})
WAITING = "interviewed"


@dataclass(frozen=True, slots=True)
class Standing(Generic[CandidateT]):
    """One candidate of a position.

    Attributes:
        total: of the final ranking; none where there is none.
        rank: final rank; none for who is below a line and cannot move up.
        state: where they stand now.
        had_place: whether they were called to the medical before.
    """

    candidate: CandidateT
    total: Decimal | None
    rank: int | None
    state: str
    had_place: bool = False


@dataclass(frozen=True, slots=True)
class Proposal(Generic[CandidateT]):
    """What the ranking says about the vacancies of a position.

    Attributes:
        vacancies: openings that nobody holds, of those that somebody held and lost.
        lost: who lost a place, in the order of the ranking.
        next: who would move up, in the order of the ranking; at most one a vacancy.
        tied: who are level for a last place that not all of them can have. The ranking does not tell them apart:
            an extra interview must.
    """

    vacancies: int
    lost: tuple[CandidateT, ...]
    next: tuple[CandidateT, ...]
    tied: tuple[CandidateT, ...] = ()


def propose(openings: int, standings: Iterable[Standing[CandidateT]]) -> Proposal[CandidateT]:
    """Who would move up into the vacancies of a position.

    The order of ``standings`` does not matter to who is proposed.

    Raises:
        ValueError: a position without openings.
    """
    if openings < 1:
        raise ValueError("a position has at least one opening")
    rows = sorted(standings, key=lambda row: (row.rank is None, row.rank or 0))
    held = sum(row.state in IN_PLACE for row in rows)
    lost = tuple(row.candidate for row in rows if row.had_place and row.state in LOST)
    vacancies = max(min(openings - held, len(lost)), 0)
    waiting = [row for row in rows if row.state == WAITING and not row.had_place and row.rank is not None]
    chosen: list[CandidateT] = []
    for rank in sorted({row.rank for row in waiting if row.rank is not None}):
        level = [row.candidate for row in waiting if row.rank == rank]
        free = vacancies - len(chosen)
        if len(level) > free:
            return Proposal(vacancies, lost, tuple(chosen), tuple(level) if free else ())
        chosen += level
    return Proposal(vacancies, lost, tuple(chosen))
