"""education.floor: the lowest level of schooling, lower for positions in Tibetan areas."""

from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.rules.common import Case, Rule
from recruitment.eligibility.verdict import FAIL, PASS, UNKNOWN, RuleResult
from recruitment.eligibility.vocabulary import EDUCATION_RANK, EDUCATION_WORDS
from recruitment.words import Words


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
    asked = words_for(limit)
    where = Words("涉藏地区职位") if tibetan else ""
    cite = params.cite(path)

    def result(outcome: str, message: Words, change: Words | str = "") -> RuleResult:
        return RuleResult("education.floor", outcome, level, limit, None, cite, message, change)

    if level is None:
        return result(
            UNKNOWN,
            Words("还没有填写学历，待核实。"),
            Words("请填写学历，上传毕业证书。%(where)s要求%(asked)s及以上。", where=where, asked=asked),
        )
    own = EDUCATION_WORDS[level]
    if EDUCATION_RANK[level] >= EDUCATION_RANK[limit]:
        return result(
            PASS,
            Words("学历是%(own)s，达到%(where)s%(asked)s及以上的要求。", own=own, where=where, asked=asked),
        )
    if EDUCATION_RANK[level] >= EDUCATION_RANK[lower]:
        change = Words("涉藏地区的职位放宽到%(lower)s，您的学历符合那里的要求。", lower=words_for(lower))
    else:
        change = Words("取得%(asked)s及以上学历以后可以报考。", asked=asked)
    if tibetan is None and EDUCATION_RANK[level] >= EDUCATION_RANK[lower]:
        message = Words("学历是%(own)s。还不知道职位在哪里，能不能放宽待核实。", own=own)
        return result(UNKNOWN, message, change)
    message = Words(
        "学历是%(own)s，没有达到%(where)s%(asked)s及以上的要求。", own=own, where=where, asked=asked
    )
    return result(FAIL, message, change)


def words_for(level: str) -> Words:
    """The level's name; equal levels are named together."""
    if EDUCATION_RANK[level] == EDUCATION_RANK["senior_high"]:
        return Words("高中（中专）")
    return EDUCATION_WORDS[level]
