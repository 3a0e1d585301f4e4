"""position.*: what one position asks beyond the call (人岗相适)."""

from recruitment.eligibility.facts import Conditions
from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.rules.common import Case, Rule, either
from recruitment.eligibility.rules.education import words_for
from recruitment.eligibility.rules.tenure import reaches
from recruitment.eligibility.verdict import FAIL, PASS, UNKNOWN, RuleResult
from recruitment.eligibility.vocabulary import EDUCATION_RANK, EDUCATION_WORDS, SEXES
from recruitment.eligibility.windows import minus_years, reached_on
from recruitment.words import Words

POSITION_TABLE = Words("职位表：该职位的报考条件")


def conditions(params: Parameters, asked: Conditions) -> list[Rule]:
    """One rule for each condition that is set, in a fixed order."""
    rules: list[Rule] = []
    if asked.education is not None:
        rules.append(_education(asked.education))
    if asked.languages:
        rules.append(_languages(asked.languages))
    if asked.majors:
        rules.append(_majors(asked.majors))
    if asked.party_member:
        rules.append(_party_member())
    if asked.areas:
        rules.append(_areas(asked.areas))
    if asked.years is not None:
        rules.append(_years(params, asked.years))
    if asked.sex is not None and asked.sex_basis is not None:
        rules.append(_sex(asked.sex, asked.sex_basis))
    return rules


def _education(level: str) -> Rule:
    name, asked = "position.education", words_for(level)
    needs = Words("这个职位要求%(asked)s及以上。", asked=asked)

    def judge(case: Case) -> RuleResult:
        own = case.person.education
        if own is None:
            message = Words("还没有填写学历，待核实。")
            return RuleResult(name, UNKNOWN, None, level, None, POSITION_TABLE, message, needs)
        words = EDUCATION_WORDS[own]
        if EDUCATION_RANK[own] >= EDUCATION_RANK[level]:
            message = Words("学历是%(own)s，达到这个职位%(asked)s及以上的要求。", own=words, asked=asked)
            return RuleResult(name, PASS, own, level, None, POSITION_TABLE, message)
        message = Words("学历是%(own)s，这个职位要求%(asked)s及以上。", own=words, asked=asked)
        change = Words("请选择学历要求低一些的职位。")
        return RuleResult(name, FAIL, own, level, None, POSITION_TABLE, message, change)

    return judge


def _languages(asked: tuple[str, ...]) -> Rule:
    name, limit = "position.language", ",".join(asked)
    wanted = _names(asked)
    unknown = RuleResult(
        name,
        UNKNOWN,
        None,
        limit,
        None,
        POSITION_TABLE,
        Words("还没有填写会哪些语言，待核实。"),
        Words("这个职位要求至少会一种：%(asked)s。", asked=wanted),
    )

    def judge(case: Case) -> RuleResult:
        own = case.person.languages
        if own is None:
            return unknown
        measured, given = ",".join(own), _names(own)
        if any(item in asked for item in own):
            message = Words("会的语言符合要求：%(own)s。", own=given)
            return RuleResult(name, PASS, measured, limit, None, POSITION_TABLE, message)
        if own:
            message = Words(
                "这个职位要求至少会一种：%(asked)s。您填写的是：%(own)s。", asked=wanted, own=given
            )
        else:
            message = Words("这个职位要求至少会一种：%(asked)s。您填写的是都不会。", asked=wanted)
        change = Words("请选择不要求语言的职位。")
        return RuleResult(name, FAIL, measured, limit, None, POSITION_TABLE, message, change)

    return judge


def _majors(asked: tuple[str, ...]) -> Rule:
    name, limit = "position.major", ",".join(asked)
    wanted = _names(asked)
    unknown = RuleResult(
        name,
        UNKNOWN,
        None,
        limit,
        None,
        POSITION_TABLE,
        Words("还没有填写专业，待核实。"),
        Words("这个职位要求的专业：%(asked)s。", asked=wanted),
    )

    def judge(case: Case) -> RuleResult:
        own = case.person.major
        if own is None:
            return unknown
        if own in asked:
            message = Words("专业符合要求：%(own)s。", own=Words(own))
            return RuleResult(name, PASS, own, limit, None, POSITION_TABLE, message)
        message = Words("这个职位要求的专业：%(asked)s。您填写的是：%(own)s。", asked=wanted, own=Words(own))
        change = Words("请选择不限专业的职位。")
        return RuleResult(name, FAIL, own, limit, None, POSITION_TABLE, message, change)

    return judge


