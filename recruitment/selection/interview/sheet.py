"""What a sheet of interview marks looks like: every examiner's mark of every element, or 缺考."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from recruitment.lists.declaration import Column, ListDeclaration, RowWrong
from recruitment.lists.parsers import Wrong
from recruitment.selection.interview.scoring import Element
from recruitment.selection.marks.sheet import TICKET, Row, mark_cell, ticket_column

ABSENT = "缺考"


def key(element: int, examiner: int) -> str:
    """The column of an examiner's mark of an element, both counted from 1."""
    return f"e{element}_{examiner}"


def interview_sheet(elements: Sequence[Element], examiners: int) -> ListDeclaration[Row]:
    """The sheet of a plan: the ticket number, then each element's marks by examiner."""
    keys = [key(e, x) for e in range(1, len(elements) + 1) for x in range(1, examiners + 1)]

    def whole(values: Mapping[str, Any]) -> None:
        cells = {name: values[name] for name in keys}
        absent = [name for name in keys if cells[name] == ABSENT]
        empty = [name for name in keys if not cells[name]]
        if absent and len(absent) + len(empty) < len(keys):
            raise RowWrong([(absent[0], Wrong("既有“缺考”又有分数", "缺考的整行只填一个“缺考”"))])
        if empty and not absent:
            raise RowWrong([(name, Wrong("没有填写", "每名考官的每个要素都要有分数")) for name in empty])

    def build(values: Mapping[str, Any]) -> Row:
        cells = {name: values[name] for name in keys}
        absent = ABSENT in cells.values()
        return Row(values[TICKET], dict.fromkeys(keys, ABSENT) if absent else cells)

    def cell(name: str) -> Callable[[Row], str]:
        return lambda row: row.cells.get(name, "")

    return ListDeclaration(
        name="面试评分",
        columns=(
            ticket_column(),
            *(
                Column(
                    key(number, examiner),
                    f"{element.name}·考官{examiner}",
                    mark_cell(element.full_mark, (ABSENT,)),
                    required=False,
                    get=cell(key(number, examiner)),
                    width=6,
                )
                for number, element in enumerate(elements, 1)
                for examiner in range(1, examiners + 1)
            ),
        ),
        build=build,
        rules=(whole,),
    )


def to_sheet(
    cells: Mapping[str, str], elements: Sequence[Element], examiners: int
) -> dict[str, list[Decimal]] | None:
    """The marks by element of a candidate's cells; ``None`` for who was absent."""
    if ABSENT in cells.values():
        return None
    return {
        element.name: [Decimal(cells[key(number, examiner)]) for examiner in range(1, examiners + 1)]
        for number, element in enumerate(elements, 1)
    }
