"""The bank's file of payments as a list."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from recruitment.clock import SHANGHAI
from recruitment.fees.payments import Paid
from recruitment.lists import parsers
from recruitment.lists.declaration import Column, ListDeclaration
from recruitment.lists.parsers import Wrong, quote

_MOMENT = re.compile(
    r"(?P<day>\d{4}(?:[-/.]|年)\d{1,2}(?:[-/.]|月)\d{1,2}日?|\d{8})"
    r"[T ]*(?:(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.0+)?)?|(?P<packed>\d{6}))?",
    re.ASCII,
)
_EXPECTED = "应为北京时间，如 2026-11-24 09:30:00"


def moment(value: str) -> datetime:
    """A moment on a clock in Sichuan; a day alone is its first minute. Aware."""
    text = parsers.half_width(value).strip()
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise Wrong(f"{quote(value)}不是时间", _EXPECTED)
    day = parsers.day()(match["day"])
    if packed := match["packed"]:
        parts = [packed[:2], packed[2:4], packed[4:]]
    else:
        parts = [match["hour"] or "0", match["minute"] or "0", match["second"] or "0"]
    hour, minute, second = (int(part) for part in parts)
    try:
        return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=SHANGHAI)
    except ValueError:
        raise Wrong(f"没有{quote(value)}这个时刻", _EXPECTED) from None


def _build(values: Mapping[str, Any]) -> Paid:
    return Paid(values["receipt_number"], values["amount"], values["paid_at"], values["bank_reference"])


BANK_FILE: ListDeclaration[Paid] = ListDeclaration(
    name="缴费名单",
    columns=(
        # What nobody in the call has is no error of the file: the money has come in and must be accounted for.
        Column("receipt_number", "回执号", parsers.text(40), ("报名序号", "缴费号", "订单备注"), width=16),
        Column("amount", "金额", parsers.number("0.01", "100000", 2), ("缴费金额", "实收金额", "交易金额")),
        Column("paid_at", "缴费时间", moment, ("交易时间", "支付时间"), width=20),
        Column(
            "bank_reference",
            "银行流水号",
            parsers.code(r"[0-9A-Za-z_\-]{4,64}", "应为 4 到 64 位数字或字母"),
            ("流水号", "交易流水号", "交易单号"),
            unique=True,
            width=28,
        ),
    ),
    build=_build,
)
