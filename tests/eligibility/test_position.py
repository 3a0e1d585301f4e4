"""position.*: what one position asks, each condition a rule of its own."""

from typing import Any

import pytest

from recruitment.eligibility import FactError, Person, Position

from .build import CALL_2021, IN_MIANYANG, IN_NANCHONG, appraised, asking, cadre, outcome, result, spell

CONDITIONS: list[tuple[dict[str, Any], str, dict[str, Any], str]] = [
    ({"education": "junior_college"}, "education", {"education": "junior_college"}, "pass"),
    ({"education": "junior_college"}, "education", {"education": "senior_high"}, "fail"),
    ({"education": "junior_college"}, "education", {"education": None}, "unknown"),
    ({"education": "secondary_vocational"}, "education", {"education": "senior_high"}, "pass"),
    ({"languages": ("彝语", "藏语")}, "language", {"languages": ("汉语", "藏语")}, "pass"),
    ({"languages": ("彝语",)}, "language", {"languages": ("藏语",)}, "fail"),
    ({"languages": ("彝语",)}, "language", {"languages": ()}, "fail"),
    ({"languages": ("彝语",)}, "language", {"languages": None}, "unknown"),
    ({"majors": ("农学", "林学")}, "major", {"major": "林学"}, "pass"),
    ({"majors": ("农学",)}, "major", {"major": "法学"}, "fail"),
    ({"majors": ("农学",)}, "major", {"major": None}, "unknown"),
    ({"party_member": True}, "party_member", {"party_member": True}, "pass"),
    ({"party_member": True}, "party_member", {"party_member": False}, "fail"),
    ({"party_member": True}, "party_member", {"party_member": None}, "unknown"),
    ({"areas": ("5107",)}, "area", {}, "pass"),
    ({"areas": ("5113", "510722100")}, "area", {}, "pass"),
    ({"areas": ("510781",)}, "area", {}, "fail"),
    ({"areas": ("5107",)}, "area", {"posts": None}, "unknown"),
    ({"areas": ("5107",)}, "area", {"posts": ()}, "fail"),
    ({"areas": ("5107",)}, "area", {"posts": (spell("2015-01-01", community=None),)}, "unknown"),
    ({"areas": ("510722100",)}, "area", {"posts": (spell("2015-01-01", community="510722"),)}, "unknown"),
    ({"areas": ("51072",)}, "area", {"posts": (spell("2015-01-01", community="510722"),)}, "pass"),
    ({"areas": ("5107",)}, "area", {"posts": (spell("2015-01-01", post=None),)}, "unknown"),
    ({"years": 6}, "years", {"posts": (spell("2015-02-24"),)}, "pass"),
    ({"years": 6}, "years", {"posts": (spell("2015-02-25"),)}, "fail"),
    ({"years": 6}, "years", {"posts": None}, "unknown"),
    ({"years": 6}, "years", {"posts": (spell(None),)}, "unknown"),
    ({"years": 6}, "years", {"posts": ()}, "fail"),
    ({"sex": "male", "sex_basis": "法"}, "sex", {"sex": "male"}, "pass"),
    ({"sex": "male", "sex_basis": "法"}, "sex", {"sex": "female"}, "fail"),
    ({"sex": "male", "sex_basis": "法"}, "sex", {"sex": None}, "unknown"),
]


@pytest.mark.parametrize(("asked", "rule", "facts", "expected"), CONDITIONS)
def test_condition(asked: dict[str, Any], rule: str, facts: dict[str, Any], expected: str) -> None:
    person, at = cadre(**facts), asking(**asked)
    assert outcome(f"position.{rule}", person, at) == expected
    assert set(CALL_2021.judge(person, at).rules) - set(CALL_2021.judge(person, asking()).rules) == {
        f"position.{rule}"
    }


def test_a_position_asks_for_more_never_for_less() -> None:
    """A lower level in the position table does not lower the floor of the call."""
    person = cadre(education="junior_middle")
    at = asking(education="junior_middle")
    assert outcome("position.education", person, at) == "pass"
    assert outcome("education.floor", person, at) == "fail"


def test_sex_only_with_the_law_that_allows_it() -> None:
    with pytest.raises(FactError, match="法律依据"):
        asking(sex="male")
    with pytest.raises(FactError, match="法律依据"):
        Position.from_json({"county": "510722", "sex": "female"})
    at = asking(sex="male", sex_basis="《女职工劳动保护特别规定》附录")
    assert result("position.sex", cadre(sex="male"), at).citation == "《女职工劳动保护特别规定》附录"


def test_years_of_a_stationed_first_secretary_count_too() -> None:
    posts = (spell("2019-02-24", post="first_secretary"),)
    person = cadre(posts=posts, appraisals=appraised(y2020="competent", y2019="competent"))
    assert outcome("position.years", person, asking(years=2)) == "pass"
    assert outcome("position.years", person, asking(years=3)) == "fail"


def test_two_places_of_service() -> None:
    posts = (spell("2015-01-01", community=IN_NANCHONG), spell("2016-01-01", community=IN_MIANYANG))
    assert outcome("position.area", cadre(posts=posts), asking(areas=("5107",))) == "pass"


def test_conditions_survive_a_round_trip() -> None:
    at = asking(
        education="bachelor",
        languages=("彝语",),
        majors=("农学",),
        party_member=True,
        areas=("5107",),
        years=5,
        sex="female",
        sex_basis="法",
    )
    assert Position.from_json(at.to_json()) == at
    assert Position.from_json(None) == Position()
    assert Person.from_json(cadre().to_json()) == cadre()
