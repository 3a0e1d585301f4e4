"""post.serving and area.prefecture: which post on the reference date, and where."""

from collections.abc import Iterable
from datetime import date

from recruitment.areas.catalogue import prefecture_of, prefectures
from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.rules.common import Case, Rule, either
from recruitment.eligibility.rules.tenure import former_count
from recruitment.eligibility.verdict import FAIL, PASS, UNKNOWN, RuleResult
from recruitment.eligibility.vocabulary import POST_WORDS
from recruitment.words import Words


def in_post(params: Parameters) -> Rule:
    """In a qualifying post, or a stationed first secretary, on the reference date itself."""
    on = params.reference_date
    open_to = {*params["post.qualifying"], *params["post.stationed"]}
    kinds = [kind for kind in POST_WORDS if kind in open_to]
    limit = ",".join(kinds)
    cites = {kind: params.cite("post.qualifying") for kind in POST_WORDS}
    cites |= {kind: params.cite("post.stationed") for kind in params["post.stationed"]}
    cite = params.cite("post.qualifying")

    def result(
        outcome: str, measured: str | bool | None, source: str, message: Words, change: Words | str = ""
    ) -> RuleResult:
        return RuleResult("post.serving", outcome, measured, limit, on, source, message, change)

    def named(wanted: Iterable[str]) -> tuple[Words, ...]:
        return tuple(words for kind, words in POST_WORDS.items() if kind in wanted)

    asked, regular, stationed = (
        named(open_to),
        named(params["post.qualifying"]),
        named(params["post.stationed"]),
    )
    passed = {
        kind: result(
            PASS,
            kind,
            cites[kind],
            Words("%(on)s在任%(post)s。", on=on, post=words)
            if kind in kinds
            else Words("%(on)s在任%(post)s，是因建制调整转任的，可以报考。", on=on, post=words),
        )
        for kind, words in POST_WORDS.items()
    }
    unknown = result(
        UNKNOWN,
        None,
        cite,
        Words("%(on)s是否在任%(posts)s，任职经历没有填完整，待核实。", on=on, posts=asked),
        Words("请填写任职经历：职务、村（社区）、起止日期。现在还在任的，不填离任日期。"),
    )
    if former_count(params):
        # Where those who have left may apply as well.
        failed = result(
            FAIL,
            False,
            cite,
            Words(
                "%(on)s不在%(posts)s岗位上，也没有任过%(stationed)s。",
                on=on,
                posts=asked,
                stationed=stationed,
            ),
            Words(
                "%(on)s当天在任%(posts)s，或者现任、曾任%(stationed)s的，才可以报考。任职经历漏填或填错的，请更正。",
                on=on,
                posts=regular,
                stationed=stationed,
            ),
        )
    else:
        failed = result(
            FAIL,
            False,
            cite,
            Words("%(on)s不在%(posts)s岗位上。", on=on, posts=asked),
            Words(
                "%(on)s当天在任%(posts)s的，才可以报考。任职经历漏填或填错的，请更正。", on=on, posts=asked
            ),
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
        message = Words(
            "曾任%(stationed)s，%(day)s离任。离任的也可以报考。", stationed=stationed, day=last_day
        )
        return result(PASS, "former", params.cite("post.stationed_former"), message)

    return judge


_Where = tuple[tuple[str | None, bool], ...]


def prefecture(params: Parameters) -> Rule:
    """The position lies in the prefecture of a qualifying post held on the reference date."""
    cite, on = params.cite("area.same_prefecture"), params.reference_date
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
        outcome: str, measured: str | None, wanted: str | None, message: Words, change: Words | str = ""
    ) -> RuleResult:
        limit = None if wanted is None else name(wanted)
        stops = outcome == FAIL and measured is not None
        return RuleResult("area.prefecture", outcome, measured, limit, on, cite, message, change, stops)

    def decide(places: _Where, wanted: str | None) -> RuleResult:
        certain = {area for area, certain in places if certain}
        possible = {area for area, _ in places}
        there = None if wanted is None else name(wanted)
        names = tuple(sorted({name(area) for area in possible if area is not None}))
        here = "、".join(names) or None
        if not places:
            return result(
                FAIL,
                None,
                wanted,
                Words("%(on)s不在可以报考的岗位上，没有任职所在的市（州）。", on=on),
                Words(
                    "%(on)s当天在任的，只能报考任职所在市（州）的职位。任职经历漏填或填错的，请更正。", on=on
                ),
            )
        if there is None:
            change = (
                Words("请选择%(here)s的职位。", here=names)
                if names
                else Words("请选择任职所在市（州）的职位。")
            )
            message = Words("还没有选定职位，和任职地是否在同一个市（州）待核实。")
            return result(UNKNOWN, here, None, message, change)
        if wanted in certain:
            message = Words("职位在%(there)s，您在%(there)s任职。", there=there)
            return result(PASS, there, wanted, message)
        if wanted in possible or None in possible:
            return result(
                UNKNOWN,
                here,
                wanted,
                Words("职位在%(there)s。您%(on)s在哪里任职没有填完整，待核实。", there=there, on=on),
                Words("请补全任职的村（社区）和起止日期。在%(there)s任职的，就符合。", there=there),
            )
        return result(
            FAIL,
            here,
            wanted,
            Words("职位在%(there)s，您在%(here)s任职，不能跨市（州）报考。", there=there, here=names),
            Words("请选择%(here)s的职位。", here=names),
        )

    return judge
