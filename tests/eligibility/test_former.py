"""Stationed first secretaries who have left their village, whom the call of 2023 lets apply."""

from datetime import date
from typing import Any

import pytest

from recruitment.eligibility import Person, Position, Tenure, parameters_for

from .build import IN_MIANYANG, IN_NANCHONG, appraised, cadre, call, result, spell

ON = date(2023, 1, 4)
CALL_2023 = parameters_for(ON)
IN_2022 = appraised(y2022="competent", y2021="competent", y2020="competent", y2019="competent")
PLACE = Position("510722")


def station(start: str | None, end: str | None, community: str | None = IN_MIANYANG) -> Tenure:
    return spell(start, end, post="first_secretary", community=community)


def outcomes(
    *posts: Tenure, params: Any = CALL_2023, at: Position = PLACE, **changes: Any
) -> tuple[str, ...]:
    """post.serving, tenure.length, area.prefecture"""
    person = cadre(**{"appraisals": IN_2022, **changes, "posts": posts})
    rules = ("post.serving", "tenure.length", "area.prefecture")
    return tuple(result(rule, person, at, params).outcome for rule in rules)


def test_who_has_left_may_apply_since_the_call_of_2023() -> None:
    posts = (station("2019-03-01", "2021-05-31"),)
    assert outcomes(*posts) == ("pass", "pass", "pass")
    earlier = parameters_for(date(2023, 1, 3))
    assert outcomes(*posts, params=earlier) == ("fail", "fail", "fail")
    assert outcomes(*posts, params=parameters_for(ON, "sichuan@1")) == ("fail", "fail", "fail")
    assert outcomes(*posts, params=call(ON, post__stationed_former=False)) == ("fail", "fail", "fail")
    # A secretary or director has to be in the post, as before.
    assert outcomes(spell("2010-01-01", "2022-12-31")) == ("fail", "fail", "fail")


@pytest.mark.parametrize(
    ("posts", "expected"),
    [
        ([station("2019-06-01", "2021-05-31")], "pass"),
        ([station("2019-06-01", "2021-05-30")], "fail"),
        ([station("2019-06-01", "2020-05-31"), station("2020-06-01", "2021-05-31")], "pass"),
        ([station("2019-06-01", "2020-05-31"), station("2020-06-02", "2021-05-31")], "fail"),
        ([station("2018-01-01", "2020-01-01"), station("2021-06-01", "2021-08-31")], "pass"),
        ([station("2018-01-01", "2020-01-01"), station("2022-06-01", None)], "pass"),
        ([station(None, "2021-05-31")], "unknown"),
        ([spell("2018-01-01", "2021-05-31", post=None)], "unknown"),
    ],
)
def test_the_longest_run_counts(posts: list[Tenure], expected: str) -> None:
    assert outcomes(*posts)[1] == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"y2020": "basic"}, "fail"),
        ({"y2019": None}, "unknown"),
        # The year in which they left was not served whole.
        ({"y2021": "basic"}, "pass"),
    ],
)
def test_the_years_before_leaving_were_appraised(changes: dict[str, str | None], expected: str) -> None:
    years = {"y2022": "competent", "y2021": "competent", "y2020": "competent", "y2019": "competent"}
    found = outcomes(station("2018-01-01", "2021-05-31"), appraisals=appraised(**{**years, **changes}))
    assert found[1] == expected


def test_who_left_on_new_years_eve_has_served_that_year() -> None:
    results = appraised(y2022="competent", y2021="basic", y2020="competent", y2019="competent")
    assert outcomes(station("2018-01-01", "2021-12-31"), appraisals=results)[1] == "fail"


@pytest.mark.parametrize(("y2022", "expected"), [("competent", "unknown"), ("incompetent", "fail")])
def test_only_an_end_that_makes_the_time_long_enough_says_which_years_count(
    y2022: str, expected: str
) -> None:
    """A year as first secretary is too short; a post of unknown kind after it may make it long enough."""
    posts = (station("2020-06-01", "2021-05-31"), spell("2021-06-01", "2022-12-31", post=None))
    results = appraised(y2022=y2022, y2021="competent", y2020="competent", y2019="competent")
    assert outcomes(*posts, appraisals=results)[1] == expected


def test_the_place_is_that_of_the_last_station_unless_in_a_post_today() -> None:
    first, second = (
        station("2015-01-01", "2018-12-31", IN_NANCHONG),
        station("2019-01-01", "2021-12-31"),
    )
    there = Position("511304")
    assert outcomes(first, second)[2] == "pass"
    assert outcomes(first, second, at=there)[2] == "fail"
    secretary = spell("2022-06-01", community=IN_MIANYANG)
    assert outcomes(first, secretary)[2] == "pass"
    assert outcomes(first, secretary, at=there)[2] == "fail"
    doubtful = spell("2022-06-01", post=None)
    assert outcomes(first, doubtful)[2] == "unknown"
    assert outcomes(first, doubtful, at=there)[2] == "unknown"
    # Wherever it was: both are in the prefecture.
    assert outcomes(station("2015-01-01", "2018-12-31"), doubtful)[2] == "pass"


def test_it_is_said_which_post_counts() -> None:
    person: Person = cadre(posts=(station("2019-03-01", "2021-05-31"),), appraisals=IN_2022)
    said = result("post.serving", person, PLACE, CALL_2023)
    assert "曾任驻村第一书记，2021年5月31日离任" in said.message
    assert "招考公告（2023）" in said.citation
    assert result("tenure.length", person, PLACE, CALL_2023).message == "任驻村第一书记已满2年。"
