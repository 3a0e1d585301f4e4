"""age.minimum and age.ceiling at every edge."""

from datetime import date

import pytest

from recruitment.eligibility import Person, Position, Windows, parameters_for

from .build import (
    AUTONOMOUS,
    CALL_2021,
    NOWHERE,
    ON,
    PLAIN,
    TIBETAN,
    born,
    call,
    honour,
    outcome,
    result,
)


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2003-02-23", "pass"), ("2003-02-24", "pass"), ("2003-02-25", "fail"), (None, "unknown")],
)
def test_eighteen_is_reached_on_the_birthday(day: str | None, expected: str) -> None:
    assert outcome("age.minimum", born(day)) == expected


# Birth dates on both sides of each band's edge in the Call of 2021.
IN_40, OUT_40 = "1980-02-24", "1980-02-23"
IN_42, OUT_42 = "1978-02-24", "1978-02-23"
IN_45, OUT_45 = "1975-02-24", "1975-02-23"


@pytest.mark.parametrize(("day", "expected"), [(IN_40, "pass"), (OUT_40, "fail"), ("2003-02-24", "pass")])
def test_the_base_ceiling(day: str, expected: str) -> None:
    assert outcome("age.ceiling", born(day)) == expected


@pytest.mark.parametrize("at", [AUTONOMOUS, TIBETAN])
@pytest.mark.parametrize(("day", "expected"), [(OUT_40, "pass"), (IN_42, "pass"), (OUT_42, "fail")])
def test_the_autonomous_ceiling_is_that_of_the_position(day: str, expected: str, at: Position) -> None:
    assert outcome("age.ceiling", born(day), at) == expected


@pytest.mark.parametrize("at", [PLAIN, AUTONOMOUS, NOWHERE])
@pytest.mark.parametrize(("day", "expected"), [(OUT_42, "pass"), (IN_45, "pass"), (OUT_45, "fail")])
def test_a_comprehensive_commendation_lifts_the_ceiling(day: str, expected: str, at: Position) -> None:
    assert outcome("age.ceiling", born(day, commendations=(honour(),)), at) == expected


def test_other_honours_lift_nothing() -> None:
    other = (honour(comprehensive=False), honour("2021-02-25"))
    assert outcome("age.ceiling", born(OUT_40, commendations=other)) == "fail"


def test_an_honour_counts_from_its_own_day() -> None:
    assert outcome("age.ceiling", born(OUT_40, commendations=(honour("2021-02-24"),))) == "pass"


UNSURE = [
    None,
    (honour(comprehensive=None),),
    (honour(None),),
    (honour(None), honour(comprehensive=False)),
]


@pytest.mark.parametrize("commendations", UNSURE)
@pytest.mark.parametrize(
    ("day", "expected"),
    [(IN_40, "pass"), (OUT_40, "unknown"), (OUT_42, "unknown"), (IN_45, "unknown"), (OUT_45, "fail")],
)
def test_an_honour_in_doubt_matters_only_between_the_ceilings(
    day: str, expected: str, commendations: object
) -> None:
    assert outcome("age.ceiling", born(day, commendations=commendations)) == expected


@pytest.mark.parametrize(
    ("day", "expected"), [(IN_40, "pass"), (OUT_40, "unknown"), (IN_42, "unknown"), (OUT_42, "fail")]
)
def test_an_unknown_position_matters_only_between_the_ceilings(day: str, expected: str) -> None:
    assert outcome("age.ceiling", born(day), NOWHERE) == expected


def test_an_unknown_birth_date_leaves_both_open() -> None:
    for at in (PLAIN, AUTONOMOUS, NOWHERE):
        for commendations in (None, (), (honour(),)):
            assert outcome("age.ceiling", born(None, commendations=commendations), at) == "unknown"


@pytest.mark.parametrize(
    ("on", "day", "expected"),
    [
        (date(2021, 2, 23), "1985-02-23", "pass"),
        (date(2021, 2, 23), "1985-02-22", "fail"),
        (date(2016, 3, 17), "1980-03-17", "pass"),
        (date(2016, 3, 17), "1980-03-16", "fail"),
    ],
)
def test_before_the_call_of_2021_the_ceiling_was_35(on: date, day: str, expected: str) -> None:
    assert outcome("age.ceiling", born(day), PLAIN, parameters_for(on)) == expected


