"""Reads of the recheck: the queue of one's own area, and one candidate in it."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload

from recruitment.applications.models import Application
from recruitment.calls.models import Call, Position
from recruitment.candidates.models import Candidate
from recruitment.candidates.queries import within

PAGE = 50
# What the queue can be narrowed to, in the order of the work.
STATES = ("shortlisted", "called_up", "rechecked", "recheck_failed", "gave_up")


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """What a reviewer asks to see within their areas."""

    areas: tuple[str, ...]
    call_id: uuid.UUID | None = None
    state: str = "shortlisted"


@dataclass(frozen=True, slots=True)
class QueuePage:
    """Rows in the order of positions and ticket numbers, and where the next page begins."""

    rows: list[Candidate]
    after: str


def queue(session: Session, chosen: QueueFilter, after: str = "") -> QueuePage:
    """One page; ``after`` is what the page before said."""
    query = (
        sa.select(Candidate)
        .join(Candidate.position)
        .options(
            contains_eager(Candidate.position).joinedload(Position.county),
            joinedload(Candidate.owner),
            joinedload(Candidate.call),
        )
        .where(within(chosen.areas), Candidate.state == chosen.state, Candidate.ticket_number.is_not(None))
        .order_by(Position.code, Candidate.ticket_number, Candidate.id)
        .limit(PAGE + 1)
    )
    if chosen.call_id is not None:
        query = query.where(Candidate.call_id == chosen.call_id)
    code, _, ticket = after.partition("~")
    if ticket:
        query = query.where(sa.tuple_(Position.code, Candidate.ticket_number) > sa.tuple_(code, ticket))
    rows = list(session.scalars(query))
    following = ""
    if len(rows) > PAGE:
        last = rows[PAGE - 1]
        following = f"{last.position.code}~{last.ticket_number}"
    return QueuePage(rows[:PAGE], following)


def counts(session: Session, areas: Sequence[str], call_id: uuid.UUID | None) -> Counter[str]:
    """How many candidates of the areas stand in each of :data:`STATES`."""
    query = (
        sa.select(Candidate.state, sa.func.count())
        .where(within(areas), Candidate.state.in_(STATES), Candidate.ticket_number.is_not(None))
        .group_by(Candidate.state)
    )
    if call_id is not None:
        query = query.where(Candidate.call_id == call_id)
    return Counter(dict(session.execute(query).all()))


def calls(session: Session, areas: Sequence[str]) -> list[Call]:
    """Calls with candidates of the areas at this stage, the latest first."""
    here = sa.exists().where(
        Candidate.call_id == Call.id, within(areas), Candidate.state.in_((*STATES, "reserve"))
    )
    return list(session.scalars(sa.select(Call).where(here).order_by(Call.reference_date.desc())))


def find(session: Session, areas: Sequence[str], candidate_id: uuid.UUID) -> Candidate | None:
    """A candidate of the areas with all that the recheck looks at; ``None`` when there is none."""
    return session.scalar(
        sa.select(Candidate)
        .options(
            joinedload(Candidate.call),
            joinedload(Candidate.owner),
            joinedload(Candidate.application).joinedload(Application.position),
            joinedload(Candidate.position).joinedload(Position.county),
        )
        .where(Candidate.id == candidate_id, within(areas))
    )


def named(session: Session, ids: Sequence[uuid.UUID]) -> list[Candidate]:
    """These candidates with position and person, by position and ticket number."""
    return list(
        session.scalars(
            sa.select(Candidate)
            .join(Candidate.position)
            .options(
                contains_eager(Candidate.position).joinedload(Position.county), joinedload(Candidate.owner)
            )
            .where(Candidate.id.in_(ids))
            .order_by(Position.code, Candidate.ticket_number)
        )
    )
