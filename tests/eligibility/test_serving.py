"""post.serving and area.prefecture: the post on the reference date itself."""

from datetime import date

import pytest

from recruitment.eligibility import Position, parameters_for
from recruitment.eligibility.vocabulary import POST_WORDS

from .build import (
    CALL_2021,
    IN_ABA,
    IN_MIANYANG,
    IN_NANCHONG,
    NOWHERE,
    PLAIN,
    TIBETAN,
    cadre,
    call,
    outcome,
    result,
    spell,
)

QUALIFYING = ["party_secretary", "committee_director", "first_secretary"]


@pytest.mark.parametrize("post", POST_WORDS)
def test_secretaries_and_directors_are_serving(post: str) -> None:
    expected = "pass" if post in QUALIFYING else "fail"
    assert outcome("post.serving", cadre(posts=(spell("2015-01-01", post=post),))) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2015-01-01", None, "pass"),
        ("2015-01-01", "2021-02-25", "pass"),
        ("2015-01-01", "2021-02-24", "pass"),
        ("2015-01-01", "2021-02-23", "fail"),
        ("2021-02-24", None, "pass"),
        ("2021-02-24", "2021-02-24", "pass"),
        ("2021-02-25", None, "fail"),
    ],
)
def test_first_and_last_day_belong_to_the_spell(start: str, end: str | None, expected: str) -> None:
    person = cadre(posts=(spell(start, end),))
    assert outcome("post.serving", person) == expected
    assert outcome("area.prefecture", person) == expected


def test_no_posts_is_not_the_same_as_unknown_posts() -> None:
    for rule in ("post.serving", "tenure.length", "area.prefecture"):
        assert outcome(rule, cadre(posts=())) == "fail"
        assert outcome(rule, cadre(posts=None)) == "unknown"


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (None, None, "unknown"),
        (None, "2021-02-25", "unknown"),
        # The last day is served whatever the first was.
        (None, "2021-02-24", "pass"),
        (None, "2021-02-23", "fail"),
    ],
)
def test_an_unknown_first_day(start: str | None, end: str | None, expected: str) -> None:
    assert outcome("post.serving", cadre(posts=(spell(start, end),))) == expected


def test_an_unknown_post_is_open_only_while_it_was_held_on_the_day() -> None:
    assert outcome("post.serving", cadre(posts=(spell("2015-01-01", post=None),))) == "unknown"
    assert outcome("post.serving", cadre(posts=(spell("2015-01-01", "2021-02-23", None),))) == "fail"
    both = (spell("2015-01-01", post=None), spell("2015-01-01"))
    assert outcome("post.serving", cadre(posts=both)) == "pass"


def test_posts_reached_by_restructuring_count_from_2021() -> None:
    person = cadre(posts=(spell("2015-01-01", post="other", restructured=True),))
    assert outcome("post.serving", person) == "pass"
    assert outcome("tenure.length", person) == "pass"
    assert outcome("post.serving", person, PLAIN, parameters_for(date(2021, 2, 23))) == "fail"
    unnamed = cadre(posts=(spell("2015-01-01", post=None, restructured=True),))
    assert outcome("post.serving", unnamed) == "pass"


def at_county(county: str) -> Position:
    return Position(county)


@pytest.mark.parametrize(
    ("community", "at", "expected"),
    [
        (IN_MIANYANG, PLAIN, "pass"),
        ("510781100201", PLAIN, "pass"),
        (IN_NANCHONG, PLAIN, "fail"),
        (IN_ABA, TIBETAN, "pass"),
        (None, PLAIN, "unknown"),
        (IN_MIANYANG, NOWHERE, "unknown"),
        (None, NOWHERE, "unknown"),
        ("510700", PLAIN, "pass"),
    ],
)
def test_the_prefecture_of_the_post(community: str | None, at: Position, expected: str) -> None:
    assert (
        outcome("area.prefecture", cadre(posts=(spell("2015-01-01", community=community),)), at) == expected
    )


def test_only_a_qualifying_post_gives_a_place() -> None:
    member = spell("2015-01-01", post="committee_member")
    assert outcome("area.prefecture", cadre(posts=(member,))) == "fail"
    assert outcome("area.prefecture", cadre(posts=(member,)), NOWHERE) == "fail"


def test_two_posts_give_two_places() -> None:
    posts = (spell("2015-01-01", community=IN_NANCHONG), spell("2016-01-01", post="committee_director"))
    assert outcome("area.prefecture", cadre(posts=posts)) == "pass"
    posts = (spell("2015-01-01", community=IN_NANCHONG), spell("2016-01-01", community=None))
    assert outcome("area.prefecture", cadre(posts=posts)) == "unknown"
    posts = (spell("2015-01-01", community=IN_NANCHONG), spell("2016-01-01", "2021-02-23"))
    assert outcome("area.prefecture", cadre(posts=posts)) == "fail"


def test_another_prefecture_stops_a_submission_but_no_post_does_not() -> None:
    elsewhere = result("area.prefecture", cadre(posts=(spell("2015-01-01", community=IN_NANCHONG),)))
    assert elsewhere.deterministic
    assert "绵阳市" in elsewhere.message
    assert "南充市" in elsewhere.message
    assert "南充市" in elsewhere.change
    assert not result("area.prefecture", cadre(posts=())).deterministic


def test_a_call_may_open_positions_to_the_whole_province() -> None:
    params = call(area__same_prefecture=False)
    verdict = params.judge(cadre(posts=(spell("2015-01-01", community=IN_NANCHONG),)), PLAIN)
    assert verdict.verdict == "eligible"
    assert "area.prefecture" not in verdict.rules
    assert "area.prefecture" in CALL_2021.judge(cadre(), PLAIN).rules
