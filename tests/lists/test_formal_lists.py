"""Every list that leaves the house prints on A4 as an office posts it, whoever declared it."""

import io
import re
import unicodedata
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from openpyxl.cell.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy.orm import Session

from recruitment.lists.writing import xlsx_bytes
from recruitment.wording import official
from tests.lists import formal

CREATED = datetime(2026, 11, 22, 8, tzinfo=UTC)
TITLE = "四川省2026年面向优秀村（社区）干部定向考录乡镇（街道）机关公务员"
# What a machine must not take for a number: it would lose noughts, or digits after the fifteenth.
NAMES_OF_NUMBERS = re.compile("身份证|电话|准考证|回执|流水|代码")
# Printed smaller than this a list is there, but nobody reads it.
LEAST_POINTS = 5.5
# A column of so many characters is so wide (7 pixels of 1/96 inch each), and A4 has so much room between the margins.
_CHARACTER, _ACROSS, _UPRIGHT = 7 / 96 * 25.4, 297 - 2 * 0.4 * 25.4, 210 - 2 * 0.4 * 25.4


@pytest.fixture
def lists(session: Session) -> dict[str, Worksheet]:
    made: dict[str, Worksheet] = {}
    with official():
        for name, item in formal.everything().items():
            title = TITLE + item.declaration.name
            data, _ = xlsx_bytes(item.declaration, item.rows, created=CREATED, title=title)
            sheet = openpyxl.load_workbook(io.BytesIO(data)).active
            assert isinstance(sheet, Worksheet)
            made[name] = sheet
    return made


# Lists that are walked, held against what is known when a file is read.
HELD = {
    "recruitment.bars.imports._table",
    "recruitment.calendar.imports._table",
    "recruitment.calls.table.table_of",
    "recruitment.fees.imports._table",
    "recruitment.medical.results_list.results_for",
    "recruitment.selection.imports._bonus_sheet",
    "recruitment.selection.interview.operations.sheet_of",
    "recruitment.selection.marks.operations.sheet_of",
}


def test_no_list_is_left_out(session: Session) -> None:
    lists, makers = formal.declared()
    assert len(lists) >= 13
    walked = {
        (item.declaration.name, tuple(column.key for column in item.declaration.columns))
        for item in formal.everything().values()
    }
    for where, declaration in lists.items():
        assert (declaration.name, tuple(column.key for column in declaration.columns)) in walked, where
    assert set(makers) - HELD == {
        "recruitment.bars.table.table",
        "recruitment.selection.interview.sheet.interview_sheet",
        "recruitment.selection.marks.bonus.bonus_sheet",
        "recruitment.selection.marks.sheet.written_sheet",
    }


def test_each_prints_on_a4_one_page_wide_with_its_header_and_numbers_on_each_page(
    lists: dict[str, Worksheet],
) -> None:
    for name, sheet in lists.items():
        assert sheet.page_setup.paperSize == 9, name
        assert sheet.sheet_properties.pageSetUpPr is not None
        assert sheet.sheet_properties.pageSetUpPr.fitToPage, name
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0), name
        assert sheet.print_title_rows == "$2:$2", name
        assert sheet.oddFooter is not None
        assert sheet.oddFooter.center is not None
        assert sheet.oddFooter.center.text == "第 &P 页 共 &N 页", name
        last = f"${get_column_letter(sheet.max_column)}${sheet.max_row}"
        assert sheet.print_area == f"'{sheet.title}'!$A$1:{last}", name
        assert sheet["A1"].value == TITLE + sheet.title, name
        assert sheet.max_row >= 3, name


def test_each_is_legible_and_upright_only_where_it_has_room(lists: dict[str, Worksheet]) -> None:
    for name, sheet in lists.items():
        whole = sum(widths(sheet)) * _CHARACTER
        across = sheet.page_setup.orientation == "landscape"
        assert across == (whole > _UPRIGHT), name
        assert 10 * min(1, (_ACROSS if across else _UPRIGHT) / whole) >= LEAST_POINTS, (name, whole)


def test_nothing_is_cut(lists: dict[str, Worksheet]) -> None:
    """A number or a day too wide for its column is shown as ####; a heading wants the height of its lines."""
    for name, sheet in lists.items():
        across = widths(sheet)
        for row in sheet.iter_rows(min_row=3):
            for cell, width in zip(row, across, strict=True):
                if cell.data_type in ("n", "d") and cell.value is not None:
                    assert width >= len(shown(cell)) + 1, (name, cell.coordinate, cell.value)
            texts = [lines(shown(cell), width) for cell, width in zip(row, across, strict=True)]
            assert height(sheet, row[0].row or 0) >= 10 * 1.2 * max(texts), (name, row[0].row)
        assert height(sheet, 1) >= 16 * 1.2 * lines(str(sheet["A1"].value), sum(across) * 10 / 16), name
        for cell, width in zip(sheet[2], across, strict=True):
            assert height(sheet, 2) >= 10 * 1.2 * lines(str(cell.value), width), (name, cell.value)


def test_no_number_that_is_a_name_is_a_number(lists: dict[str, Worksheet]) -> None:
    seen = 0
    for name, sheet in lists.items():
        for column in sheet.iter_cols(min_row=2):
            title = str(column[0].value)
            if not NAMES_OF_NUMBERS.search(title):
                continue
            for cell in column[1:]:
                assert cell.number_format == "@", (name, title)
                assert cell.value is None or cell.data_type == "s", (name, title, cell.value)
                seen += 1
    assert seen > 20


def widths(sheet: Worksheet) -> list[float]:
    known: dict[int, float] = {}
    for dimension in sheet.column_dimensions.values():
        # Neighbours of one width stand together.
        for index in range(dimension.min or 1, (dimension.max or 0) + 1):
            known[index] = dimension.width
    return [known[index] for index in range(1, sheet.max_column + 1)]


def height(sheet: Worksheet, row: int) -> float:
    return float(sheet.row_dimensions[row].height or 15)


def shown(cell: Cell | Any) -> str:
    return f"{cell.value:%Y-%m-%d}" if cell.is_date else str(cell.value or "")


def lines(text: str, width: float) -> int:
    """How many lines a text fills when each character goes where there is room."""
    count, used = 1, 0.0
    for character in text:
        wide = 2 if unicodedata.east_asian_width(character) in "WF" else 1
        if used + wide > width:
            count, used = count + 1, 0.0
        used += wide
    return count
