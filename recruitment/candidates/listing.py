"""Lists of candidates for those in charge of a stage: one filter behind the page and the file made from it."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload, lazyload

from recruitment.applications.models import Application
from recruitment.areas.catalogue import prefix
from recruitment.calls.models import Position
from recruitment.candidates.models import Candidate
from recruitment.candidates.queries import within
from recruitment.people.models import User

PAGE = 50
BATCH = 500


@dataclass(frozen=True, slots=True)
class CandidateFilter:
    """What a list of candidates shows.

    Attributes:
        areas: prefixes of the county codes that the reader may see; set from the reader's grants, never from the
            request. Empty shows nobody.
        call_id: one call, or every call.
        states: states wanted; empty means every state.
        area: a prefecture or county chosen within ``areas``.
        text: part of a name, or a whole ticket number or position code.
    """

    areas: tuple[str, ...]
    call_id: uuid.UUID | None = None
    states: tuple[str, ...] = ()
    area: str = ""
    text: str = ""

    def select(self) -> sa.Select[Any]:
        """Candidates with position, county, owner and application, by position and ticket number."""
        query = (
            sa.select(Candidate)
            .join(Candidate.position)
            .join(Position.county)
            .join(User, User.id == Candidate.owner_id)
            .options(
                contains_eager(Candidate.position).contains_eager(Position.county),
                contains_eager(Candidate.owner).options(lazyload(User.grants)),
                joinedload(Candidate.application, innerjoin=True).options(lazyload(Application.owner)),
            )
            .where(within(self.areas))
            .order_by(*_key())
        )
        if self.call_id:
            query = query.where(Candidate.call_id == self.call_id)
        if self.states:
            query = query.where(Candidate.state.in_(self.states))
        if self.area:
            query = query.where(Candidate.area_code.startswith(prefix(self.area)))
        if self.text:
            query = query.where(
                sa.or_(
                    User.name.contains(self.text, autoescape=True),
                    Candidate.ticket_number == self.text,
                    Position.code == self.text,
                )
            )
        return query


def _key() -> tuple[Any, ...]:
    return Candidate.area_code, Position.code, Candidate.id


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of a list and the id from which the next goes on; ``after`` is empty on the last."""

    rows: list[Candidate]
    after: str = ""


def page(session: Session, chosen: CandidateFilter, after: str = "", limit: int = PAGE) -> Page:
    """One page of the list.

    Args:
        after: the id of the last candidate of the page before.

    Raises:
        ValueError: that is no id.
    """
    query = chosen.select()
    if after:
        last = (
            sa.select(*_key())
            .join(Position, Position.id == Candidate.position_id)
            .where(Candidate.id == uuid.UUID(after))
            .correlate(None)
        )
        query = query.where(sa.tuple_(*_key()) > last.scalar_subquery())
    rows = list(session.scalars(query.limit(limit + 1)))
    return Page(rows[:limit], str(rows[limit - 1].id) if len(rows) > limit else "")


def every(session: Session, chosen: CandidateFilter) -> Iterator[Candidate]:
    """All rows in their order, read in batches."""
    yield from session.scalars(chosen.select().execution_options(yield_per=BATCH))


def find(session: Session, chosen: CandidateFilter, candidate_id: uuid.UUID) -> Candidate | None:
    """The candidate if the filter shows them, with call, position and owner."""
    found: Candidate | None = session.scalar(
        chosen.select().options(joinedload(Candidate.call)).where(Candidate.id == candidate_id)
    )
    return found


def counts(session: Session, chosen: CandidateFilter) -> dict[str, int]:
    """How many stand in each state; only those where somebody stands."""
    states = chosen.select().with_only_columns(Candidate.state, Candidate.id).order_by(None).subquery()
    rows = session.execute(
        sa.select(states.c.state, sa.func.count().label("number")).group_by(states.c.state)
    )
    return {row.state: row.number for row in rows}
