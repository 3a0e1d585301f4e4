"""age.minimum and age.ceiling: birth dates against the windows of the call."""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from recruitment.eligibility.facts import Person
from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.rules.common import DAYS, Case, Rule
from recruitment.eligibility.verdict import FAIL, PASS, UNKNOWN, RuleResult
from recruitment.eligibility.windows import reached_on
from recruitment.words import Part, Words


def minimum(params: Parameters) -> Rule:
    """Born on or before the date that the call publishes for the minimum age."""
    rule, age, cutoff = "age.minimum", params["age.minimum"], params.windows.minimum
    cite, on = params.cite("age.minimum"), params.reference_date
    missing = RuleResult(
        rule,
        UNKNOWN,
        None,
        age,
        cutoff,
        cite,
        Words("还没有填写出生日期，年龄待核实。"),
        Words("请填写出生日期。%(latest)s及以前出生的，已满%(age)s周岁。", latest=cutoff, age=age),
    )

    @lru_cache(maxsize=DAYS)
    def born_on(birth: date) -> RuleResult:
        if birth <= cutoff:
            message = Words("%(born)s出生，到%(on)s已满%(age)s周岁。", born=birth, on=on, age=age)
            return RuleResult(rule, PASS, birth.isoformat(), age, cutoff, cite, message)
        return RuleResult(
            rule,
            FAIL,
            birth.isoformat(),
            age,
            cutoff,
            cite,
            Words("%(born)s出生，到%(on)s未满%(age)s周岁。", born=birth, on=on, age=age),
            Words(
                "须在%(latest)s及以前出生。您到%(full)s满%(age)s周岁，可以参加以后的招考。",
                latest=cutoff,
                full=reached_on(birth, age),
                age=age,
            ),
            True,
        )

    def judge(case: Case) -> RuleResult:
        birth = case.person.birth_date
        return missing if birth is None else born_on(birth)

    return judge


class _Band(NamedTuple):
    years: int
    cutoff: date
    cite: str
    words: str


def commended(person: Person, reference_date: date) -> bool | None:
    """Holds a comprehensive commendation on the reference date."""
    if person.commendations is None:
        return None
    answer: bool | None = False
    for item in person.commendations:
        if item.comprehensive is False or (item.date is not None and item.date > reference_date):
            continue
        if item.comprehensive and item.date is not None:
            return True
        answer = None
    return answer


def ceiling(params: Parameters) -> Rule:
    """Born on or after the date of the highest ceiling that the person qualifies for.

    A missing commendation or an unknown position leaves the rule unknown only for birth dates between the
    ceilings that are certain and those that are possible.
    """
    rule, on = "age.ceiling", params.reference_date
    counties = params.counties("age.autonomous_counties")

    def band_of(name: str, cutoff: date, words: str) -> _Band:
        path = f"age.ceiling.{name}"
        return _Band(params[path], cutoff, params.cite(path), words)

    base = band_of("base", params.windows.base, "")
    autonomous = band_of("autonomous", params.windows.autonomous, Words("民族自治地方职位的"))
    honoured = band_of("commendation", params.windows.commendation, Words("获综合类表彰人员的"))

    def highest(in_autonomous: bool | None, with_honour: bool | None) -> _Band:
        best = base
        if in_autonomous and autonomous.cutoff < best.cutoff:
            best = autonomous
        if with_honour and honoured.cutoff < best.cutoff:
            best = honoured
        return best

    answers = (False, True, None)
    certain = {(a, h): highest(a, h) for a in answers for h in answers}
    possible = {(a, h): highest(a is not False, h is not False) for a in answers for h in answers}
    no_birth_date = {
        key: RuleResult(
            rule,
            UNKNOWN,
            None,
            band.years,
            band.cutoff,
            band.cite,
            Words("还没有填写出生日期，年龄待核实。"),
            Words(
                "请填写出生日期。%(earliest)s及以后出生的，在%(band)s%(years)s周岁上限以内。",
                earliest=band.cutoff,
                band=band.words,
                years=band.years,
            ),
        )
        for key, band in certain.items()
    }

    def judge(case: Case) -> RuleResult:
        birth = case.person.birth_date
        county = case.position.county
        key = None if county is None else county in counties, commended(case.person, on)
        return no_birth_date[key] if birth is None else born_on(birth, *key)

    @lru_cache(maxsize=DAYS)
    def born_on(birth: date, in_autonomous: bool | None, with_honour: bool | None) -> RuleResult:
        key = in_autonomous, with_honour
        found, most = certain[key], possible[key].cutoff
        way_out: Words | str = ""
        if birth >= found.cutoff:
            outcome = PASS
            message = Words(
                "%(born)s出生，在%(band)s%(years)s周岁上限以内（%(earliest)s及以后出生）。",
                born=birth,
                band=found.words,
                years=found.years,
                earliest=found.cutoff,
            )
        elif birth >= most:
            outcome = UNKNOWN
            message = Words(
                "%(born)s出生，超过%(years)s周岁上限，能否放宽待核实。", born=birth, years=found.years
            )
            way_out = ways_out(birth, key) or ""
        else:
            outcome = FAIL
            message = Words(
                "%(born)s出生，超过%(band)s%(years)s周岁上限（%(earliest)s及以后出生才可以报考）。",
                born=birth,
                band=found.words,
                years=found.years,
                earliest=found.cutoff,
            )
            way_out = ways_out(birth, key) or Words(
                "须在%(earliest)s及以后出生，这一条无法改变。", earliest=most
            )
        return RuleResult(
            rule,
            outcome,
            birth.isoformat(),
            found.years,
            found.cutoff,
            found.cite,
            message,
            way_out,
            outcome == FAIL,
        )

    def ways_out(birth: date, key: tuple[bool | None, bool | None]) -> Words | None:
        in_autonomous, with_honour = key
        by_honour = by_place = None
        if not with_honour and birth >= honoured.cutoff:
            asked: dict[str, Part] = {"years": honoured.years, "earliest": honoured.cutoff}
            if with_honour is None:
                by_honour = Words(
                    "请写明有没有、什么时候获得综合类表彰；有的，上限放宽到%(years)s周岁（%(earliest)s及以后出生）。",
                    **asked,
                )
            else:
                by_honour = Words(
                    "获得过国家规定的综合类表彰的，上限放宽到%(years)s周岁（%(earliest)s及以后出生）。",
                    **asked,
                )
        if not in_autonomous and birth >= autonomous.cutoff:
            by_place = Words(
                "民族自治地方的职位上限为%(years)s周岁（%(earliest)s及以后出生）。",
                years=autonomous.years,
                earliest=autonomous.cutoff,
            )
        if by_honour is not None and by_place is not None:
            return Words("%(one)s%(other)s", one=by_honour, other=by_place)
        return by_honour or by_place

    return judge
