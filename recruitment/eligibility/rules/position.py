"""position.*: what one position asks beyond the call (人岗相适)."""

from recruitment.eligibility.facts import Conditions
from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.rules.common import Case, Rule, day, either
from recruitment.eligibility.rules.education import words_for
from recruitment.eligibility.rules.tenure import reaches
from recruitment.eligibility.verdict import FAIL, PASS, UNKNOWN, RuleResult
from recruitment.eligibility.vocabulary import EDUCATION_RANK, EDUCATION_WORDS, SEXES
from recruitment.eligibility.windows import minus_years, reached_on

POSITION_TABLE = "职位表：该职位的报考条件"


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
    name, words = "position.education", words_for(level)

    def judge(case: Case) -> RuleResult:
        own = case.person.education
        if own is None:
            return RuleResult(
                name,
                UNKNOWN,
                None,
                level,
                None,
                POSITION_TABLE,
                "没有学历信息，待核实。",
                f"这个职位要求{words}及以上。",
            )
        if EDUCATION_RANK[own] >= EDUCATION_RANK[level]:
            message = f"学历{EDUCATION_WORDS[own]}，达到这个职位{words}及以上的要求。"
            return RuleResult(name, PASS, own, level, None, POSITION_TABLE, message)
        message = f"学历{EDUCATION_WORDS[own]}，这个职位要求{words}及以上。"
        return RuleResult(name, FAIL, own, level, None, POSITION_TABLE, message, "请选择学历要求较低的职位。")

    return judge


def _one_of(
    rule: str, what: str, verb: str, asked: tuple[str, ...], own: tuple[str, ...] | None
) -> RuleResult:
    wanted = ",".join(asked)
    needs = f"这个职位要求{verb}{'或'.join(asked)}"
    if own is None:
        message = f"没有填写{what}，待核实。"
        return RuleResult(rule, UNKNOWN, None, wanted, None, POSITION_TABLE, message, f"{needs}。")
    measured = ",".join(own)
    given = "、".join(own)
    if any(item in asked for item in own):
        return RuleResult(rule, PASS, measured, wanted, None, POSITION_TABLE, f"{what}符合：{given}。")
    message = f"{needs}，您{'填写的是' + given if given else '没有这一项'}。"
    return RuleResult(
        rule, FAIL, measured, wanted, None, POSITION_TABLE, message, f"请选择不限{what}的职位。"
    )


def _languages(asked: tuple[str, ...]) -> Rule:
    return lambda case: _one_of("position.language", "语言", "会", asked, case.person.languages)


def _majors(asked: tuple[str, ...]) -> Rule:
    def judge(case: Case) -> RuleResult:
        major = case.person.major
        return _one_of("position.major", "专业", "专业为", asked, None if major is None else (major,))

    return judge


def _party_member() -> Rule:
    name = "position.party_member"
    results: dict[bool | None, RuleResult] = {
        True: RuleResult(name, PASS, True, True, None, POSITION_TABLE, "您是中共党员。"),
        False: RuleResult(
            name,
            FAIL,
            False,
            True,
            None,
            POSITION_TABLE,
            "这个职位要求中共党员。",
            "请选择不要求政治面貌的职位。",
        ),
        None: RuleResult(
            name,
            UNKNOWN,
            None,
            True,
            None,
            POSITION_TABLE,
            "没有填写政治面貌，待核实。",
            "这个职位要求中共党员。",
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
            return RuleResult(
                name, PASS, measured, limit, None, POSITION_TABLE, "任职地在这个职位要求的范围内。"
            )
        if inside is None:
            message, change = (
                "任职地是否在这个职位要求的范围内，待核实。",
                "请补全任职的村（社区）和起止日期。",
            )
            return RuleResult(name, UNKNOWN, measured, limit, None, POSITION_TABLE, message, change)
        message, change = "任职地不在这个职位要求的范围内。", "请选择任职所在地的职位。"
        return RuleResult(name, FAIL, measured, limit, None, POSITION_TABLE, message, change)

    return judge


def _years(params: Parameters, years: int) -> Rule:
    name, cutoff = "position.years", minus_years(params.reference_date, years)

    def judge(case: Case) -> RuleResult:
        full = either(reaches(case.served, cutoff), reaches(case.stationed, cutoff))
        since = min((s.since for s in (case.served, case.stationed) if s.since is not None), default=None)
        measured = None if since is None else since.isoformat()
        if full:
            return RuleResult(name, PASS, measured, years, cutoff, POSITION_TABLE, f"任职已满{years}年。")
        if full is None:
            message = f"任职经历不全，是否满{years}年待核实。"
            change = f"自{day(cutoff)}或更早起任职即满{years}年。"
            return RuleResult(name, UNKNOWN, measured, years, cutoff, POSITION_TABLE, message, change)
        change = "请选择年限要求较低的职位。"
        if since is not None:
            change = f"继续任职，{day(reached_on(since, years))}起满{years}年。"
        message = f"这个职位要求任职满{years}年，您未满。"
        return RuleResult(name, FAIL, measured, years, cutoff, POSITION_TABLE, message, change)

    return judge


def _sex(asked: str, basis: str) -> Rule:
    name, words = "position.sex", SEXES[asked]

    def judge(case: Case) -> RuleResult:
        own = case.person.sex
        if own is None:
            message = "没有填写性别，待核实。"
            return RuleResult(name, UNKNOWN, None, asked, None, basis, message, f"这个职位限{words}性。")
        if own == asked:
            return RuleResult(name, PASS, own, asked, None, basis, f"性别符合：{words}。")
        message = f"这个职位依法限{words}性。"
        return RuleResult(name, FAIL, own, asked, None, basis, message, "请选择不限性别的职位。")

    return judge
