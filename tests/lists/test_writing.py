"""Written lists: text stays text, nothing runs, and an office can post what comes out of the printer."""

import hashlib
import io
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from recruitment.lists.declaration import Column, ListDeclaration
from recruitment.lists.writing import write_csv, write_xlsx, xlsx_bytes

CREATED = datetime(2026, 11, 22, 8, tzinfo=UTC)


@dataclass
class Row:
    name: Any = "何平"
    id_number: str = "510722198001010012"
    count: Any = 3


LIST: ListDeclaration[Any] = ListDeclaration(
    "公示名单", (Column("name", "姓名"), Column("id_number", "身份证号"), Column("count", "数"))
)
HOSTILE = ["=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "http://example.com", "{=1}", "'x"]


def opened(data: bytes) -> Worksheet:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert isinstance(sheet, Worksheet)
    return sheet


def test_columns_in_their_order_under_the_title() -> None:
    data, written = xlsx_bytes(LIST, [Row(), Row("甲", "1", 4)], created=CREATED, title="某某公示")
    sheet = opened(data)
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [
        ["某某公示", None, None],
        ["姓名", "身份证号", "数"],
        ["何平", "510722198001010012", 3],
        ["甲", "1", 4],
    ]
    assert [str(area) for area in sheet.merged_cells.ranges] == ["A1:C1"]
    assert written.rows == 2
    assert written.sha256 == hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("value", HOSTILE)
def test_no_string_becomes_a_formula_a_link_or_a_number(value: str) -> None:
    data, _ = xlsx_bytes(LIST, [Row(value)], created=CREATED, title=value)
    sheet = opened(data)
    for cell in (sheet["A1"], sheet["A3"]):
        assert cell.data_type == "s"
        assert cell.hyperlink is None
        assert str(cell.value).replace("_x0009_", "\t") == value
    assert sheet["B3"].data_type == "s"
    assert sheet["B3"].number_format == "@"


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1"])
def test_no_csv_cell_begins_like_a_formula(value: str) -> None:
    out = io.BytesIO()
    written = write_csv(LIST, [Row(value, "1", -3)], out)
    data = out.getvalue()
    assert data.startswith(b"\xef\xbb\xbf")
    lines = data.decode("utf-8-sig")
    assert f"'{value}" in lines
    assert lines.strip().endswith(",1,-3")
    assert written.sha256 == hashlib.sha256(data).hexdigest()


def test_numbers_and_days_are_numbers_and_days_as_long_as_that_loses_nothing() -> None:
    values = [Decimal("45.325"), Decimal("1234567890.1234567"), 10**15, date(2026, 11, 22), None, True]
    data, _ = xlsx_bytes(LIST, [Row(count=value) for value in values], created=CREATED)
    cells = [cell.value for cell in opened(data)["C"]][2:]
    moment = datetime(2026, 11, 22)  # noqa: DTZ001
    assert cells == [45.325, "1234567890.1234567", "1000000000000000", moment, None, "是"]


@pytest.mark.parametrize(("width", "orientation"), [(40, "portrait"), (None, "portrait"), (90, "landscape")])
def test_prints_on_a4_with_the_header_on_each_page(width: float | None, orientation: str) -> None:
    declaration = replace(LIST, columns=(replace(LIST.columns[0], width=width), *LIST.columns[1:]))
    sheet = opened(xlsx_bytes(declaration, [Row()], created=CREATED, title="某某公示")[0])
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == (orientation, 9)
    assert sheet.print_title_rows == "$2:$2"
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.freeze_panes == "A3"
    # Eighteen digits and two margins.
    assert sheet.column_dimensions["B"].width == pytest.approx(20, abs=1)


def test_a_list_without_a_title_stands_under_its_name() -> None:
    assert opened(xlsx_bytes(LIST, [Row()], created=CREATED)[0])["A1"].value == "公示名单"


def test_a_number_far_down_finds_room() -> None:
    rows = [Row(count=number) for number in (*range(300), 123_456_789_012)]
    sheet = opened(xlsx_bytes(LIST, rows, created=CREATED)[0])
    assert sheet.column_dimensions["C"].width >= 13


def test_the_same_rows_give_the_same_bytes() -> None:
    first, second = (xlsx_bytes(LIST, [Row()], created=CREATED)[0] for _ in range(2))
    assert first == second


def test_text_that_no_cell_holds_is_not_cut_in_silence() -> None:
    target = io.BytesIO()
    with pytest.raises(ValueError, match="32767"):
        write_xlsx(LIST, [Row(), Row("字" * 40_000)], target, created=CREATED)
    assert target.getvalue() == b""


def test_memory_does_not_grow_with_the_rows(tmp_path: Any) -> None:
    def peak(how_many: int) -> int:
        def rows() -> Iterator[Row]:
            for number in range(how_many):
                yield Row(f"何平{number}", f"{number:018}")

        tracemalloc.start()
        with (tmp_path / f"{how_many}.xlsx").open("w+b") as target:
            assert write_xlsx(LIST, rows(), target, created=CREATED).rows == how_many
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(10)
    assert peak(3_000) < 1.5 * peak(500)
