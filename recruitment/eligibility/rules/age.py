"""age.minimum and age.ceiling: birth dates against the windows of the call."""

from datetime import date
from typing import NamedTuple

from recruitment.eligibility.facts import Person
from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.rules.common import Case, Rule, day
from recruitment.eligibility.verdict import FAIL, PASS, UNKNOWN, RuleResult
from recruitment.eligibility.windows import reached_on


def minimum(params: Parameters) -> Rule:
    """Born on or before the date that the call publishes for the minimum age."""
    rule, age, cutoff = "age.minimum", params["age.minimum"], params.windows.minimum
    cite = params.cite("age.minimum")
    on, latest = day(params.reference_date), day(cutoff)
    missing = RuleResult(
        rule,
        UNKNOWN,
        None,
        age,
        cutoff,
        cite,
        "没有出生日期，年龄待核实。",
        f"请填写出生日期；{latest}及以前出生即已满{age}周岁。",
    )

    def judge(case: Case) -> RuleResult:
        birth = case.person.birth_date
        if birth is None:
            return missing
        if birth <= cutoff:
            return RuleResult(
                rule, PASS, birth.isoformat(), age, cutoff, cite, f"{day(birth)}出生，到{on}已满{age}周岁。"
            )
        return RuleResult(
            rule,
            FAIL,
            birth.isoformat(),
            age,
            cutoff,
            cite,
            f"{day(birth)}出生，到{on}未满{age}周岁。",
            f"须在{latest}及以前出生；您到{day(reached_on(birth, age))}满{age}周岁，可等以后的批次。",
            True,
        )

    return judge


class _Band(NamedTuple):
    years: int
    cutoff: date
    cite: str
    words: str
    from_day: str


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
        return _Band(params[path], cutoff, params.cite(path), words, day(cutoff))

    base = band_of("base", params.windows.base, "")
    autonomous = band_of("autonomous", params.windows.autonomous, "民族自治地方职位的")
    honoured = band_of("commendation", params.windows.commendation, "获综合类表彰者的")

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
            "没有出生日期，年龄待核实。",
            f"请填写出生日期；{band.from_day}及以后出生即在{band.words}{band.years}周岁上限以内。",
        )
        for key, band in certain.items()
    }

    def judge(case: Case) -> RuleResult:
        birth = case.person.birth_date
        county = case.position.county
        key = None if county is None else county in counties, commended(case.person, on)
        if birth is None:
            return no_birth_date[key]
        found = certain[key]
        if birth >= found.cutoff:
            return RuleResult(
                rule,
                PASS,
                birth.isoformat(),
                found.years,
                found.cutoff,
                found.cite,
                f"{day(birth)}出生，在{found.words}{found.years}周岁上限以内（{found.from_day}及以后出生）。",
            )
        if birth >= possible[key].cutoff:
            return RuleResult(
                rule,
                UNKNOWN,
                birth.isoformat(),
                found.years,
                found.cutoff,
                found.cite,
                f"{day(birth)}出生，超过{found.years}周岁上限；能否放宽待核实。",
                "".join(ways_out(birth, key)),
            )
        return RuleResult(
            rule,
            FAIL,
            birth.isoformat(),
            found.years,
            found.cutoff,
            found.cite,
            f"{day(birth)}出生，超过{found.words}{found.years}周岁上限（{found.from_day}及以后出生才可报考）。",
            "".join(ways_out(birth, key)) or f"须在{possible[key].from_day}及以后出生，这一条无法改变。",
            True,
        )

    def ways_out(birth: date, key: tuple[bool | None, bool | None]) -> list[str]:
        in_autonomous, with_honour = key
        ways = []
        if not with_honour and birth >= honoured.cutoff:
            ask = "请写明是否获得、何时获得综合类表彰；" if with_honour is None else "获得过"
            end = "有这一表彰" if with_honour is None else "国家规定的综合类表彰"
            ways.append(f"{ask}{end}的，上限放宽到{honoured.years}周岁（{honoured.from_day}及以后出生）。")
        if not in_autonomous and birth >= autonomous.cutoff:
            ways.append(
                f"民族自治地方的职位上限为{autonomous.years}周岁（{autonomous.from_day}及以后出生）。"
            )
        return ways

    return judge
