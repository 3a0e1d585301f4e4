"""Conventions: from ages to the dates that a call publishes."""

import json
from datetime import date, timedelta

import pytest

from recruitment.eligibility import CONVENTIONS, RulesError, Windows, parameters_for, suggested_windows
from recruitment.eligibility.windows import minus_years, reached_on

from .build import ON, call

AGES = {"minimum": 18, "base": 40, "autonomous": 42, "commendation": 45}


@pytest.mark.parametrize(
    ("convention", "expected"),
    [
        ("n_plus_one", ("2003-02-24", "1980-02-24", "1978-02-24", "1975-02-24")),
        ("n", ("2003-02-24", "1981-02-24", "1979-02-24", "1976-02-24")),
        ("months", ("2003-02-28", "1980-02-01", "1978-02-01", "1975-02-01")),
    ],
)
def test_conventions(convention: str, expected: tuple[str, ...]) -> None:
    windows = suggested_windows(ON, parameters_for(ON).values, convention)
    assert tuple(windows.to_json().values()) == expected
    assert Windows.from_json(json.loads(json.dumps(windows.to_json()))) == windows
    assert call(age__convention=convention).windows == windows


def test_every_convention_is_explained() -> None:
    assert all(convention.words for convention in CONVENTIONS.values())


def test_years_back_keep_month_and_day() -> None:
    day = date(2015, 1, 1)
    while day < date(2025, 1, 1):
        for years in (1, 3, 4, 18, 41):
            found = minus_years(day, years)
            assert found.year == day.year - years
            assert (found.month, found.day) in ((day.month, day.day), (2, 28))
            if found.day != day.day:
                assert (day.month, day.day) == (2, 29)
        day += timedelta(days=1)


def test_the_day_a_number_of_years_is_reached_is_the_first_such_day() -> None:
    start = date(2015, 1, 1)
    while start < date(2021, 1, 1):
        for years in (2, 3, 5, 18):
            day = reached_on(start, years)
            assert minus_years(day, years) >= start > minus_years(day - timedelta(days=1), years)
        start += timedelta(days=1)


def test_published_dates_may_not_let_in_minors() -> None:
    with pytest.raises(RulesError, match="最低年龄"):
        parameters_for(ON, windows=Windows(date(2003, 2, 25), ON, ON, ON))
