"""Reads of candidates."""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from recruitment.calls.models import Position
from recruitment.candidates.models import Candidate
from recruitment.people.models import User

_WITH = (
    joinedload(Candidate.call),
    joinedload(Candidate.application),
    joinedload(Candidate.position).joinedload(Position.county),
)


def own(session: Session, user: User, candidate_id: uuid.UUID) -> Candidate | None:
    """The person's own candidate, with call, application and position; ``None`` when it is not theirs."""
    return session.scalar(
        sa.select(Candidate)
        .options(*_WITH)
        .where(Candidate.id == candidate_id, Candidate.owner_id == user.id)
    )


def of_application(session: Session, application_id: uuid.UUID) -> Candidate | None:
    """The candidate that an application became."""
    return session.scalar(
        sa.select(Candidate).options(*_WITH).where(Candidate.application_id == application_id)
    )


def of_applications(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Candidate]:
    """The candidates that applications became, by the application's id."""
    rows = session.scalars(sa.select(Candidate).options(*_WITH).where(Candidate.application_id.in_(ids)))
    return {candidate.application_id: candidate for candidate in rows}


def within(areas: Sequence[str]) -> sa.ColumnElement[bool]:
    """Whether a candidate belongs to one of the areas, given as prefixes of county codes."""
    return sa.or_(sa.false(), *(Candidate.area_code.startswith(area, autoescape=True) for area in areas))
