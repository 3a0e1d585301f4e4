"""bar.*: circumstances that exclude, one rule per declaration."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.verdict import FAIL, PASS, UNKNOWN, RuleResult
from recruitment.eligibility.vocabulary import DECLARATIONS
from recruitment.words import Words

_FOR_EVER = Words("这一条无法改变。如果申报有误，请更正并附上证明。")
# What would change each of them.
_CHANGES = {
    "criminal_record": _FOR_EVER,
    "expelled_from_party": _FOR_EVER,
    "dismissed_from_office": _FOR_EVER,
    "joint_discipline": Words("依法移出名单以后，可以参加以后的招考。"),
    "active_soldier": Words("退出现役以后，可以参加以后的招考。"),
    "full_time_student": Words("结束学业以后，可以参加以后的招考。"),
    "civil_servant_on_probation": Words("试用期满以后能不能报考，看当时的招考公告。"),
    "under_sanction": Words("处分影响期满以后，可以参加以后的招考。"),
    "grave_incident": Words("是不是这种情形，由组织部门认定。认定有变化的，请附上证明。"),
    "seconded": Words("不再是下派人员以后，符合其他条件的，可以参加以后的招考。"),
    "discharged_civil_servant": Words("从被辞退那天起满五年以后，可以参加以后的招考。"),
    "exam_barred": Words("禁考期满以后，可以参加以后的招考。终身禁考的，无法改变。"),
    "relative_in_organ": Words("请选择不需要回避的职位。"),
}


def bars(
    params: Parameters,
) -> Callable[[Mapping[str, bool | None], Mapping[str, str]], tuple[RuleResult, ...]]:
    """Every bar of the call, in order: from what was declared and from what registers say.

    A bar that is ``asked`` and not answered is unknown. One that is judged ``if_known`` comes from a register
    that not every caller has; without an answer it gives no result. What a register says is certain, so it stops
    a submission; what was declared is for the reviewer.
    """
    table = [
        (key, params[f"bar.{key}"] == "asked", *_results(params, key, DECLARATIONS[key]))
        for key in params.bars
    ]

    keys = [row[0] for row in table]

    # Nearly everybody gives one of a few sets of answers.
    @lru_cache(maxsize=1024)
    def results(*answers: bool | None) -> tuple[RuleResult, ...]:
        found = []
        for answer, (_, asked, clear, barred, unknown) in zip(answers, table, strict=True):
            if answer is False:
                found.append(clear)
            elif answer:
                found.append(barred)
            elif asked:
                found.append(unknown)
        return tuple(found)

    def judge(declarations: Mapping[str, bool | None], register: Mapping[str, str]) -> tuple[RuleResult, ...]:
        found = results(*map(declarations.get, keys))
        if not register:
            return found
        verified = {
            f"bar.{key}": _registered(params, key, said) for key, said in register.items() if key in keys
        }
        judged = {result.rule: result for result in found} | verified
        return tuple(judged[rule] for key in keys if (rule := f"bar.{key}") in judged)

    return judge


def _registered(params: Parameters, key: str, said: str) -> RuleResult:
    return RuleResult(
        f"bar.{key}",
        FAIL,
        True,
        False,
        None,
        params.cite(f"bar.{key}"),
        Words("%(bar)s：名单上有登记（%(said)s），不能报考。", bar=DECLARATIONS[key], said=said),
        _CHANGES[key],
        deterministic=True,
    )


def _results(params: Parameters, key: str, words: Words) -> tuple[RuleResult, RuleResult, RuleResult]:
    cite = params.cite(f"bar.{key}")

    def result(outcome: str, measured: bool | None, message: Words, change: Words | str = "") -> RuleResult:
        return RuleResult(f"bar.{key}", outcome, measured, False, None, cite, message, change)

    return (
        result(PASS, False, Words("%(bar)s：没有这种情形。", bar=words)),
        result(FAIL, True, Words("%(bar)s：有这种情形，不能报考。", bar=words), _CHANGES[key]),
        result(
            UNKNOWN,
            None,
            Words("%(bar)s：还没有申报，待核实。", bar=words),
            Words("请如实申报这一项：有，或者没有。"),
        ),
    )
