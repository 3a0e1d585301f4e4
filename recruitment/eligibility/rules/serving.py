"""post.serving and area.prefecture: which post on the reference date, and where."""

from datetime import date

from recruitment.areas.catalogue import prefecture_of, prefectures
from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.rules.common import Case, Rule, day, either
from recruitment.eligibility.rules.tenure import former_count
from recruitment.eligibility.verdict import FAIL, PASS, UNKNOWN, RuleResult
from recruitment.eligibility.vocabulary import POST_WORDS


def in_post(params: Parameters) -> Rule:
    """In a qualifying post, or a stationed first secretary, on the reference date itself."""
    on = day(params.reference_date)
    open_to = {*params["post.qualifying"], *params["post.stationed"]}
    kinds = [kind for kind in POST_WORDS if kind in open_to]
    asked = "、".join(POST_WORDS[kind] for kind in kinds)
    limit = ",".join(kinds)
    cites = {kind: params.cite("post.qualifying") for kind in POST_WORDS}
    cites |= {kind: params.cite("post.stationed") for kind in params["post.stationed"]}
    cite = params.cite("post.qualifying")

    def result(
        outcome: str, measured: str | bool | None, source: str, message: str, change: str = ""
    ) -> RuleResult:
        on = params.reference_date
        return RuleResult("post.serving", outcome, measured, limit, on, source, message, change)

    passed = {
        kind: result(
            PASS, kind, cites[kind], f"{on}在任{words}{'' if kind in kinds else '（因建制调整转任）'}。"
        )
        for kind, words in POST_WORDS.items()
    }
    # Where those who have left may apply as well.
    former = former_count(params)
    stationed = "、".join(POST_WORDS[kind] for kind in POST_WORDS if kind in params["post.stationed"])
    apart = asked
    if former:
        regular = "、".join(POST_WORDS[kind] for kind in kinds if kind in params["post.qualifying"])
        apart = f"{regular}，或者现任、曾任{stationed}"
    unknown = result(
        UNKNOWN,
        None,
        cite,
        f"{on}是否在任{asked}，材料不全，待核实。",
        "请填写任职经历：职务、村（社区）、起止日期；仍在任的不填止日。",
    )
    failed = result(
        FAIL,
        False,
        cite,
        f"{on}不在{asked}岗位上" + (f"，也没有任过{stationed}。" if former else "。"),
        f"{on}当天在任{apart}的才可以报考；如任职经历漏填或填错，请更正。",
    )

    def judge(case: Case) -> RuleResult:
        serving = either(case.served.serving, case.stationed.serving)
        if serving is None:
            return unknown
        if not serving:
            return failed
        if not case.served.serving and case.stationed.left is not None:
            return left(case.stationed.left)
        places = case.served.places + case.stationed.places
        # A post reached by 建制调整 qualifies even where its kind was not stated.
        return passed[next(place.post or "other" for place in places if place.certain)]

    def left(last_day: date) -> RuleResult:
        source = params.cite("post.stationed_former")
        return result(PASS, "former", source, f"曾任{stationed}，{day(last_day)}离任；离任的也可以报考。")

    return judge


_Where = tuple[tuple[str | None, bool], ...]


def prefecture(params: Parameters) -> Rule:
    """The position lies in the prefecture of a qualifying post held on the reference date."""
    cite, on = params.cite("area.same_prefecture"), params.reference_date
    when = day(on)
    names = prefectures()
    # One entry per place of service and position's prefecture: a few hundred.
    results: dict[tuple[_Where, str | None], RuleResult] = {}

    def judge(case: Case) -> RuleResult:
        county = case.position.county
        places = case.served.places + case.stationed.places
        where = [
            (None if community is None else community[:4], certain) for _, community, certain, _ in places
        ]
        key = tuple(where), None if county is None else county[:4]
        found = results.get(key)
        if found is None:
            found = results[key] = decide(*key)
        return found

    def name(area: str) -> str:
        code = prefecture_of(area)
        return names.get(code, code)

    def result(
        outcome: str, measured: str | None, wanted: str | None, message: str, change: str = ""
    ) -> RuleResult:
        limit = None if wanted is None else name(wanted)
        stops = outcome == FAIL and measured is not None
        return RuleResult("area.prefecture", outcome, measured, limit, on, cite, message, change, stops)

    def decide(places: _Where, wanted: str | None) -> RuleResult:
        certain = {area for area, certain in places if certain}
        possible = {area for area, _ in places}
        here = "、".join(sorted({name(area) for area in possible if area is not None}))
        if not places:
            return result(
                FAIL,
                None,
                wanted,
                f"{when}不在可报考的岗位上，没有任职地，不能确定可报考的市（州）。",
                f"{when}当天在任的，可以报考任职所在市（州）的职位。",
            )
        if wanted is None:
            change = f"请选择{here or '任职所在市（州）'}的职位。"
            return result(UNKNOWN, here or None, None, "没有选定职位，所在市（州）是否一致待核实。", change)
        there = name(wanted)
        if wanted in certain:
            return result(PASS, there, wanted, f"职位在{there}，您在{there}任职。")
        if wanted in possible or None in possible:
            return result(
                UNKNOWN,
                here or None,
                wanted,
                f"职位在{there}；您{when}的任职情况不全，待核实。",
                f"请补全任职的村（社区）和起止日期；在{there}任职即符合。",
            )
        return result(
            FAIL,
            here,
            wanted,
            f"职位在{there}，您在{here}任职，不能跨市（州）报考。",
            f"请选择{here}的职位。",
        )

    return judge
