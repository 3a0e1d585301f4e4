"""bar.*: circumstances that exclude, one rule per declaration."""

from collections.abc import Callable, Mapping

from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.verdict import FAIL, PASS, UNKNOWN, RuleResult
from recruitment.eligibility.vocabulary import DECLARATIONS

_NEVER = frozenset({"criminal_record", "expelled_from_party", "dismissed_from_office"})


def bars(params: Parameters) -> Callable[[Mapping[str, bool | None]], list[RuleResult]]:
    """Every bar of the call, in order.

    A bar that is ``asked`` and not answered is unknown. One that is judged ``if_known`` comes from a register
    that not every caller has; without an answer it gives no result.
    """
    table = [
        (key, params[f"bar.{key}"] == "asked", *_results(params, key, DECLARATIONS[key]))
        for key in params.bars
    ]

    def judge(declarations: Mapping[str, bool | None]) -> list[RuleResult]:
        results = []
        get = declarations.get
        for key, asked, clear, barred, unknown in table:
            answer = get(key)
            if answer is False:
                results.append(clear)
            elif answer:
                results.append(barred)
            elif asked:
                results.append(unknown)
        return results

    return judge


def _results(params: Parameters, key: str, words: str) -> tuple[RuleResult, RuleResult, RuleResult]:
    cite = params.cite(f"bar.{key}")

    def result(outcome: str, measured: bool | None, message: str, change: str = "") -> RuleResult:
        return RuleResult(f"bar.{key}", outcome, measured, False, None, cite, message, change)

    never = "这一条无法改变。" if key in _NEVER else "这一情形消除后可以报考以后的批次。"
    return (
        result(PASS, False, f"没有“{words}”的情形。"),
        result(FAIL, True, f"有“{words}”的情形,不得报考。", f"{never}如申报有误,请更正并附证明。"),
        result(UNKNOWN, None, f"没有说明是否“{words}”,待核实。", "请如实申报这一项。"),
    )
