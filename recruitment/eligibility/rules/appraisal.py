"""appraisal.recent: results of the calendar years before the reference year."""

from collections.abc import Iterable

from recruitment.eligibility.facts import Appraisal
from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.rules.common import Case, Rule
from recruitment.eligibility.verdict import FAIL, PASS, UNKNOWN, RuleResult
from recruitment.eligibility.vocabulary import APPRAISAL_RANK, APPRAISAL_WORDS


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

    def result(outcome: str, measured: str | None, message: str, change: str = "") -> RuleResult:
        return RuleResult("appraisal.recent", outcome, measured, limit, None, cite, message, change)

    passed = {
        level: result(PASS, f"{last}:{level}", f"{last}年度考核{APPRAISAL_WORDS[level]}，符合要求。")
        for level in APPRAISAL_RANK
    }
    too_low = {
        level: result(
            FAIL,
            f"{last}:{level}",
            f"{last}年度考核{APPRAISAL_WORDS[level]}，未达到{words}。",
            f"上一年度考核达到{words}后，可以报考以后的批次。",
        )
        for level in APPRAISAL_RANK
    }
    missing = result(
        UNKNOWN,
        None,
        f"没有{last}年度的考核结果，待核实。",
        f"请补充{last}年度考核结果；{words}及以上即符合。",
    )
    contradictory = result(
        UNKNOWN,
        None,
        f"{last}年度有两个不同的考核结果，待核实。",
        f"请以盖章的考核表为准更正{last}年度结果。",
    )

    undated = result(
        UNKNOWN,
        None,
        "有一次考核结果没有写明年度，是否影响报考待核实。",
        "请写明每个考核结果的年度。",
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
            f"{year}年度考核{APPRAISAL_WORDS[found]}；最近{years}个年度内不得有这样的结果。",
            f"从{year + years + 1}年起这一年度不再计算，可以报考那时的批次。",
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
