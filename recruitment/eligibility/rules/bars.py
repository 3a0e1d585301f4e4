"""bar.*: circumstances that exclude, one rule per declaration."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.verdict import FAIL, PASS, UNKNOWN, RuleResult
from recruitment.eligibility.vocabulary import DECLARATIONS

# What would change each of them.
_CHANGES = {
    "criminal_record": "这一条无法改变；如申报有误，请更正并附证明。",
    "expelled_from_party": "这一条无法改变；如申报有误，请更正并附证明。",
    "dismissed_from_office": "这一条无法改变；如申报有误，请更正并附证明。",
    "joint_discipline": "依法移出名单后，可以报考以后的批次。",
    "active_soldier": "退出现役后，可以报考以后的批次。",
    "full_time_student": "结束学业后，可以报考以后的批次。",
    "civil_servant_on_probation": "试用期满后，按当时的公告办理。",
    "under_sanction": "处分影响期满后，可以报考以后的批次。",
    "grave_incident": "以组织部门的认定为准；认定有变的，请附证明。",
    "seconded": "不再是下派人员后，按任职情况报考以后的批次。",
    "discharged_civil_servant": "自被辞退之日起满五年后，可以报考以后的批次。",
    "exam_barred": "禁考期满后，可以报考以后的批次；终身禁考的无法改变。",
    "relative_in_organ": "请选择不需要回避的职位。",
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
        f"{DECLARATIONS[key]}：查有登记（{said}），不得报考。",
        _CHANGES[key],
        deterministic=True,
    )


def _results(params: Parameters, key: str, words: str) -> tuple[RuleResult, RuleResult, RuleResult]:
    cite = params.cite(f"bar.{key}")

    def result(outcome: str, measured: bool | None, message: str, change: str = "") -> RuleResult:
        return RuleResult(f"bar.{key}", outcome, measured, False, None, cite, message, change)

    return (
        result(PASS, False, f"{words}：没有这一情形。"),
        result(FAIL, True, f"{words}：有这一情形，不得报考。", _CHANGES[key]),
        result(UNKNOWN, None, f"{words}：没有申报，待核实。", "请如实申报这一项：有或者没有。"),
    )
