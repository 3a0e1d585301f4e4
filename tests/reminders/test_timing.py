"""When a reminder leaves: never at night, never too late to be of use, wherever the deadline lies."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from recruitment.clock import SHANGHAI
from recruitment.reminders import timing
from tests.reminders.conftest import at

USUAL = (time(21), time(8), time(19))
Times = tuple[time, time, time]


def in_sql(session: Session, nominal: datetime, deadline: datetime, night: Times) -> Any:
    """When it leaves, and whether that and the nominal moment are quiet."""

    def moment(value: datetime) -> Any:
        return sa.literal(value, sa.DateTime(timezone=True))

    times = timing.Night(*(sa.literal(value, sa.Time) for value in night))
    planned = timing.planned(moment(nominal), moment(deadline), times)
    return session.execute(
        sa.select(planned, timing.is_quiet(planned, times), timing.is_quiet(moment(nominal), times))
    ).one()


def quiet(clock: time, night: Times) -> bool:
    start, end, _ = night
    return start <= clock < end if start <= end else clock >= start or clock < end


def on_the_wall(moment: datetime) -> time:
    return moment.astimezone(SHANGHAI).time()


@pytest.mark.parametrize(
    ("deadline", "lead", "leaves"),
    [
        (
            "2026-12-02 08:00",
            4,
            "2026-12-01 19:00",
        ),  # 04:00; at 08:00 it would be over, so the evening before
        ("2026-12-02 09:00", 4, "2026-12-01 19:00"),  # 05:00; one hour in the morning is too little
        ("2026-12-02 10:00", 4, "2026-12-02 08:00"),  # 06:00; two hours in the morning will do
        ("2026-12-02 12:00", 4, "2026-12-02 08:00"),  # falls on the end of the night itself
        ("2026-12-02 18:00", 4, "2026-12-02 14:00"),  # by day
        ("2026-12-02 00:59", 4, "2026-12-01 20:59"),  # the last minute before the night
        ("2026-12-02 01:00", 4, "2026-12-01 19:00"),  # 21:00 is night
        ("2026-12-02 08:00", 48, "2026-11-30 08:00"),
        ("2026-12-02 07:59", 48, "2026-11-30 08:00"),
        ("2026-12-02 23:00", 48, "2026-12-01 08:00"),  # 23:00; the morning after is early enough
    ],
)
def test_a_night_moves_a_reminder_to_where_it_is_of_use(
    session: Session, deadline: str, lead: int, leaves: str
) -> None:
    until = at(deadline)
    planned, _, _ = in_sql(session, until - timedelta(hours=lead), until, USUAL)
    assert planned == at(leaves)


def test_a_night_after_midnight_and_no_night_at_all(session: Session) -> None:
    until = at("2026-12-02 08:00")
    nominal = until - timedelta(hours=4)
    late = (time(0), time(7, 30), time(22))
    assert in_sql(session, nominal, until, late)[0] == at("2026-12-01 22:00")
    assert in_sql(session, nominal, until, (time(0), time(0), time(19)))[0] == nominal


minutes = st.integers(0, 24 * 60 - 1).map(lambda number: time(number // 60, number % 60))


@given(
    nominal=st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)).map(  # noqa: DTZ001 (made aware below)
        lambda value: value.replace(tzinfo=UTC, second=0, microsecond=0)
    ),
    lead=st.integers(1, 60 * 24 * 5),
    night=st.tuples(minutes, minutes, minutes).filter(lambda night: not quiet(night[2], night)),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
def test_a_reminder_is_never_at_night_nor_too_late(
    session: Session, nominal: datetime, lead: int, night: Times
) -> None:
    deadline = nominal + timedelta(minutes=lead)
    planned, planned_quiet, nominal_quiet = in_sql(session, nominal, deadline, night)
    assert not planned_quiet
    assert not quiet(on_the_wall(planned), night)
    assert nominal_quiet == quiet(on_the_wall(nominal), night)
    if not nominal_quiet:
        assert planned == nominal
    assert deadline - planned >= (deadline - nominal) / 2
    assert abs(planned - nominal) < timedelta(days=2)
