"""tenure.length: full years in qualifying posts at the reference date."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from recruitment.eligibility.facts import Person
from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.rules.appraisal import count
from recruitment.eligibility.rules.common import DAYS, Case, Rule, both, either
from recruitment.eligibility.service import Ending, Service, ServiceRule
from recruitment.eligibility.verdict import FAIL, PASS, UNKNOWN, RuleResult
from recruitment.eligibility.vocabulary import APPRAISAL_WORDS
from recruitment.eligibility.windows import minus_years, reached_on
from recruitment.words import Words


def regular_service(params: Parameters) -> ServiceRule:
    """Which time counts for party secretaries and directors."""
    return ServiceRule(
        frozenset(params["post.qualifying"]),
        params["post.restructured"],
        params["tenure.mode"] == "cumulative",
        params["tenure.in_post"],
        params["tenure.merge_posts"],
        params["tenure.concurrent_once"],
        params["tenure.allowed_gap"],
        params["tenure.same_county"],
    )


def stationed_service(params: Parameters) -> ServiceRule:
    """Which time counts for stationed first secretaries: one run to the reference date.

    Where those who have left may apply as well, the longest run.
    """
    former = former_count(params)
    return ServiceRule(
        frozenset(params["post.stationed"]),
        in_post=not former,
        allowed_gap=params["tenure.allowed_gap"],
        former=former,
    )


def former_count(params: Parameters) -> bool:
    """Whether stationed first secretaries who have left may apply; the first rule set does not know them."""
    return "post.stationed_former" in params.values and bool(params["post.stationed_former"])


def reaches(service: Service, cutoff: date) -> bool | None:
    """Whether the time that counts began on or before a date."""
    if service.since is not None and service.since <= cutoff:
        return True
    if service.since_possible is not None and service.since_possible <= cutoff:
        return None
    return False


class Lengths(NamedTuple):
    """Years asked for and the days on or before which the time must have begun."""

    years: int
    cutoff: date
    relief_years: int
    relief_cutoff: date
    stationed_years: int
    stationed_cutoff: date


def lengths(params: Parameters) -> Lengths:
    """The years that a call asks for, with their cut-off dates."""
    on = params.reference_date
    regular, relief = params["tenure.minimum"], params["tenure.relief_minimum"]
    stationed = params["tenure.stationed_minimum"]
    return Lengths(
        regular,
        minus_years(on, regular),
        relief,
        minus_years(on, relief),
        stationed,
        minus_years(on, stationed),
    )


def relieved(params: Parameters, person: Person) -> bool | None:
    """Enough excellent years to shorten the time asked for."""
    asked = params["tenure.relief_excellent"]
    if asked == 0:
        return False
    year = params.reference_date.year
    found, missing, _ = count(
        person.appraisals, range(year - params["tenure.relief_years"], year), "excellent"
    )
    if found >= asked:
        return True
    return None if found + missing >= asked else False


def stationed_appraised(params: Parameters, person: Person, until: Iterable[Ending] = ()) -> bool | None:
    """Every year that a stationed first secretary has to serve was appraised well enough.

    Args:
        until: the possible last days of who has left: the years before them are looked at. One with which the
            time would be too short decides nothing.
    """
    on = params.reference_date
    cutoff = minus_years(on, params["tenure.stationed_minimum"])
    long = [day for day, since in until if since is not None and since <= cutoff]
    # Who left on the last day of a year has served that year.
    ends = {on.year if day == on else (day + timedelta(days=1)).year for day in long} or {on.year}
    answers = {_appraised_before(params, person, year) for year in ends}
    return answers.pop() if len(answers) == 1 else None


def _appraised_before(params: Parameters, person: Person, year: int) -> bool | None:
    years = range(year - params["tenure.stationed_minimum"], year)
    _, missing, below = count(person.appraisals, years, params["tenure.stationed_appraisal"])
    if below:
        return False
    return None if missing else True


def length(params: Parameters) -> Rule:
    """The regular track or, for stationed first secretaries, theirs."""
    asked = lengths(params)
    on, years = params.reference_date, asked.years
    cite, stationed_cite = params.cite("tenure.minimum"), params.cite("tenure.stationed_minimum")
    kind = Words("累计") if params["tenure.mode"] == "cumulative" else Words("连续")
    has_relief = params["tenure.relief_excellent"] > 0
    name = "tenure.length"

    def result(outcome: str, since: date | None, message: Words, change: Words | str = "") -> RuleResult:
        measured = None if since is None or since == date.min else since.isoformat()
        return RuleResult(name, outcome, measured, years, asked.cutoff, cite, message, change)

    nothing_known = result(
        UNKNOWN,
        None,
        Words("还没有填写任职经历，任职年限待核实。"),
        Words(
            "请填写任职经历。从%(cutoff)s或更早起%(kind)s任职的，就满%(years)s年。",
            cutoff=asked.cutoff,
            kind=kind,
            years=years,
        ),
    )
    not_serving = result(
        FAIL,
        None,
        Words("%(on)s不在可以报考的岗位上，没有可以计算的任职时间。", on=on),
        Words("须在任并且%(kind)s任职满%(years)s年。任职经历漏填或填错的，请更正。", kind=kind, years=years),
    )

    @lru_cache(maxsize=DAYS)
    def full_since(since: date) -> RuleResult:
        message = Words(
            "从%(since)s起%(kind)s任职，到%(on)s已满%(years)s年。", since=since, kind=kind, on=on, years=years
        )
        return result(PASS, since, message)

    def judge(case: Case) -> RuleResult:
        served = case.served
        regular = reaches(served, asked.cutoff)
        if regular and served.since is not None:
            return full_since(served.since)
        if has_relief:
            relief = relieved(params, case.person)
            regular = either(regular, both(relief, reaches(served, asked.relief_cutoff)))
            if regular and served.since is not None:
                return result(
                    PASS,
                    served.since,
                    Words(
                        "从%(since)s起%(kind)s任职。因为考核优秀，满%(years)s年就可以报考，已经满了。",
                        since=served.since,
                        kind=kind,
                        years=asked.relief_years,
                    ),
                )
        stationed = reaches(case.stationed, asked.stationed_cutoff)
        if stationed is not False:
            stationed = both(stationed, stationed_appraised(params, case.person, case.stationed.until))
        if stationed and case.stationed.since is not None:
            return RuleResult(
                name,
                PASS,
                case.stationed.since.isoformat(),
                asked.stationed_years,
                asked.stationed_cutoff,
                stationed_cite,
                Words("任驻村第一书记已满%(years)s年。", years=asked.stationed_years)
                if case.stationed.shifted
                else Words(
                    "从%(since)s起任驻村第一书记，到%(on)s已满%(years)s年。",
                    since=case.stationed.since,
                    on=on,
                    years=asked.stationed_years,
                ),
            )
        if either(regular, stationed) is None:
            return unknown(case)
        return short(case)

    def unknown(case: Case) -> RuleResult:
        if case.person.posts is None:
            return nothing_known
        return result(
            UNKNOWN,
            case.served.since,
            Words("任职经历或考核结果没有填完整，是否%(kind)s满%(years)s年待核实。", kind=kind, years=years),
            Words(
                "请补全每段任职的职务和起止日期。从%(cutoff)s或更早起%(kind)s任职的，就满%(years)s年。",
                cutoff=asked.cutoff,
                kind=kind,
                years=years,
            ),
        )

    def short(case: Case) -> RuleResult:
        # What cannot be enough even in the person's favour is shown so where nothing is certain.
        since = case.served.since or case.served.since_possible
        first = case.stationed.since or case.stationed.since_possible
        if first is not None and (since is None or first < since):
            return RuleResult(
                name,
                FAIL,
                first.isoformat(),
                asked.stationed_years,
                asked.stationed_cutoff,
                stationed_cite,
                *stationed_short(first, case.stationed.shifted),
            )
        if since is None:
            return not_serving
        return result(
            FAIL,
            since,
            Words(
                "从%(since)s起%(kind)s任职，到%(on)s未满%(years)s年。",
                since=since,
                kind=kind,
                on=on,
                years=years,
            ),
            Words("继续任职到%(full)s，就满%(years)s年。", full=reached_on(since, years), years=years),
        )

    def stationed_short(first: date, shifted: bool) -> tuple[Words, Words]:
        """What is missing of a stationed first secretary, and what would change it."""
        needed = asked.stationed_years
        if first <= asked.stationed_cutoff:
            level = APPRAISAL_WORDS[params["tenure.stationed_appraisal"]]
            return (
                Words(
                    "任驻村第一书记满%(years)s年，但不是每年考核都达到“%(level)s”。",
                    years=needed,
                    level=level,
                )
                if shifted
                else Words(
                    "从%(since)s起任驻村第一书记，但不是每年考核都达到“%(level)s”。", since=first, level=level
                ),
                Words("任职期间每年考核都达到“%(level)s”的，才可以报考。", level=level),
            )
        if shifted:
            return (
                Words("任驻村第一书记未满%(years)s年。", years=needed),
                Words(
                    "任驻村第一书记满%(years)s年的，才可以报考。任职经历漏填或填错的，请更正。", years=needed
                ),
            )
        return (
            Words("从%(since)s起任驻村第一书记，到%(on)s未满%(years)s年。", since=first, on=on, years=needed),
            Words("继续任职到%(full)s，就满%(years)s年。", full=reached_on(first, needed), years=needed),
        )

    return judge
