"""A link says less than was answered, and every rule answers it alike."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recruitment.areas import catalogue
from recruitment.eligibility import Conditions, Position, parameters_for
from recruitment.eligibility.vocabulary import APPRAISAL_RANK, EDUCATION_RANK
from recruitment.public.coarse import NO_POST, POSTS, Answers, BadLink, Grid

ON = date(2024, 2, 29)
PARAMS = parameters_for(ON)
POSITIONS = [
    Position("510722"),
    Position("510722", Conditions(education="bachelor", years=5)),
    Position("510722", Conditions(areas=("51072",), years=4)),
    Position("511381", Conditions(areas=("511381",))),
    Position("513322"),
    Position("513402", Conditions(areas=("5134",), party_member=True)),
]
GRID = Grid(PARAMS, POSITIONS)
CUTS = [PARAMS.windows.minimum, PARAMS.windows.base, PARAMS.windows.autonomous, PARAMS.windows.commendation]
STARTS = [date(2024 - years, 2, 28) for years in range(7)]


def near(days: list[date]) -> st.SearchStrategy[date]:
    offsets = st.integers(-2, 2).map(lambda number: timedelta(days=number))
    return st.builds(lambda day, offset: day + offset, st.sampled_from(days), offsets)


@st.composite
def people(draw: st.DrawFn) -> Answers:
    post = draw(st.sampled_from(POSTS))
    serving = post != NO_POST
    days = st.dates(date(1950, 1, 1), date(2024, 3, 31))
    return Answers(
        birth_date=draw(near(CUTS) | days),
        education=draw(st.sampled_from(sorted(EDUCATION_RANK))),
        post=post,
        since=draw(near(STARTS) | days) if serving else None,
        county=draw(st.sampled_from(sorted(catalogue.counties()))) if serving else "",
        commended=draw(st.sampled_from([True, False, None])),
        appraisal=draw(st.none() | st.sampled_from(sorted(APPRAISAL_RANK))),
    )


SOMEBODY = Answers(
    date(1985, 5, 4), "senior_high", "party_secretary", date(2017, 3, 9), "510704", False, None
)


@given(people())
@example(SOMEBODY)
def test_every_rule_answers_the_link_as_it_answers_the_person(answers: Answers) -> None:
    stands_for = GRID.representative(GRID.link(answers))
    for position in POSITIONS:
        exact = PARAMS.judge(answers.person(ON), position).rules
        assert PARAMS.judge(stands_for.person(ON), position).rules == exact


@given(people(), st.data())
def test_one_link_stands_for_many_people(answers: Answers, data: st.DataObject) -> None:
    link = GRID.link(answers)
    span = GRID.born(link)
    other = data.draw(st.dates(span.first or date(1900, 1, 1), span.last or date(2030, 1, 1)))
    assert (
        GRID.link(
            Answers(
                other,
                answers.education,
                answers.post,
                answers.since,
                answers.county,
                answers.commended,
                answers.appraisal,
            )
        )
        == link
    )
    # The narrowest span between two published dates is as wide as the difference of their ages.
    assert span.first is None or span.last is None or (span.last - span.first).days > 365


def test_a_link_carries_no_day() -> None:
    link = GRID.link(SOMEBODY)
    assert link == {
        "born": "3",
        "education": "senior_high",
        "post": "party_secretary",
        "commended": "no",
        "served": "5",
        "place": "510704",
    }
    # Nothing asks for a county of 成都, so its prefecture is enough.
    assert (
        GRID.link(Answers(SOMEBODY.birth_date, "bachelor", "other", ON, "510104", None, None))["place"]
        == "5101"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"born": "9"},
        {"born": "-1"},
        {"born": "x"},
        {"education": "none"},
        {"post": "mayor"},
        {"served": "1"},
        {"served": ""},
        {"place": "51"},
        {"place": "110000"},
        {"commended": "perhaps"},
        {"appraisal": "fine"},
    ],
)
def test_a_link_that_nobody_made_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(BadLink):
        GRID.representative(GRID.link(SOMEBODY) | wrong)


def test_a_link_without_an_answer_is_refused() -> None:
    for name in GRID.link(SOMEBODY):
        words = GRID.link(SOMEBODY)
        del words[name]
        with pytest.raises(BadLink):
            GRID.representative(words)
