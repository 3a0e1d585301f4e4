"""Until when: the closing time that holds for one application, extensions included."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.calls.models import Call, Extension

# A call in one of these states takes nobody, whatever its dates say.
NOT_TAKING = ("draft", "finished", "cancelled")


@dataclass(frozen=True, slots=True)
class Registration:
    """When a call takes applications from everyone, as the public is told.

    Attributes:
        closes_at: extensions for everyone included; a county or a person may have longer.
        phase: seen from the moment that was asked for.
    """

    opens_at: datetime
    closes_at: datetime
    phase: Literal["before", "open", "over"]


def applies_to(
    county_code: sa.ColumnElement[str] | str, user_id: sa.ColumnElement[uuid.UUID] | uuid.UUID
) -> sa.ColumnElement[bool]:
    """SQL condition: the extension is for everyone, for this county, or for this person."""
    return sa.or_(
        sa.and_(Extension.county_code.is_(None), Extension.user_id.is_(None)),
        Extension.county_code == county_code,
        Extension.user_id == user_id,
    )


def closes_at_sql(
    call_id: sa.ColumnElement[uuid.UUID],
    county_code: sa.ColumnElement[str],
    user_id: sa.ColumnElement[uuid.UUID],
) -> sa.ColumnElement[datetime]:
    """The closing time as a scalar expression over columns of an application."""
    latest = (
        sa.select(sa.func.max(Extension.closes_at))
        .where(Extension.call_id == call_id, applies_to(county_code, user_id))
        .scalar_subquery()
    )
    regular = sa.select(Call.registration_closes_at).where(Call.id == call_id).scalar_subquery()
    return sa.func.greatest(regular, latest)


def closes_at(session: Session, call: Call, county_code: str | None, user_id: uuid.UUID | None) -> datetime:
    """When registration closes for a position in this county and for this person (aware, UTC)."""
    latest = session.scalar(
        sa.select(sa.func.max(Extension.closes_at)).where(
            Extension.call_id == call.id,
            applies_to(sa.literal(county_code, sa.Text), sa.literal(user_id, sa.Uuid)),
        )
    )
    return max(filter(None, (call.registration_closes_at, latest)))


def is_open(
    session: Session, call: Call, county_code: str | None, user_id: uuid.UUID | None, now: datetime
) -> bool:
    """Whether an application may be submitted at ``now``; the closing minute itself is too late."""
    return call.registration_opens_at <= now < closes_at(session, call, county_code, user_id)


def registration(session: Session, call: Call, now: datetime) -> Registration:
    """Where the call's registration stands for everyone.

    It follows from the dates and the clock, not from when a timer last ran, as it does for who applies.
    """
    closes = closes_at(session, call, None, None)
    phase: Literal["before", "open", "over"]
    if call.state in NOT_TAKING or now >= closes:
        phase = "over"
    else:
        phase = "before" if now < call.registration_opens_at else "open"
    return Registration(call.registration_opens_at, closes, phase)
