"""tenure.length: three full years, and the other ways in which calls count."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from recruitment.eligibility import Tenure, parameters_for
from recruitment.eligibility.service import ServiceRule, measure
from recruitment.eligibility.windows import minus_years

from .build import (
    CALL_2021,
    IN_NANCHONG,
    ON,
    PLAIN,
    appraised,
    cadre,
    call,
    outcome,
    result,
    spell,
)

DIRECTOR = "committee_director"


@pytest.mark.parametrize(
    ("start", "expected"), [("2018-02-23", "pass"), ("2018-02-24", "pass"), ("2018-02-25", "fail")]
)
def test_three_years_are_full_on_the_same_day(start: str, expected: str) -> None:
    assert outcome("tenure.length", cadre(posts=(spell(start),))) == expected


@pytest.mark.parametrize(
    ("on", "start", "expected"),
    [
        ("2024-02-29", "2021-02-28", "pass"),
        ("2024-02-29", "2021-03-01", "fail"),
        ("2023-02-28", "2020-02-28", "pass"),
        ("2023-02-28", "2020-02-29", "fail"),
        ("2023-03-01", "2020-02-29", "pass"),
        ("2021-05-31", "2018-05-31", "pass"),
        ("2021-05-31", "2018-06-01", "fail"),
    ],
)
def test_month_ends_and_leap_days(on: str, start: str, expected: str) -> None:
    params = parameters_for(date.fromisoformat(on))
    assert outcome("tenure.length", cadre(posts=(spell(start),)), PLAIN, params) == expected


@pytest.mark.parametrize(
    ("posts", "expected"),
    [
        # The two posts add up where the second starts no later than the day after.
        ((spell("2018-01-01", "2019-06-30"), spell("2019-07-01", post=DIRECTOR)), "pass"),
        ((spell("2018-01-01", "2019-06-30"), spell("2019-06-30", post=DIRECTOR)), "pass"),
        ((spell("2018-01-01", "2019-06-30"), spell("2018-05-01", post=DIRECTOR)), "pass"),
        ((spell("2018-01-01", "2019-06-30"), spell("2019-07-02", post=DIRECTOR)), "fail"),
        # The order in the file does not matter, nor does the place.
        ((spell("2019-07-01", post=DIRECTOR), spell("2018-01-01", "2019-06-30")), "pass"),
        ((spell("2018-01-01", "2019-06-30", community=IN_NANCHONG), spell("2019-07-01")), "pass"),
        # One inside the other, and both at once, count once.
        ((spell("2018-01-01"), spell("2018-06-01", "2018-07-01")), "pass"),
        ((spell("2019-08-24"), spell("2019-08-24", post=DIRECTOR)), "fail"),
        # Another post in between breaks the run.
        (
            (
                spell("2015-01-01", "2019-06-30"),
                spell("2019-07-01", "2019-12-31", "deputy_secretary"),
                spell("2020-01-01"),
            ),
            "fail",
        ),
        # Past service alone is not enough, however long.
        ((spell("2000-01-01", "2021-02-23"),), "fail"),
        ((spell("2000-01-01", "2021-02-24"),), "pass"),
        ((spell("2000-01-01", "2021-02-22"), spell("2021-02-24")), "fail"),
        ((spell("2000-01-01", "2021-02-23"), spell("2021-02-24")), "pass"),
        # What begins later says nothing.
        ((spell("2018-01-01"), spell("2021-02-25", post=DIRECTOR)), "pass"),
        ((spell("2000-01-01", "2021-02-23"), spell("2021-02-25")), "fail"),
        ((), "fail"),
    ],
)
def test_spells(posts: tuple[Tenure, ...], expected: str) -> None:
    assert outcome("tenure.length", cadre(posts=posts)) == expected


@pytest.mark.parametrize(
    ("posts", "expected"),
    [
        ((spell(None),), "unknown"),
        ((spell(None), spell("2018-01-01")), "pass"),
        ((spell(None, "2019-01-01"), spell("2019-01-02")), "unknown"),
        ((spell(None, "2019-01-01"), spell("2019-01-03")), "fail"),
        ((spell("2018-01-01", post=None),), "unknown"),
        # Long enough for nobody, not even a first secretary.
        ((spell("2020-01-01", post=None),), "fail"),
        # Long enough for a first secretary.
        ((spell("2019-02-24", post=None),), "unknown"),
        # The gap can be filled only by a spell whose post is not known.
        (
            (spell("2017-01-01", "2018-12-31"), spell("2019-01-01", "2019-12-31", None), spell("2020-01-01")),
            "unknown",
        ),
        (
            (spell("2017-01-01", "2018-12-31"), spell("2019-01-02", "2019-12-31", None), spell("2020-01-01")),
            "fail",
        ),
    ],
)
def test_what_is_missing_matters_only_where_it_could_change_the_outcome(
    posts: tuple[Tenure, ...], expected: str
) -> None:
    assert outcome("tenure.length", cadre(posts=posts)) == expected


STATIONED = (spell("2019-02-24", post="first_secretary"),)


@pytest.mark.parametrize(
    ("start", "results", "expected"),
    [
        ("2019-02-24", {"y2020": "competent", "y2019": "excellent"}, "pass"),
        ("2019-02-25", {"y2020": "competent", "y2019": "excellent"}, "fail"),
        ("2019-02-24", {"y2020": "competent", "y2019": "basic"}, "fail"),
        ("2019-02-24", {"y2020": "competent"}, "unknown"),
        ("2019-02-24", {"y2019": "basic"}, "fail"),
    ],
)
def test_stationed_first_secretaries_need_two_years_and_good_appraisals(
    start: str, results: dict[str, str], expected: str
) -> None:
    person = cadre(posts=(spell(start, post="first_secretary"),), appraisals=appraised(**results))
    assert outcome("tenure.length", person) == expected


def test_the_two_tracks_do_not_add_up() -> None:
    posts = (spell("2018-01-01", "2019-12-31"), spell("2020-01-01", post="first_secretary"))
    assert outcome("tenure.length", cadre(posts=posts)) == "fail"


def test_cumulative_five_years_as_in_fujian() -> None:
    params = call(tenure__mode="cumulative", tenure__minimum=5)
    first, second = spell("2010-01-01", "2012-12-31"), spell("2019-02-24", post=DIRECTOR)
    assert outcome("tenure.length", cadre(posts=(first, second)), PLAIN, params) == "pass"
    short = spell("2019-02-25", post=DIRECTOR)
    assert outcome("tenure.length", cadre(posts=(first, short)), PLAIN, params) == "fail"
    assert outcome("tenure.length", cadre(posts=(first, second)), PLAIN, CALL_2021) == "fail"


def test_a_gap_that_a_call_allows_as_in_gansu() -> None:
    posts = (spell("2018-01-01", "2019-06-30"), spell("2019-08-01"))
    for days, expected in ((30, "fail"), (31, "pass")):
        assert outcome("tenure.length", cadre(posts=posts), PLAIN, call(tenure__allowed_gap=days)) == expected


def test_five_years_in_one_county_as_in_wanzhou() -> None:
    values: dict[str, Any] = {
        "tenure__mode": "cumulative",
        "tenure__minimum": 5,
        "tenure__same_county": True,
        "tenure__in_post": False,
    }
    params = call(**values)
    here, there = spell("2010-01-01", "2014-12-31"), spell("2015-01-01", community=IN_NANCHONG)
    assert outcome("tenure.length", cadre(posts=(here,)), PLAIN, params) == "pass"
    halves = (spell("2012-01-01", "2014-12-31"), spell("2019-01-01", community=IN_NANCHONG))
    assert outcome("tenure.length", cadre(posts=halves), PLAIN, params) == "fail"
    assert outcome("tenure.length", cadre(posts=(here, there)), PLAIN, params) == "pass"
    somewhere = (spell("2012-01-01", "2014-12-31"), spell("2019-01-01", community=None))
    assert outcome("tenure.length", cadre(posts=somewhere), PLAIN, params) == "unknown"


def test_posts_that_do_not_add_up() -> None:
    posts = (spell("2018-01-01", "2019-06-30"), spell("2019-07-01", post=DIRECTOR))
    assert outcome("tenure.length", cadre(posts=posts), PLAIN, call(tenure__merge_posts=False)) == "fail"
    one = (spell("2018-01-01", "2019-06-30"), spell("2019-07-01"))
    assert outcome("tenure.length", cadre(posts=one), PLAIN, call(tenure__merge_posts=False)) == "pass"


def test_both_posts_at_once_count_once_unless_a_call_says_otherwise() -> None:
    posts = (spell("2019-08-24"), spell("2019-08-24", post=DIRECTOR))
    values: dict[str, Any] = {"tenure__mode": "cumulative"}
    assert outcome("tenure.length", cadre(posts=posts), PLAIN, call(**values)) == "fail"
    values["tenure__concurrent_once"] = False
    assert outcome("tenure.length", cadre(posts=posts), PLAIN, call(**values)) == "pass"


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ({"y2020": "excellent", "y2019": "excellent", "y2018": "competent"}, "pass"),
        ({"y2020": "excellent", "y2019": "competent", "y2018": "competent"}, "fail"),
        ({"y2020": "excellent", "y2019": "competent"}, "unknown"),
        ({"y2020": "competent", "y2019": "competent"}, "fail"),
        ({"y2020": "excellent", "y2019": "competent", "y2018": "competent", "y2017": "excellent"}, "fail"),
    ],
)
def test_relief_after_two_excellent_years(results: dict[str, str], expected: str) -> None:
    params = call(tenure__relief_excellent=2)
    person = cadre(posts=(spell("2019-02-24"),), appraisals=appraised(**results))
    assert outcome("tenure.length", person, PLAIN, params) == expected
    late = cadre(posts=(spell("2019-02-25"),), appraisals=appraised(**results))
    assert outcome("tenure.length", late, PLAIN, params) == "fail"
    assert outcome("tenure.length", person) == "fail"


@pytest.mark.parametrize(
    ("start", "full"),
    [("2018-05-02", "2021年5月2日"), ("2020-02-29", "2023年3月1日"), ("2021-02-24", "2024年2月24日")],
)
def test_the_day_on_which_it_will_be_enough_is_named(start: str, full: str) -> None:
    person = cadre(posts=(spell(start),))
    assert full in result("tenure.length", person).change
    year, month, day = (int(part) for part in full[:-1].replace("年", "-").replace("月", "-").split("-"))
    then = date(year, month, day)
    assert outcome("tenure.length", person, PLAIN, parameters_for(then)) == "pass"
    before = parameters_for(then - timedelta(days=1))
    assert outcome("tenure.length", person, PLAIN, before) == "fail"


# --- measure, against counting day by day ---------------------------------------------------------------


def random_spells(rnd: Random) -> tuple[Tenure, ...]:
    found = []
    day = ON - timedelta(days=rnd.randint(0, 3000))
    for _ in range(rnd.randint(1, 4)):
        end = day + timedelta(days=rnd.randint(0, 900))
        post = rnd.choice(("party_secretary", DIRECTOR, "other"))
        community = rnd.choice(("510722100201", "510781100201"))
        found.append(Tenure(post, community, day, None if rnd.random() < 0.3 else end))
        day = end + timedelta(days=rnd.choice((-300, 0, 1, 2, 20, 40)))
    rnd.shuffle(found)
    return tuple(found)


def served_days(spells: tuple[Tenure, ...], rule: ServiceRule) -> set[date]:
    """Every day in a qualifying post up to and with the reference date."""
    days = set()
    for tenure in spells:
        if tenure.post in rule.posts and tenure.start is not None:
            last = min(tenure.end or ON, ON)
            days |= {tenure.start + timedelta(days=n) for n in range((last - tenure.start).days + 1)}
    return days


REGULAR = frozenset(("party_secretary", DIRECTOR))


@pytest.mark.parametrize("gap", [0, 1, 19, 40])
def test_a_run_reaches_back_day_by_day(gap: int) -> None:
    rnd = Random(gap)
    rule = ServiceRule(REGULAR, allowed_gap=gap)
    for _ in range(300):
        spells = random_spells(rnd)
        days = served_days(spells, rule)
        expected = None
        if ON in days:
            expected = day = ON
            while day > expected - timedelta(days=gap + 1):
                day -= timedelta(days=1)
                expected = day if day in days else expected
        assert measure(spells, ON, rule).since == expected, spells


RULES = [
    ServiceRule(
        REGULAR,
        cumulative=cumulative,
        in_post=in_post,
        merge_posts=merge,
        concurrent_once=once,
        allowed_gap=gap,
        same_county=county,
    )
    for cumulative in (False, True)
    for in_post in (True, False)
    for merge in (True, False)
    for once in (True, False)
    for gap in (0, 30)
    for county in (False, True)
]


@pytest.mark.parametrize("rule", RULES, ids=range(len(RULES)))
def test_whatever_was_missing_the_truth_lies_between_the_two_readings(rule: ServiceRule) -> None:
    """Take facts away from known spells: the measure of the full facts stays within what is left."""
    rnd = Random(11)
    never = date.max
    for _ in range(40):
        full = random_spells(rnd)
        gone: list[dict[str, Any]] = [
            {field: None for field in ("post", "community", "start") if rnd.random() < 0.25} for _ in full
        ]
        left = tuple(replace(tenure, **without) for tenure, without in zip(full, gone, strict=True))
        truth, known = measure(full, ON, rule), measure(left, ON, rule)
        assert truth.since == truth.since_possible
        assert known.serving in (None, truth.serving)
        assert (known.since_possible or never) <= (truth.since or never) <= (known.since or never), left


def test_cumulative_time_is_the_days_served_before_the_date() -> None:
    """Whole years first, so the day count may differ by one for each leap day that lies in them."""
    rnd = Random(9)
    rule = ServiceRule(REGULAR, cumulative=True, in_post=False)
    for _ in range(600):
        spells = random_spells(rnd)
        before = len(served_days(spells, rule) - {ON})
        since = measure(spells, ON, rule).since
        if since is None:
            assert before == 0
        else:
            assert abs((ON - since).days - before) <= 4, spells


def test_one_run_to_the_date_is_as_long_in_either_way_of_counting() -> None:
    for on in (date(2021, 2, 24), date(2024, 2, 29), date(2023, 2, 28), date(2024, 3, 1)):
        for back in range(1000, 1200):
            spells = (Tenure(DIRECTOR, None, on - timedelta(days=back)),)
            for years in (2, 3):
                cutoff = minus_years(on, years)
                starts = {
                    mode: measure(spells, on, ServiceRule(REGULAR, cumulative=mode)).since
                    for mode in (False, True)
                }
                assert len({start is not None and start <= cutoff for start in starts.values()}) == 1


def test_full_calendar_years_are_full_wherever_they_lie() -> None:
    rule = ServiceRule(REGULAR, cumulative=True, in_post=False)
    for year in range(2000, 2018):
        three = (spell(f"{year}-01-01", f"{year + 2}-12-31"),)
        since = measure(three, ON, rule).since
        assert since == minus_years(ON, 3)
        short = (spell(f"{year}-01-01", f"{year + 2}-12-30"),)
        since = measure(short, ON, rule).since
        assert since is not None
        assert since > minus_years(ON, 3)
