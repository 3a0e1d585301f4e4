"""The only writes to the calendar. Deadlines that were set before stay as they were set."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from recruitment.audit.operations import record
from recruitment.calendar import queries
from recruitment.calendar.models import CalendarYear, Kind, SpecialDay
from recruitment.calendar.table import SpecialRow
from recruitment.calendar.working_days import missing_fixed
from recruitment.forms.refusal import Refusal
from recruitment.people.models import User

# The calendar is one for everybody; two changes of it follow each other.
LOCK = 51_0000_2027


def set_day(session: Session, actor: User, day: date, kind: Kind, source: str, at: datetime) -> None:
    """Say what a day is, whatever was said before."""
    _lock(session)
    _put(session, actor, {day: (kind, source)})
    _still_whole(session, day.year)
    record(
        session,
        actor,
        "calendar.set_day",
        at=at,
        subject_kind="special_day",
        subject_id=day.isoformat(),
        detail={"kind": str(kind), "source": source},
    )


def remove_day(session: Session, actor: User, day: date, at: datetime) -> bool:
    """Forget what was entered for a day; whether there was anything."""
    _lock(session)
    found = session.get(SpecialDay, day)
    if found is None:
        return False
    session.delete(found)
    session.flush()
    _still_whole(session, day.year)
    record(
        session,
        actor,
        "calendar.remove_day",
        at=at,
        subject_kind="special_day",
        subject_id=day.isoformat(),
        detail={"kind": found.kind, "source": found.source},
    )
    return True


def problems(rows: Sequence[SpecialRow], year: int) -> list[str]:
    """Why the rows cannot be the whole arrangement of a year; words for people."""
    found = []
    twice: set[date] = set()
    seen: set[date] = set()
    for row in rows:
        for day in _days(row):
            (twice if day in seen else seen).add(day)
    if twice:
        found.append(f"这些日期出现了两次：{_list(sorted(twice))}。")
    if astray := sorted(day for day in seen if abs(day.year - year) > 1):
        found.append(f"这些日期不属于{year}年的安排：{_list(astray)}。")
    special = {day: row.kind == Kind.WORKDAY for row in rows for day in _days(row)}
    if missing := missing_fixed(special, year):
        found.append(f"缺少法定节假日：{_list(missing)}应为放假。")
    return found


def replace_year(
    session: Session, actor: User, year: int, rows: Sequence[SpecialRow], source: str, at: datetime
) -> int:
    """Let the rows be the whole arrangement of a year; days of a neighbouring year are entered one by one.

    Returns:
        How many days were entered.

    Raises:
        Refusal: the rows cannot be a whole year's; see :func:`problems`.
    """
    if wrong := problems(rows, year):
        raise Refusal(" ".join(wrong))
    _lock(session)
    session.execute(sa.delete(SpecialDay).where(SpecialDay.day.between(date(year, 1, 1), date(year, 12, 31))))
    days = {day: (row.kind, row.source) for row in rows for day in _days(row)}
    _put(session, actor, days)
    whole = insert(CalendarYear).values(year=year, source=source, confirmed_by=actor.id, confirmed_at=at)
    session.execute(
        whole.on_conflict_do_update(
            index_elements=["year"],
            set_={"source": source, "confirmed_by": actor.id, "confirmed_at": at},
        )
    )
    record(
        session,
        actor,
        "calendar.replace_year",
        at=at,
        subject_kind="calendar_year",
        subject_id=str(year),
        detail={"source": source, "days": len(days)},
    )
    return len(days)


def _put(session: Session, actor: User, days: dict[date, tuple[Kind, str]]) -> None:
    put = insert(SpecialDay).values(
        [
            {"day": day, "kind": str(kind), "source": source, "created_by": actor.id}
            for day, (kind, source) in sorted(days.items())
        ]
    )
    session.execute(
        put.on_conflict_do_update(
            index_elements=["day"],
            set_={
                "kind": put.excluded.kind,
                "source": put.excluded.source,
                "created_by": put.excluded.created_by,
                "created_at": sa.func.now(),
            },
        )
    )
    session.expire_all()


def _still_whole(session: Session, year: int) -> None:
    """A year entered as a whole keeps the holidays that the law fixes."""
    calendar = queries.working_days(session)
    if year in calendar.years and (missing := missing_fixed(calendar.special, year)):
        raise Refusal(f"{_list(missing)}是法定节假日，应为放假。")


def _days(row: SpecialRow) -> list[date]:
    return [row.day + timedelta(days=offset) for offset in range((row.last - row.day).days + 1)]


def _list(days: Sequence[date]) -> str:
    return "、".join(day.isoformat() for day in days)


def _lock(session: Session) -> None:
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
