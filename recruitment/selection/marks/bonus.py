"""The list of policy bonuses: who has proven which, and when."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from recruitment.lists.declaration import Column, Fault, ListDeclaration, Sound
from recruitment.lists.parsers import Wrong, choice, day, quote
from recruitment.selection.marks.sheet import TICKET, ticket_column


class BonusRow(NamedTuple):
    """One bonus of one candidate."""

    ticket: str
    name: str
    proven_on: date


def bonus_sheet(names: Sequence[str], tickets: Collection[str] = ()) -> ListDeclaration[BonusRow]:
    """The list for a call that grants these bonuses.

    Args:
        tickets: of the call's candidates; needed for reading.
    """
    ticket = ticket_column()

    def check(sound: Sound[BonusRow]) -> Iterator[Fault]:
        """Unknown candidates, and the same bonus of one candidate twice."""
        first: dict[tuple[str, str], int] = {}
        for number, row in sound:
            if row.ticket not in tickets:
                yield Fault(number, TICKET, Wrong(f"没有准考证号{quote(row.ticket)}", "请核对号码"))
            earlier = first.setdefault((row.ticket, row.name), number)
            if earlier != number:
                yield Fault(number, "name", Wrong(f"与第 {earlier} 行重复", "同一项目每人只填一行"))

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
        check=check,
    )
