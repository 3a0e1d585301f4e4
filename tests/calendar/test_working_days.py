"""Working days against the announced arrangements of 2025 and 2026, and where no arrangement is known."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recruitment.calendar.working_days import MissingYear, WorkingDays, missing_fixed, packaged_years

KNOWN = WorkingDays()
days = st.dates(date(2024, 1, 1), date(2026, 11, 30))


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2025, 1, 27), True),  # Monday between a Sunday worked in lieu and New Year's Eve
        (date(2025, 1, 26), True),
        (date(2025, 1, 28), False),
        (date(2025, 2, 8), True),
        (date(2025, 5, 5), False),
        (date(2025, 10, 8), False),
        (date(2025, 10, 9), True),
        (date(2025, 10, 11), True),  # a Saturday
        (date(2026, 1, 2), False),
        (date(2026, 1, 4), True),  # a Sunday
        (date(2026, 2, 14), True),
        (date(2026, 2, 23), False),
        (date(2026, 2, 28), True),
        (date(2026, 11, 21), False),
        (date(2026, 11, 23), True),
    ],
)
def test_the_announced_days(day: date, working: bool) -> None:
    assert KNOWN.working(day) is working


@pytest.mark.parametrize(
    ("first", "number", "last"),
    [
        # Five working days of notice that begin on a Monday end on the Friday.
        (date(2026, 11, 23), 5, date(2026, 11, 27)),
        # Across the National Day of 2025: 29 and 30 September, 9, 10 and the Saturday of 11 October.
        (date(2025, 9, 29), 5, date(2025, 10, 11)),
        # Begun on a holiday, the first day is the first one worked.
        (date(2025, 10, 1), 1, date(2025, 10, 9)),
        # Across the Spring Festival of 2026, with a Saturday worked before it.
        (date(2026, 2, 12), 5, date(2026, 2, 25)),
    ],
)
def test_a_period_ends_on_its_last_working_day(first: date, number: int, last: date) -> None:
    assert KNOWN.span(first, number) == last
    assert KNOWN.count(first, last) == number


def test_the_day_itself_is_not_counted() -> None:
    assert KNOWN.after(date(2026, 11, 20), 1) == date(2026, 11, 23)
    assert KNOWN.after(date(2026, 11, 22), 1) == date(2026, 11, 23)
    assert KNOWN.after(date(2026, 11, 23), -1) == date(2026, 11, 20)
    assert KNOWN.after(date(2026, 11, 22), 0) == date(2026, 11, 23)
    assert KNOWN.after(date(2026, 11, 23), 0) == date(2026, 11, 23)


def test_a_deadline_is_the_end_of_a_day_in_sichuan() -> None:
    # 00:30 on Tuesday in Sichuan is still Monday in UTC.
    due = KNOWN.deadline(datetime(2026, 11, 23, 16, 30, tzinfo=UTC), 1)
    assert due.isoformat() == "2026-11-25T23:59:59.999999+08:00"


@settings(deadline=None)
@given(days, st.integers(1, 20))
def test_after_and_count_agree(day: date, number: int) -> None:
    last = KNOWN.after(day, number)
    assert KNOWN.working(last)
    assert KNOWN.count(day + timedelta(days=1), last) == number
    assert KNOWN.count(day + timedelta(days=1), last - timedelta(days=1)) == number - 1
    assert KNOWN.after(last, -number) <= day or not KNOWN.working(day)


@settings(deadline=None)
@given(days, days, st.dictionaries(days, st.booleans(), max_size=5))
def test_a_day_that_was_entered_is_what_was_entered(
    first: date, last: date, special: dict[date, bool]
) -> None:
    calendar = WorkingDays(special)
    for day, working in special.items():
        assert calendar.working(day) is working
    changed = sum(working - KNOWN.working(day) for day, working in special.items() if first <= day <= last)
    assert calendar.count(first, last) == KNOWN.count(first, last) + changed


def test_an_unknown_year_is_said_and_never_guessed() -> None:
    beyond = packaged_years().stop
    with pytest.raises(MissingYear, match=f"{beyond}年的放假和调休安排还没有录入"):
        KNOWN.working(date(beyond, 3, 1))
    with pytest.raises(MissingYear):
        KNOWN.after(date(beyond - 1, 12, 30), 5)
    # One day of a year says nothing of the others.
    one = WorkingDays({date(beyond, 1, 1): False})
    assert one.working(date(beyond, 1, 1)) is False
    with pytest.raises(MissingYear):
        one.working(date(beyond, 1, 2))


def test_a_year_entered_as_a_whole_is_known() -> None:
    beyond = packaged_years().stop
    holiday = date(beyond, 1, 1)
    calendar = WorkingDays({holiday: False}, frozenset({beyond}))
    first = next(holiday + timedelta(n) for n in range(1, 8) if (holiday + timedelta(n)).weekday() == 0)
    assert calendar.count(first, first + timedelta(days=6)) == 5
    assert calendar.working(holiday) is False


def test_a_period_has_a_length() -> None:
    with pytest.raises(ValueError, match="at least one"):
        KNOWN.span(date(2026, 11, 23), 0)


def test_an_arrangement_without_the_days_of_the_law_is_incomplete() -> None:
    full = {date(2027, m, d): False for m, d in [(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)]}
    assert missing_fixed(full, 2027) == []
    assert missing_fixed(full | {date(2027, 10, 2): True}, 2027) == [date(2027, 10, 2)]
    del full[date(2027, 5, 1)]
    assert missing_fixed(full, 2027) == [date(2027, 5, 1)]
    assert date(2024, 5, 2) not in missing_fixed({}, 2024)
