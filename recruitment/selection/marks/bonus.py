"""The list of policy bonuses: who has proven which, and when."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from recruitment.lists.declaration import Column, ListDeclaration
from recruitment.lists.parsers import choice, day, quote
from recruitment.lists.results import ImportResult, ListError
from recruitment.selection.marks.sheet import TICKET, ticket_column


class BonusRow(NamedTuple):
    """One bonus of one candidate."""

    ticket: str
    name: str
    proven_on: date


def bonus_sheet(names: Sequence[str]) -> ListDeclaration[BonusRow]:
    """The list for a call that grants these bonuses."""
    ticket = ticket_column()
    return ListDeclaration(
        name="政策性加分",
        columns=(
            Column(ticket.key, ticket.title, ticket.parse, ticket.synonyms, width=18),
            Column(
                "name", "加分项目", choice({name: name for name in names}), ("加分类别", "项目"), width=30
            ),
            Column("proven_on", "证明提交日期", day(), ("证明日期", "提交日期"), width=14),
        ),
        build=lambda values: BonusRow(values[TICKET], values["name"], values["proven_on"]),
    )


def bonus_errors(found: ImportResult[BonusRow], tickets: Iterable[str]) -> list[ListError]:
    """Unknown candidates, and the same bonus of one candidate twice."""
    known = set(tickets)
    first: dict[tuple[str, str], int] = {}
    errors = []
    for row, number in zip(found.rows, found.numbers, strict=True):
        if row.ticket not in known:
            errors.append(ListError(f"没有准考证号{quote(row.ticket)}", "请核对号码", number, "准考证号"))
        earlier = first.setdefault((row.ticket, row.name), number)
        if earlier != number:
            errors.append(ListError(f"与第 {earlier} 行重复", "同一项目每人只填一行", number, "加分项目"))
    return errors
