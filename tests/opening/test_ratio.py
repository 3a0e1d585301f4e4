"""How many openings stay."""

from hypothesis import given
from hypothesis import strategies as st

from recruitment.opening.ratio import Line, openings_left

openings = st.integers(1, 99)
paid = st.integers(0, 1000)
ratios = st.integers(1, 99)


@given(openings, paid, ratios)
def test_each_opening_that_stays_has_enough_people(announced: int, people: int, ratio: int) -> None:
    left = openings_left(announced, people, ratio)

    assert 0 <= left <= announced
    assert left * ratio <= people
    # One more would have had too few, unless it was never announced.
    assert left == announced or (left + 1) * ratio > people


@given(openings, paid, ratios)
def test_one_more_payment_never_costs_an_opening(announced: int, people: int, ratio: int) -> None:
    assert openings_left(announced, people, ratio) <= openings_left(announced, people + 1, ratio)


@given(openings, paid, ratios)
def test_the_outcome_says_what_happens(announced: int, people: int, ratio: int) -> None:
    line = Line("1", announced, people, ratio)

    assert (line.outcome == "cancelled") == (people < ratio)
    assert (line.outcome == "kept") == (people >= announced * ratio)
