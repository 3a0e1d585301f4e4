"""Probation and minimum service as days, and figures over the years."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from recruitment.appointments.history import history, published
from recruitment.appointments.service import after_months, kind_of, last_day, remaining, span

DAYS = st.dates(date(2012, 1, 1), date(2060, 12, 31))
MONTHS = st.integers(1, 30 * 12)


def test_a_year_ends_with_the_day_before_its_anniversary() -> None:
    assert last_day(date(2026, 12, 1), 12) == date(2027, 11, 30)
    assert last_day(date(2026, 12, 1), 96) == date(2034, 11, 30)
    assert last_day(date(2027, 1, 1), 12) == date(2027, 12, 31)


def test_an_anniversary_that_does_not_exist_is_the_first_of_the_next_month() -> None:
    assert last_day(date(2028, 2, 29), 12) == date(2029, 2, 28)
    assert last_day(date(2028, 2, 29), 48) == date(2032, 2, 28)
    assert last_day(date(2026, 8, 31), 6) == date(2027, 2, 28)


@given(DAYS, MONTHS)
def test_a_period_is_served_on_its_last_day_and_not_a_day_before(first: date, months: int) -> None:
    end = last_day(first, months)
    whole = span(first, end)
    before = span(first, end - timedelta(days=1))
    assert whole.years * 12 + whole.months == months
    assert before.years * 12 + before.months == months - 1


@given(DAYS, MONTHS, DAYS)
def test_served_and_left_make_the_whole_and_never_shrink(first: date, months: int, day: date) -> None:
    served, left = span(first, day), remaining(first, months, day)
    done, open_ = served.years * 12 + served.months, left.years * 12 + left.months
    assert open_ == max(months - done, 0)
    tomorrow = span(first, day + timedelta(days=1))
    assert 0 <= tomorrow.years * 12 + tomorrow.months - done <= 1
    assert 0 <= served.months < 12
    if day < first:
        assert done == 0


@given(DAYS, st.integers(1, 200), st.integers(1, 200))
def test_a_longer_period_never_ends_earlier(first: date, one: int, other: int) -> None:
    shorter, longer = sorted((one, other))
    assert after_months(first, shorter) <= after_months(first, longer)


def test_villages_and_communities_are_told_apart() -> None:
    assert kind_of("绵阳市三台县潼川镇梓州社区居委会") == "community"
    assert kind_of("绵阳市三台县芦溪镇五柏村委会") == "village"


def test_the_published_total_stands_with_its_source() -> None:
    (known,) = published()
    assert (known.first, known.last, known.appointed) == (2012, 2022, 1093)
    assert "1044" in known.source


def test_figures_add_up_and_years_without_anybody_are_shown() -> None:
    found = history(
        [(2027, "绵阳市", "village", 3), (2027, "南充市", "community", 1), (2029, "绵阳市", "community", 2)]
    )
    assert [(line.name, line.total) for line in found.by_year] == [("2027", 4), ("2028", 0), ("2029", 2)]
    assert [(line.name, line.by_kind) for line in found.by_prefecture] == [
        ("绵阳市", {"village": 3, "community": 2}),
        ("南充市", {"village": 0, "community": 1}),
    ]
    assert (found.appointed, found.total, found.widest) == (6, 1099, 5)
    assert history([]).total == 1093
