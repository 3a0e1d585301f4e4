"""education.floor: the lowest level of schooling, lower for positions in Tibetan areas."""

from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.rules.common import Case, Rule
from recruitment.eligibility.verdict import FAIL, PASS, UNKNOWN, RuleResult
from recruitment.eligibility.vocabulary import EDUCATION_RANK, EDUCATION_WORDS


def floor(params: Parameters) -> Rule:
    """At least the floor of the position's area; an unknown area matters only between the two floors."""
    counties = params.counties("education.tibetan_counties")
    table = {
        (level, tibetan): _result(params, level, tibetan)
        for level in (None, *EDUCATION_RANK)
        for tibetan in (False, True, None)
    }

    def judge(case: Case) -> RuleResult:
        county = case.position.county
        return table[case.person.education, None if county is None else county in counties]

    return judge


def _result(params: Parameters, level: str | None, tibetan: bool | None) -> RuleResult:
    path = "education.floor_tibetan" if tibetan else "education.floor"
    general, lower = params["education.floor"], params["education.floor_tibetan"]
    limit = lower if tibetan else general
    words, asked = EDUCATION_WORDS, words_for(limit)
    where = "涉藏地区职位" if tibetan else ""
    cite = params.cite(path)

    def result(outcome: str, message: str, change: str = "") -> RuleResult:
        return RuleResult("education.floor", outcome, level, limit, None, cite, message, change)

    if level is None:
        return result(UNKNOWN, "没有学历信息，待核实。", f"请填写学历并上传证书；{where}要求{asked}及以上。")
    if EDUCATION_RANK[level] >= EDUCATION_RANK[limit]:
        return result(PASS, f"学历{words[level]}，达到{where}{asked}及以上的要求。")
    if EDUCATION_RANK[level] >= EDUCATION_RANK[lower]:
        change = f"涉藏地区的职位放宽到{words_for(lower)}，您的学历符合那里的要求。"
    else:
        change = f"取得{asked}及以上学历后可以报考。"
    if tibetan is None and EDUCATION_RANK[level] >= EDUCATION_RANK[lower]:
        return result(UNKNOWN, f"学历{words[level]}；职位所在地不明，能否放宽待核实。", change)
    return result(FAIL, f"学历{words[level]}，未达到{where}{asked}及以上的要求。", change)


def words_for(level: str) -> str:
    """The level's name; equal levels are named together."""
    return (
        "高中（中专）" if EDUCATION_RANK[level] == EDUCATION_RANK["senior_high"] else EDUCATION_WORDS[level]
    )
