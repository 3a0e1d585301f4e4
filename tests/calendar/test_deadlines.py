"""Deadlines of workflows by the calendar in the database."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy.orm import Session

from recruitment.calendar.models import CalendarYear, SpecialDay
from recruitment.calendar.queries import entered_years, working_days
from recruitment.workflow import registry, working_day_deadline
from workflows.terms import Refused

LATE = datetime(2026, 12, 30, 4, 0, tzinfo=UTC)


def test_the_engine_counts_by_the_table_over_the_package(session: Session) -> None:
    monday = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    calendar = registry().calendar
    assert calendar
    assert calendar(monday, 5).date() == date(2026, 11, 30)
    session.add(SpecialDay(day=date(2026, 11, 25), kind="holiday", source="省政府通知"))
    session.add(SpecialDay(day=date(2026, 11, 28), kind="workday", source="省政府通知"))
    session.flush()
    assert calendar(monday, 5).date() == date(2026, 11, 30)
    assert calendar(monday, 4).date() == date(2026, 11, 28)


def test_a_deadline_in_an_unknown_year_is_refused_with_the_reason(session: Session) -> None:
    with pytest.raises(Refused) as refused:
        working_day_deadline(LATE, 5)
    (reason,) = refused.value.reasons
    assert reason.code == "calendar_missing"
    assert "2027年的放假和调休安排还没有录入" in reason.words
    session.add(CalendarYear(year=2027, source="国务院办公厅通知"))
    session.add(SpecialDay(day=date(2027, 1, 1), kind="holiday", source="国务院办公厅通知"))
    session.flush()
    # 31 December, then 4 to 7 January: 1 January is free, 2 and 3 are a weekend.
    assert working_day_deadline(LATE, 5).date() == date(2027, 1, 7)
    assert working_days(session).known(2027)
    whole = entered_years(session)[2027]
    assert whole
    assert whole.source == "国务院办公厅通知"
