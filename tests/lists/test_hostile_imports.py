"""What offices really upload, through the pages of an import: read as meant, or refused in one clear sentence."""

import io
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from recruitment.lists import uploads
from tests.client import Client, heading
from tests.lists.conftest import send
from tests.pages import rows_of, text_of

Cells = list[str | int]
HEADER: Cells = ["书名", "页数", "书号"]
ROWS: list[Cells] = [["诗经", 300, "510722198001010012"], ["楚辞", 200, "510722198001010020"]]
TEXT = "\r\n".join(",".join(str(cell) for cell in row) for row in [HEADER, *ROWS]) + "\r\n"


def book(change: Callable[[Worksheet], object] = lambda sheet: None, header: Cells = HEADER) -> bytes:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in [header, *ROWS]:
        sheet.append(row)
    change(sheet)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def with_part(name: str, content: bytes) -> bytes:
    """A workbook of which one part is something else."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book())) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            new.writestr(entry, content if entry == name else old.read(entry))
    return out.getvalue()


def blank_rows(sheet: Worksheet) -> None:
    for number in range(4, 50_004):
        sheet.cell(number, 1).value = " "


def after_a_gap(sheet: Worksheet) -> None:
    sheet.insert_rows(3, 5)


def second_header(sheet: Worksheet) -> None:
    sheet.insert_rows(1, 2)
    sheet["A1"] = "某馆书目"
    sheet.merge_cells("A1:C1")


def hide_another(sheet: Worksheet) -> None:
    assert sheet.parent is not None
    other = sheet.parent.create_sheet("旧表", 0)
    for row in [HEADER, *ROWS]:
        other.append(row)
    other.sheet_state = "hidden"


def merged(sheet: Worksheet) -> None:
    sheet.merge_cells("B2:B3")


WELL: dict[str, bytes] = {
    "utf-8": TEXT.encode(),
    "utf-8 with its mark": TEXT.encode("utf-8-sig"),
    "gbk": TEXT.encode("gbk"),
    "utf-16": TEXT.encode("utf-16"),
    "utf-16 without its mark": TEXT.encode("utf-16-le"),
    "semicolons below a title": ("某馆书目\r\n" + TEXT.replace(",", ";")).encode(),
    "tabs": TEXT.replace(",", "\t").encode("utf-16"),
    "blank lines at the end": (TEXT + ",,\r\n" * 50_000).encode(),
    "plain workbook": book(),
    "headers with spaces and line breaks": book(header=[" 书 名", "页\n数", "书号（必填）"]),
    "title above the header": book(second_header),
    "rows after blank rows": book(after_a_gap),
    "50,000 blank rows": book(blank_rows),
    "a hidden sheet besides": book(hide_another),
    "merged cells": book(merged),
}


def test_files_as_offices_save_them_are_read(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    # Blank rows weigh something, too.
    monkeypatch.setattr(uploads, "SMALL_BYTES", 2**20)
    monkeypatch.setattr(uploads, "SMALL_UNPACKED", 2**26)
    for name, content in WELL.items():
        page = send(browser, content, "书目.csv" if not content.startswith(b"PK") else "书目.xlsx")
        assert heading(page) == "试读结果", name
        assert "没有发现错误" in text_of(page), f"{name}: {text_of(page)}"
        assert [row[0] for row in rows_of(page)] == ["诗经", "楚辞"], name


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    f'<!ENTITY {name} "{f"&{inner};" * 10}">'.encode()
    for inner, name in zip("abcdefghi", "bcdefghij", strict=True)
)


def doubled_header(sheet: Worksheet) -> None:
    sheet["D1"] = "书名"


def number_as_a_float(sheet: Worksheet) -> None:
    sheet["C3"] = 510722198001010020


def formula(sheet: Worksheet) -> None:
    sheet["B3"] = "=100+100"


def only_hidden(sheet: Worksheet) -> None:
    assert sheet.parent is not None
    sheet.sheet_state = "hidden"
    sheet.parent.create_sheet("说明").append(["请按要求填写"])


def wrong_sheet(sheet: Worksheet) -> None:
    sheet.delete_rows(1, 9)
    sheet.append(["姓名", "单位"])


# Row, column and what is said.
ILL: dict[str, tuple[bytes, list[str]]] = {
    "zip bomb": (with_part("xl/worksheets/sheet1.xml", b" " * 40 * 2**20), ["整个表", "—", "文件解压后太大"]),
    "xml bomb": (
        with_part("xl/worksheets/sheet1.xml", ENTITIES + b"]><worksheet>&j;</worksheet>"),
        ["整个表", "—", ""],
    ),
    "old workbook under a new name": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
        ["整个表", "—", "旧版 .xls"],
    ),
    "nothing but space": (b" \r\n", ["整个表", "—", "文件是空的"]),
    "header alone": (TEXT.splitlines()[0].encode(), ["整个表", "—", "表头下面没有数据"]),
    "other list": (book(wrong_sheet), ["整个表", "—", "没有找到书目的表头"]),
    "hidden list": (book(only_hidden), ["整个表", "—", "隐藏的工作表“Sheet”没有读取"]),
    "doubled header": (book(doubled_header), ["第1行", "—", "列“书名”出现了不止一次"]),
    "18 digits as a number": (book(number_as_a_float), ["第3行", "书号 C3", "末尾几位已经丢失"]),
    "18 digits in a .csv": (
        TEXT.replace("510722198001010020", "5.10722E+17").encode(),
        ["第3行", "书号 C3", "末尾几位已经丢失"],
    ),
    "formula": (book(formula), ["第3行", "页数 B3", "是公式或者出错的公式"]),
    "a picture": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, ["整个表", "—", "这不是表格文件"]),
}


def test_files_that_cannot_be_read_say_why_and_where(browser: Client) -> None:
    for name, (content, said) in ILL.items():
        page = send(browser, content, "书目.xlsx")
        found = rows_of(page)
        assert len(found) == 1, f"{name}: {text_of(page)}"
        assert found[0][:2] == said[:2], name
        assert said[2] in found[0][2], f"{name}: {found[0][2]}"
        assert "确认导入" not in text_of(page), name
