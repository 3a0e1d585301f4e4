"""education.floor: the floor of the position's area."""

import pytest

from recruitment.eligibility import Position

from .build import AUTONOMOUS, NOWHERE, PLAIN, TIBETAN, cadre, call, outcome, result

BELOW, LOWER, FLOOR = ["primary"], ["junior_middle"], ["senior_high", "secondary_vocational"]
ABOVE = ["junior_college", "bachelor", "master", "doctorate"]


@pytest.mark.parametrize("level", FLOOR + ABOVE)
@pytest.mark.parametrize("at", [PLAIN, AUTONOMOUS, TIBETAN, NOWHERE])
def test_senior_high_or_vocational_is_enough_everywhere(level: str, at: Position) -> None:
    assert outcome("education.floor", cadre(education=level), at) == "pass"


@pytest.mark.parametrize(
    ("at", "expected"), [(PLAIN, "fail"), (AUTONOMOUS, "fail"), (TIBETAN, "pass"), (NOWHERE, "unknown")]
)
def test_junior_middle_is_enough_in_tibetan_areas_alone(at: Position, expected: str) -> None:
    assert outcome("education.floor", cadre(education="junior_middle"), at) == expected


@pytest.mark.parametrize("at", [PLAIN, TIBETAN, NOWHERE])
def test_primary_school_is_enough_nowhere(at: Position) -> None:
    assert outcome("education.floor", cadre(education="primary"), at) == "fail"


@pytest.mark.parametrize("at", [PLAIN, TIBETAN, NOWHERE])
def test_unknown_education_is_unknown(at: Position) -> None:
    assert outcome("education.floor", cadre(education=None), at) == "unknown"


def test_a_call_may_ask_for_more() -> None:
    params = call(education__floor="junior_college")
    assert outcome("education.floor", cadre(education="senior_high"), PLAIN, params) == "fail"
    assert outcome("education.floor", cadre(education="junior_middle"), TIBETAN, params) == "pass"


def test_the_way_out_is_named() -> None:
    assert "涉藏地区" in result("education.floor", cadre(education="junior_middle")).change
    assert "涉藏地区的职位" not in result("education.floor", cadre(education="primary")).change