def _names(items: tuple[str, ...]) -> tuple[Words, ...]:
    return tuple(map(Words, items))


def _party_member() -> Rule:
    name = "position.party_member"
    needs = Words("这个职位要求中共党员。")
    results: dict[bool | None, RuleResult] = {
        True: RuleResult(name, PASS, True, True, None, POSITION_TABLE, Words("是中共党员，符合要求。")),
        False: RuleResult(
            name,
            FAIL,
            False,
            True,
            None,
            POSITION_TABLE,
            Words("这个职位要求中共党员，您填写的不是。"),
            Words("请选择不要求中共党员的职位。"),
        ),
        None: RuleResult(
            name, UNKNOWN, None, True, None, POSITION_TABLE, Words("还没有填写政治面貌，待核实。"), needs
        ),
    }
    return lambda case: results[case.person.party_member]


def _areas(asked: tuple[str, ...]) -> Rule:
    name, limit = "position.area", ",".join(asked)

    def judge(case: Case) -> RuleResult:
        places = case.served.places + case.stationed.places
        inside: bool | None = False
        for place in places:
            if place.community is not None and place.community.startswith(asked):
                inside = either(inside, True if place.certain else None)
            elif place.community is None or any(area.startswith(place.community) for area in asked):
                # Where in a larger area somebody serves is not known.
                inside = either(inside, None)
        measured = ",".join(place.community for place in places if place.community) or None
        if inside:
            message = Words("任职地在这个职位要求的范围内。")
            return RuleResult(name, PASS, measured, limit, None, POSITION_TABLE, message)
        if inside is None:
            message = Words("任职地是否在这个职位要求的范围内，待核实。")
            change = Words("请补全任职的村（社区）和起止日期。")
            return RuleResult(name, UNKNOWN, measured, limit, None, POSITION_TABLE, message, change)
        message = Words("任职地不在这个职位要求的范围内。")
        change = Words("请选择任职所在地的职位。")
        return RuleResult(name, FAIL, measured, limit, None, POSITION_TABLE, message, change)

    return judge


def _years(params: Parameters, years: int) -> Rule:
    name, cutoff = "position.years", minus_years(params.reference_date, years)

    def judge(case: Case) -> RuleResult:
        full = either(reaches(case.served, cutoff), reaches(case.stationed, cutoff))
        since = min((s.since for s in (case.served, case.stationed) if s.since is not None), default=None)
        measured = None if since is None else since.isoformat()
        if full:
            message = Words("任职已满%(years)s年。", years=years)
            return RuleResult(name, PASS, measured, years, cutoff, POSITION_TABLE, message)
        if full is None:
            message = Words("任职经历没有填完整，是否满%(years)s年待核实。", years=years)
            change = Words("从%(cutoff)s或更早起任职的，就满%(years)s年。", cutoff=cutoff, years=years)
            return RuleResult(name, UNKNOWN, measured, years, cutoff, POSITION_TABLE, message, change)
        change = Words("请选择任职年限要求低一些的职位。")
        if since is not None:
            change = Words(
                "继续任职到%(full)s，就满%(years)s年。", full=reached_on(since, years), years=years
            )
        message = Words("这个职位要求任职满%(years)s年，您还没有满。", years=years)
        return RuleResult(name, FAIL, measured, years, cutoff, POSITION_TABLE, message, change)

    return judge


def _sex(asked: str, basis: str) -> Rule:
    name, words = "position.sex", SEXES[asked]

    def judge(case: Case) -> RuleResult:
        own = case.person.sex
        if own is None:
            message = Words("还没有填写性别，待核实。")
            change = Words("这个职位依法限%(sex)s性。", sex=words)
            return RuleResult(name, UNKNOWN, None, asked, None, basis, message, change)
        if own == asked:
            message = Words("性别符合要求：%(sex)s。", sex=words)
            return RuleResult(name, PASS, own, asked, None, basis, message)
        message = Words("这个职位依法限%(sex)s性。", sex=words)
        change = Words("请选择不限性别的职位。")
        return RuleResult(name, FAIL, own, asked, None, basis, message, change)

    return judge
