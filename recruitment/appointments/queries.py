"""Reads of appointments: one filter behind the list of those appointed and the file made from it."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload, lazyload

from recruitment.appointments.models import (
    PROBATION_MONTHS,
    REMINDER_DAYS,
    SERVICE_YEARS,
    Appointment,
    AppointmentTerms,
    ServiceUndertaking,
)
from recruitment.areas.catalogue import prefix
from recruitment.areas.models import County
from recruitment.calls.models import Position
from recruitment.candidates.listing import BATCH, PAGE
from recruitment.candidates.models import Candidate
from recruitment.candidates.queries import within
from recruitment.people.models import User

STATES = ("announced", "suspended", "approved", "probation", "appointed", "cancelled", "rejected")
SERVING = ("probation", "appointed")


def terms(session: Session, call_id: uuid.UUID) -> AppointmentTerms:
    """What the call asks of those it appoints; the defaults when nobody has set anything. Not to be written to."""
    return session.get(AppointmentTerms, call_id) or AppointmentTerms(
        call_id=call_id,
        service_years=SERVICE_YEARS,
        probation_months=PROBATION_MONTHS,
        reminder_days=REMINDER_DAYS,
    )


def undertaken(session: Session, candidate_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, ServiceUndertaking]:
    """The undertakings of those who gave one."""
    query = sa.select(ServiceUndertaking).where(ServiceUndertaking.candidate_id.in_(candidate_ids))
    return {row.candidate_id: row for row in session.scalars(query)}


def appointments(session: Session, candidate_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Appointment]:
    """The service of those who reported for duty."""
    query = sa.select(Appointment).where(Appointment.candidate_id.in_(candidate_ids))
    return {row.candidate_id: row for row in session.scalars(query)}


@dataclass(frozen=True, slots=True)
class AppointedFilter:
    """Which appointed people a list shows.

    Attributes:
        areas: prefixes of the county codes that the reader may see; never from the request.
        area: a prefecture chosen within ``areas``.
        kind: ``village`` or ``community``; empty: both.
        year: in which they reported for duty.
    """

    areas: tuple[str, ...]
    area: str = ""
    kind: str = ""
    year: int | None = None

    def select(self) -> sa.Select[Any]:
        """Appointments with candidate, owner, position and county, the latest first."""
        query = (
            sa.select(Appointment)
            .join(Appointment.candidate)
            .join(Candidate.position)
            .join(Position.county)
            .join(User, User.id == Candidate.owner_id)
            .options(
                contains_eager(Appointment.candidate).options(
                    contains_eager(Candidate.position).contains_eager(Position.county),
                    contains_eager(Candidate.owner).options(lazyload(User.grants)),
                    joinedload(Candidate.call, innerjoin=True),
                )
            )
            .where(within(self.areas), Candidate.state.in_(SERVING))
            .order_by(*(column.desc() for column in _key()))
        )
        if self.area:
            query = query.where(Candidate.area_code.startswith(prefix(self.area)))
        if self.kind:
            query = query.where(Appointment.kind == self.kind)
        if self.year:
            query = query.where(sa.extract("year", Appointment.reported_on) == self.year)
        return query

    def as_json(self) -> dict[str, Any]:
        """The filter as a record keeps it: only what narrows the list."""
        return {key: value for key in ("area", "kind", "year") if (value := getattr(self, key))}


def _key() -> tuple[Any, ...]:
    return Appointment.reported_on, Appointment.candidate_id


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of a list and the id from which the next goes on; ``after`` is empty on the last."""

    rows: list[Appointment]
    after: str = ""


def page(session: Session, chosen: AppointedFilter, after: str = "", limit: int = PAGE) -> Page:
    """One page of the list.

    Args:
        after: the candidate's id of the last row of the page before.

    Raises:
        ValueError: that is no id.
    """
    query = chosen.select()
    if after:
        last = sa.select(*_key()).where(Appointment.candidate_id == uuid.UUID(after)).correlate(None)
        query = query.where(sa.tuple_(*_key()) < last.scalar_subquery())
    rows = list(session.scalars(query.limit(limit + 1)))
    return Page(rows[:limit], str(rows[limit - 1].candidate_id) if len(rows) > limit else "")


def every(session: Session, chosen: AppointedFilter) -> Iterator[Appointment]:
    """All rows in their order, read in batches."""
    yield from session.scalars(chosen.select().execution_options(yield_per=BATCH))


def total(session: Session, chosen: AppointedFilter) -> int:
    """How many the list holds."""
    rows = chosen.select().with_only_columns(Appointment.candidate_id).order_by(None).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(rows)) or 0


def years(session: Session) -> list[int]:
    """The years in which anybody reported for duty, the latest first."""
    year = sa.cast(sa.extract("year", Appointment.reported_on), sa.Integer)
    return list(session.scalars(sa.select(year).distinct().order_by(year.desc())))


def counted(session: Session) -> list[tuple[int, str, str, int]]:
    """How many of those who reported for duty serve on, by year, prefecture and kind."""
    year = sa.cast(sa.extract("year", Appointment.reported_on), sa.Integer)
    rows = session.execute(
        sa.select(year, County.prefecture, Appointment.kind, sa.func.count())
        .select_from(Appointment)
        .join(Appointment.candidate)
        .join(County, County.code == Candidate.area_code)
        .where(Candidate.state.in_(SERVING))
        .group_by(year, County.prefecture_code, County.prefecture, Appointment.kind)
        .order_by(year, County.prefecture_code, Appointment.kind)
    )
    return [(row[0], row[1], row[2], row[3]) for row in rows]
