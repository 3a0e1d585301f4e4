"""The announced arrangement of a year as a spreadsheet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from recruitment.calendar.models import Kind
from recruitment.lists import parsers
from recruitment.lists.declaration import Column, ListDeclaration, RowWrong
from recruitment.lists.parsers import Wrong

KIND_WORDS = {"放假": Kind.HOLIDAY, "上班": Kind.WORKDAY}
_WORDS_OF = {kind: word for word, kind in KIND_WORDS.items()}


@dataclass(frozen=True, slots=True)
class SpecialRow:
    """One announced day, or several in a row.

    Attributes:
        last: the last day, ``day`` itself for a single one.
    """

    day: date
    last: date
    kind: Kind
    source: str


def _ends_later(values: Mapping[str, Any]) -> None:
    first, last = values["day"], values["last"] or values["day"]
    if not 0 <= (last - first).days < 31:
        raise RowWrong([("last", Wrong("结束日期不对", "应不早于开始日期，且不超过31天"))])


def _build(values: Mapping[str, Any]) -> SpecialRow:
    return SpecialRow(values["day"], values["last"] or values["day"], values["kind"], values["source"])


SPECIAL_DAYS: ListDeclaration[SpecialRow] = ListDeclaration(
    name="放假调休安排",
    columns=(
        Column("day", "开始日期", parsers.day(date(2000, 1, 1), date(2200, 12, 31)), ("日期",), unique=True),
        Column(
            "last",
            "结束日期",
            parsers.day(date(2000, 1, 1), date(2200, 12, 31)),
            required=False,
            absent_ok=True,
            empty=None,
        ),
        Column(
            "kind",
            "类型",
            parsers.choice(
                KIND_WORDS | {"休息": Kind.HOLIDAY, "调休上班": Kind.WORKDAY, "补班": Kind.WORKDAY}
            ),
            ("安排",),
            get=lambda row: _WORDS_OF[Kind(row.kind)],
        ),
        Column("source", "依据", parsers.text(200), ("文件", "文号")),
    ),
    build=_build,
    rules=(_ends_later,),
)
