"""The calendar out of the database."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.calendar.models import CalendarYear, Kind, SpecialDay
from recruitment.calendar.working_days import WorkingDays


def working_days(session: Session) -> WorkingDays:
    """The calendar as it is known now: the package's, under what was entered. Two queries."""
    rows = session.execute(sa.select(SpecialDay.day, SpecialDay.kind))
    years = session.scalars(sa.select(CalendarYear.year))
    return WorkingDays({day: kind == Kind.WORKDAY for day, kind in rows}, frozenset(years))


def special_days(session: Session, year: int) -> Sequence[SpecialDay]:
    """What was entered for a year, by date."""
    return session.scalars(
        sa.select(SpecialDay)
        .where(SpecialDay.day.between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(SpecialDay.day)
    ).all()


def entered_years(session: Session) -> dict[int, CalendarYear | None]:
    """Years with anything entered, the latest first; with the row of those entered as a whole."""
    whole = {row.year: row for row in session.scalars(sa.select(CalendarYear))}
    touched = session.scalars(sa.select(sa.extract("year", SpecialDay.day)).distinct())
    return {
        year: whole.get(year) for year in sorted({int(year) for year in touched} | set(whole), reverse=True)
    }
