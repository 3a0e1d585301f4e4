"""appraisal.recent: results of the calendar years before the reference year."""

from collections.abc import Iterable

from recruitment.eligibility.facts import Appraisal
from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.rules.common import Case, Rule
from recruitment.eligibility.verdict import FAIL, PASS, UNKNOWN, RuleResult
from recruitment.eligibility.vocabulary import APPRAISAL_RANK, APPRAISAL_WORDS
from recruitment.words import Words


def recent(params: Parameters) -> Rule:
    """No result below the limit in the last years, and the last year at least at its own limit.

    A year without a result is taken as nothing in itself: only the last year has to be there. Two results
    for it that fall on both sides of the limit contradict each other and leave the rule unknown. So does a
    result that excludes and whose year is not known, while one of the years has none.
    """
    last = params.reference_date.year - 1
    first = last - params["appraisal.years"] + 1
    excluded = APPRAISAL_RANK[params["appraisal.excluded_below"]]
    enough = APPRAISAL_RANK[params["appraisal.last_at_least"]]
    words = APPRAISAL_WORDS[params["appraisal.last_at_least"]]
    limit = params["appraisal.last_at_least"]
    cite, cite_years = params.cite("appraisal.last_at_least"), params.cite("appraisal.excluded_below")

    def result(outcome: str, measured: str | None, message: Words, change: Words | str = "") -> RuleResult:
        return RuleResult("appraisal.recent", outcome, measured, limit, None, cite, message, change)

    passed = {
        level: result(
            PASS,
            f"{last}:{level}",
            Words("%(year)s年度考核“%(level)s”，符合要求。", year=last, level=APPRAISAL_WORDS[level]),
        )
        for level in APPRAISAL_RANK
    }
    too_low = {
        level: result(
            FAIL,
            f"{last}:{level}",
            Words(
                "%(year)s年度考核“%(level)s”，没有达到“%(limit)s”。",
                year=last,
                level=APPRAISAL_WORDS[level],
                limit=words,
            ),
            Words("上一年度考核达到“%(limit)s”以后，可以参加以后的招考。", limit=words),
        )
        for level in APPRAISAL_RANK
    }
    missing = result(
        UNKNOWN,
        None,
        Words("还没有%(year)s年度的考核结果，待核实。", year=last),
        Words("请补充%(year)s年度的考核结果，“%(limit)s”及以上就符合。", year=last, limit=words),
    )
    contradictory = result(
        UNKNOWN,
        None,
        Words("%(year)s年度填了两个不同的考核结果，待核实。", year=last),
        Words("请对照盖章的考核表，改正%(year)s年度的结果。", year=last),
    )

    undated = result(
        UNKNOWN,
        None,
        Words("有一次考核结果没有写明年度，是否影响报考待核实。"),
        Words("请写明每个考核结果的年度。"),
    )

    def judge(case: Case) -> RuleResult:
        level = None
        unclear = False
        some_undated = False
        for appraisal in case.person.appraisals or ():
            year, found = appraisal.year, appraisal.result
            if found is None:
                continue
            if year is None:
                some_undated = True
                continue
            if year > last:
                continue
            if year >= first and APPRAISAL_RANK[found] < excluded:
                return _excluded(year, found)
            if year == last:
                unclear |= level is not None and (APPRAISAL_RANK[level] < enough) != (
                    APPRAISAL_RANK[found] < enough
                )
                level = found
        if unclear:
            return contradictory
        if level is None:
            return missing
        if APPRAISAL_RANK[level] < enough:
            return too_low[level]
        if some_undated and undated_excludes(case.person.appraisals, params):
            return undated
        return passed[level]

    def _excluded(year: int, found: str) -> RuleResult:
        years = last - first + 1
        return RuleResult(
            "appraisal.recent",
            FAIL,
            f"{year}:{found}",
            limit,
            None,
            cite_years,
            Words(
                "%(year)s年度考核“%(level)s”。最近%(years)s个年度里有这样的结果，不能报考。",
                year=year,
                level=APPRAISAL_WORDS[found],
                years=years,
            ),
            Words("从%(year)s年起，这个结果不再影响报考。", year=year + years + 1),
        )

    return judge


def undated_excludes(appraisals: Iterable[Appraisal] | None, params: Parameters) -> bool:
    """Whether a result that excludes has no year and may belong to one of the years that has no result."""
    on = params.reference_date.year
    excluded = APPRAISAL_RANK[params["appraisal.excluded_below"]]
    stated = [(a.year, APPRAISAL_RANK[a.result]) for a in appraisals or () if a.result is not None]
    years = {year for year, _ in stated}
    open_years = any(year not in years for year in range(on - params["appraisal.years"], on))
    return open_years and any(year is None and rank < excluded for year, rank in stated)


def count(appraisals: Iterable[Appraisal] | None, years: range, at_least: str) -> tuple[int, int, bool]:
    """Counts over some calendar years.

    Returns:
        Years with a result of at least ``at_least``, years without a result, and whether any is below.
    """
    best: dict[int, int] = {}
    worst: dict[int, int] = {}
    for appraisal in appraisals or ():
        year, result = appraisal.year, appraisal.result
        if result is not None and year is not None and year in years:
            rank = APPRAISAL_RANK[result]
            best[year] = max(rank, best.get(year, rank))
            worst[year] = min(rank, worst.get(year, rank))
    enough = APPRAISAL_RANK[at_least]
    reached = sum(rank >= enough for rank in best.values())
    return reached, len(years) - len(best), any(rank < enough for rank in worst.values())
