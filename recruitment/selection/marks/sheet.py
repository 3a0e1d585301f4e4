"""What a sheet of written marks looks like, and what is wrong with one in view of the call's candidates."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from recruitment.lists.declaration import Column, Fault, ListDeclaration, Sound
from recruitment.lists.parsers import Wrong, loose, quote, text
from recruitment.selection.models import ABSENT, VIOLATION
from recruitment.selection.numbers import plain
from recruitment.selection.scheme import Scheme

MOST_PLACES = 4
WORDS = {"缺考": ABSENT, "违纪": VIOLATION}
NOTE_WORDS = {note: word for word, note in WORDS.items()}
# What sheets call the subjects besides the name in the scheme.
SYNONYMS = {
    "xingce": ("行测", "行政职业能力测验", "行测成绩", "行政职业能力测验成绩"),
    "shenlun": ("申论", "申论成绩"),
    "public_basics": ("公共基础知识", "公共基础知识成绩", "公基"),
}
TICKET = "ticket"


class Row(NamedTuple):
    """A candidate's line: the ticket number and the cells by subject, in canonical form."""

    ticket: str
    cells: dict[str, str]


def ticket_column() -> Column:
    """The column that says who a line is about."""
    return Column(TICKET, "准考证号", text(30), ("准考证号码", "准考证编号", "准考号"), unique=True, width=18)


def mark_cell(full_mark: Decimal, words: Iterable[str]) -> Callable[[str], str]:
    """Reads a mark or one of the words; gives it as :func:`recruitment.selection.numbers.plain` or as the word."""
    known = tuple(words)
    shown = plain(full_mark)
    said = f"应为 0 到 {shown} 的数，最多 {MOST_PLACES} 位小数" + "".join(f"，或者“{word}”" for word in known)
    number = re.compile(rf"[0-9]{{1,6}}(?:\.[0-9]{{1,{MOST_PLACES}}})?", re.ASCII)

    def parse(value: str) -> str:
        found = loose(value)
        if found in known:
            return found
        if not number.fullmatch(found):
            raise Wrong(f"{quote(value)}不是分数", said)
        mark = Decimal(found)
        if mark > full_mark:
            raise Wrong(f"{quote(value)}高于满分 {shown}", said)
        return plain(mark)

    return parse


def written_sheet(scheme: Scheme) -> ListDeclaration[Row]:
    """The sheet of a scheme: the ticket number and a column for each subject."""

    def build(values: Mapping[str, Any]) -> Row:
        cells = dict(values)
        return Row(cells.pop(TICKET), cells)

    def cell(code: str) -> Callable[[Row], str]:
        return lambda row: row.cells.get(code, "")

    return ListDeclaration(
        name="笔试成绩",
        columns=(
            ticket_column(),
            *(
                Column(
                    subject.code,
                    subject.name,
                    mark_cell(subject.full_mark, WORDS),
                    tuple(name for name in SYNONYMS.get(subject.code, ()) if name != subject.name),
                    get=cell(subject.code),
                    width=12,
                )
                for subject in scheme.subjects
            ),
        ),
        build=build,
    )


def to_mark(cell: str) -> tuple[Decimal | None, str]:
    """Value and note of a canonical cell. A violation makes the paper 0; who was absent has no mark."""
    note = WORDS.get(cell, "")
    if note == ABSENT:
        return None, note
    return (Decimal(0) if note else Decimal(cell)), note


def to_cell(value: Decimal | None, note: str) -> str:
    """The canonical cell of a mark."""
    return NOTE_WORDS[note] if note else plain(value or Decimal(0))


def held_against(known: Mapping[str, bool], taken: Iterable[str]) -> Callable[[Sound[Row]], Iterator[Fault]]:
    """A check of rows in view of the candidates.

    Args:
        known: ticket number → whether the candidate may have a mark now.
        taken: ticket numbers that have theirs already.
    """
    already = set(taken)

    def check(sound: Sound[Row]) -> Iterator[Fault]:
        for number, row in sound:
            if row.ticket not in known:
                yield Fault(number, TICKET, Wrong(f"没有准考证号{quote(row.ticket)}", "请核对号码"))
            elif row.ticket in already:
                yield Fault(number, TICKET, Wrong(f"{quote(row.ticket)}已有成绩", "改动请用成绩更正"))
            elif not known[row.ticket]:
                wrong = Wrong(f"{quote(row.ticket)}现在不在登记成绩的环节", "请从表中删去")
                yield Fault(number, TICKET, wrong)

    return check
