"""The hospital's results as a spreadsheet: handed out with the names, read back with the results."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, lazyload

from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.candidates.queries import within
from recruitment.database import among
from recruitment.lists import parsers
from recruitment.lists.declaration import Column, Fault, ListDeclaration, RowWrong, Sound
from recruitment.lists.parsers import Wrong
from recruitment.medical import queries
from recruitment.medical.models import Outcome
from recruitment.medical.operations import entry_reasons
from recruitment.people.models import User

OUTCOMES = {"合格": Outcome.PASS, "不合格": Outcome.FAIL, "未到": Outcome.ABSENT}
WORDS = {outcome: word for word, outcome in OUTCOMES.items()}
# Which cell a reason of :func:`recruitment.medical.operations.entry_reasons` belongs to.
CELLS = {"item": "item", "outcome": "outcome", "examined_on": "examined_on"}


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One row: whom it is about by ticket number and name, and what was found."""

    ticket_number: str
    name: str
    outcome: Outcome
    item: str
    examined_on: date


def _item_named(values: Mapping[str, Any]) -> None:
    if values["outcome"] is Outcome.FAIL and not values["item"]:
        raise RowWrong([("item", Wrong("是空的", "结果为不合格时应填不合格项目"))])


def _build(values: Mapping[str, Any]) -> ResultRow:
    return ResultRow(**values)


RESULTS: ListDeclaration[ResultRow] = ListDeclaration(
    name="体检结果",
    columns=(
        Column("ticket_number", "准考证号", parsers.text(40), ("考号",), unique=True, width=18),
        Column("name", "姓名", parsers.text(60), width=12),
        Column("outcome", "体检结果", parsers.choice(OUTCOMES), ("结果", "结论"), width=12),
        Column(
            "item", "不合格项目", parsers.text(60), ("不合格原因",), required=False, absent_ok=True, width=20
        ),
        Column("examined_on", "体检日期", parsers.day(), ("日期",), width=14),
    ),
    build=_build,
    rules=(_item_named,),
)


def _blank(_row: Any) -> str:
    return ""


# The same columns, handed out with the results still to be filled in.
BLANK: ListDeclaration[Candidate] = ListDeclaration(
    name="体检结果",
    columns=(
        replace(RESULTS.column("ticket_number"), get=lambda row: row.ticket_number or ""),
        replace(RESULTS.column("name"), get=lambda row: row.owner.name),
        *(replace(RESULTS.column(key), get=_blank) for key in ("outcome", "item", "examined_on")),
    ),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row and the candidate it is about."""

    candidate: Candidate
    row: ResultRow
    rounds: int


def entries(session: Session, call: Call, areas: Sequence[str], rows: Sequence[ResultRow]) -> list[Entry]:
    """Rows with their candidates; those whose ticket number is not known in the areas are left out."""
    known = _candidates(session, call, areas, rows)
    rounds = queries.rounds(session, [candidate.id for candidate in known.values()])
    return [
        Entry(candidate, row, rounds.get(candidate.id, 0))
        for row in rows
        if (candidate := known.get(row.ticket_number))
    ]


def results_for(
    session: Session, call: Call, areas: Sequence[str], today: date
) -> ListDeclaration[ResultRow]:
    """The results of a call, held against those who wait for one.

    Args:
        areas: those of the person who imports; candidates elsewhere count as unknown.
    """
    items = list(queries.terms(session, call.id).items)

    def check(sound: Sound[ResultRow]) -> Iterator[Fault]:
        found = {entry.row.ticket_number: entry for entry in entries(session, call, areas, sound.rows)}
        for number, row in sound:
            entry = found.get(row.ticket_number)
            if entry is None:
                yield Fault(number, "ticket_number", Wrong("体检名单里没有这个准考证号"))
            else:
                yield from _faults(number, entry, items, today)

    return replace(RESULTS, check=check)


def _candidates(
    session: Session, call: Call, areas: Sequence[str], rows: Iterable[ResultRow]
) -> dict[str, Candidate]:
    wanted = [row.ticket_number for row in rows]
    query = (
        sa.select(Candidate)
        .join(User, User.id == Candidate.owner_id)
        .options(contains_eager(Candidate.owner).options(lazyload(User.grants)))
        .where(
            Candidate.call_id == call.id,
            among(Candidate.ticket_number, wanted),
            Candidate.state.in_(queries.STATES),
            within(areas),
        )
    )
    return {str(candidate.ticket_number): candidate for candidate in session.scalars(query)}


def _faults(number: int, entry: Entry, items: list[str], today: date) -> Iterator[Fault]:
    candidate, row = entry.candidate, entry.row
    if parsers.loose(candidate.owner.name) != parsers.loose(row.name):
        yield Fault(number, "name", Wrong(f"“{row.name}”与准考证号不是同一人"))
    for reason in entry_reasons(
        candidate.state, entry.rounds, row.outcome, row.item or None, row.examined_on, items, today
    ):
        expected = f"应为其一：{'、'.join(items)}" if reason.code == "item" and row.item else ""
        yield Fault(
            number, CELLS.get(reason.code, "ticket_number"), Wrong(reason.words.rstrip("。"), expected)
        )
