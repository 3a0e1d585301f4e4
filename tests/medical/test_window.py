"""Until when a re-exam may be asked for."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.clock import SHANGHAI, local
from recruitment.medical.window import closes

HOURS = st.integers(0, 20 * 365 * 24)


def test_the_day_of_the_notice_does_not_count() -> None:
    monday = datetime(2026, 11, 23, 23, 59, tzinfo=SHANGHAI)
    assert closes(monday, 7) == datetime(2026, 12, 1, 0, 0, tzinfo=SHANGHAI)


def test_the_day_is_the_one_in_sichuan() -> None:
    # 16:30 in Greenwich is half past midnight of the next day here.
    assert closes(datetime(2026, 11, 23, 16, 30, tzinfo=UTC), 7) == datetime(
        2026, 12, 2, 0, 0, tzinfo=SHANGHAI
    )


@given(HOURS, st.integers(1, 60))
def test_whoever_is_told_on_one_day_has_the_same_time(hours: int, days: int) -> None:
    told = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    until = closes(told, days)
    assert timedelta(days=days) < until - told <= timedelta(days=days + 1)
    assert local(until).time().isoformat() == "00:00:00"
    first = datetime.combine(local(told).date(), datetime.min.time(), SHANGHAI)
    assert closes(first, days) == until


def test_a_window_of_no_days_is_none() -> None:
    with pytest.raises(ValueError, match="at least one day"):
        closes(datetime(2026, 11, 23, tzinfo=UTC), 0)