@pytest.mark.parametrize(
    ("on", "day", "minimum", "ceiling"),
    [
        # 29 February moves to 28 February where the other year has none.
        (date(2024, 2, 29), "1983-02-28", "pass", "pass"),
        (date(2024, 2, 29), "1983-02-27", "pass", "fail"),
        (date(2024, 2, 29), "2006-02-28", "pass", "pass"),
        (date(2024, 2, 29), "2006-03-01", "fail", "pass"),
        # Born on a leap day, counted in a common year.
        (date(2022, 2, 28), "2004-02-28", "pass", "pass"),
        (date(2022, 2, 28), "2004-02-29", "fail", "pass"),
        (date(2022, 3, 1), "2004-02-29", "pass", "pass"),
        (date(2025, 2, 28), "1984-02-29", "pass", "pass"),
        (date(2025, 3, 1), "1984-02-29", "pass", "fail"),
    ],
)
def test_leap_days(on: date, day: str, minimum: str, ceiling: str) -> None:
    params = parameters_for(on)
    assert outcome("age.minimum", born(day), PLAIN, params) == minimum
    assert outcome("age.ceiling", born(day), PLAIN, params) == ceiling


def test_published_dates_decide_not_ages() -> None:
    dates = Windows(date(2003, 2, 1), date(1980, 3, 1), date(1979, 1, 1), date(1975, 1, 1))
    params = parameters_for(ON, windows=dates)
    assert outcome("age.ceiling", born("1980-02-29"), PLAIN, params) == "fail"
    assert outcome("age.ceiling", born("1980-03-01"), PLAIN, params) == "pass"
    assert outcome("age.ceiling", born("1978-12-31"), AUTONOMOUS, params) == "fail"
    assert outcome("age.ceiling", born("1975-01-01", commendations=(honour(),)), PLAIN, params) == "pass"
    assert outcome("age.minimum", born("2003-02-02"), PLAIN, params) == "fail"


def test_a_call_names_its_counties() -> None:
    params = call(age__autonomous_counties=["510722"])
    assert outcome("age.ceiling", born(OUT_40), PLAIN, params) == "pass"
    assert outcome("age.ceiling", born(OUT_40), AUTONOMOUS, params) == "fail"


def test_a_call_raises_its_ceiling_and_an_old_one_keeps_its_answers() -> None:
    params = call(age__ceiling__base=43)
    assert params.windows.base == date(1977, 2, 24)
    assert outcome("age.ceiling", born("1977-02-24"), PLAIN, params) == "pass"
    assert outcome("age.ceiling", born("1977-02-24"), PLAIN, CALL_2021) == "fail"
    assert result("age.ceiling", born("1977-02-24"), PLAIN, params).citation.startswith("川组函〔2026〕1号")


def test_failures_of_age_stop_a_submission_and_unknowns_never_do() -> None:
    assert result("age.minimum", born("2003-02-25")).deterministic
    assert result("age.ceiling", born(OUT_40)).deterministic
    for person in (Person(), born(OUT_40, commendations=None)):
        assert not CALL_2021.judge(person, PLAIN).stopping


def test_the_way_out_is_named() -> None:
    failed = result("age.ceiling", born(OUT_40))
    assert "综合类表彰" in failed.change
    assert "45周岁" in failed.change
    assert "民族自治地方" in failed.change
    assert "42周岁" in failed.change
    assert "民族自治地方" not in result("age.ceiling", born(OUT_42)).change
    assert "民族自治地方" not in result("age.ceiling", born(OUT_42), AUTONOMOUS).change
    assert "无法改变" in result("age.ceiling", born(OUT_45)).change
    assert "2021年2月25日满18周岁" in result("age.minimum", born("2003-02-25")).change
    assert "到2021年2月24日未满18周岁" in result("age.minimum", born("2003-02-25")).message
