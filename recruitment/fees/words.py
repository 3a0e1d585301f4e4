"""How outcomes of payments are said to people, each with the tone in which the macro ``tag`` says it."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from recruitment.fees.rules import Outcome

OUTCOMES: dict[str, tuple[LazyString, str]] = {
    Outcome.COUNTED: (_l("已确认"), "good"),
    Outcome.WRONG_AMOUNT: (_l("金额不符"), "warn"),
    Outcome.LATE: (_l("逾期缴费"), "warn"),
    Outcome.DUPLICATE: (_l("重复缴费"), "warn"),
    Outcome.UNEXPECTED: (_l("没有应缴费用"), "warn"),
    Outcome.UNKNOWN: (_l("回执号不明"), "bad"),
}
# Questions that several outcomes answer.
VIEWS: dict[str, LazyString] = {
    "unconfirmed": _l("到账未确认"),
    "refund": _l("应退费"),
}
SOURCES: dict[str, LazyString] = {
    "bank_file": _l("银行文件"),
    "callback": _l("支付接口"),
}
DECISIONS: dict[str | None, tuple[LazyString, str]] = {
    None: (_l("等待审核"), "info"),
    "granted": (_l("已同意"), "good"),
    "refused": (_l("不同意"), "bad"),
}
# Why the money goes back.
REFUND_REASONS: dict[str, LazyString] = {
    Outcome.COUNTED: _l("职位取消，没有改报"),
    Outcome.WRONG_AMOUNT: _l("金额不符"),
    Outcome.LATE: _l("逾期缴费"),
    Outcome.DUPLICATE: _l("重复缴费"),
    Outcome.UNEXPECTED: _l("没有应缴费用"),
}
