"""From the bytes of a file to worksheets of text, without loss."""

import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recruitment.lists.apostrophe import bare
from recruitment.lists.files import FileRefused, Kind, Limits, check

# A header is looked for this far down; above it stand titles and notes.
HEADER_WITHIN = 20
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# What a spreadsheet makes of a long number when it saves it as .csv.
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+[0-9]{1,3}")


@dataclass(slots=True)
class Worksheet:
    """A worksheet as text; ``top`` and ``left`` count from 0, as do the places in the sets.

    Attributes:
        hidden: nobody sees it, so it is not read.
        lossy: cells with a number of which digits are lost.
        formulas: cells with a formula or an error value.
    """

    name: str
    rows: list[list[str]]
    top: int = 0
    left: int = 0
    merged: list[tuple[tuple[int, int], tuple[int, int]]] = field(default_factory=list)
    lossy: set[tuple[int, int]] = field(default_factory=set)
    formulas: set[tuple[int, int]] = field(default_factory=set)
    hidden: bool = False


def worksheets(data: bytes, limits: Limits) -> list[Worksheet]:
    """The worksheets of an .xlsx, or the one table of a .csv, told apart by content.

    Raises:
        FileRefused: the file as a whole cannot be used.
    """
    return _xlsx(data, limits) if check(data, limits) is Kind.XLSX else [_csv(data, limits)]


def _xlsx(data: bytes, limits: Limits) -> list[Worksheet]:
    arguments = [
        str(n) for n in (limits.memory_bytes, limits.seconds, limits.rows + HEADER_WITHIN, limits.columns)
    ]
    script = str(Path(__file__).with_name("worksheet_process.py"))
    try:
        done = subprocess.run(
            [sys.executable, "-I", script, *arguments],
            input=data,
            capture_output=True,
            timeout=2 * limits.seconds,
            check=True,
        )
        found: list[dict[str, Any]] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError) as error:
        raise FileRefused(
            "文件不能读取：可能已损坏，或者在很远的行、列还有内容。请把需要的内容复制到新的表格中再上传。"
        ) from error
    sheets = []
    for one in found:
        if one.get("hidden"):
            sheets.append(Worksheet(one["name"], [], hidden=True))
            continue
        if size := one.get("too_large"):
            raise FileRefused(
                f"工作表“{one['name']}”有 {size[0]} 行 {size[1]} 列，最多 {limits.rows} 行 {limits.columns} 列。"
                "请删去多余的行和列，没有内容的也要删。"
            )
        lossy, formulas = ({(row, column) for row, column in one[key]} for key in ("lossy", "formulas"))
        merged = [((a, b), (c, d)) for (a, b), (c, d) in one["merged"]]
        sheet = Worksheet(one["name"], one["rows"], one["top"], one["left"], merged, lossy, formulas)
        _check_merged(sheet)
        sheets.append(sheet)
    return sheets


def _check_merged(sheet: Worksheet) -> None:
    """Merged ranges cannot overlap; a file that says so would only keep this process busy."""
    bottom_row = sheet.top + len(sheet.rows) - 1
    right_column = sheet.left + max(map(len, sheet.rows), default=0) - 1
    covered = sum(
        max(min(bottom, bottom_row) - top + 1, 0) * max(min(right, right_column) - left + 1, 0)
        for (top, left), (bottom, right) in sheet.merged
    )
    if covered > (bottom_row + 1) * (right_column + 1):
        raise FileRefused(f"工作表“{sheet.name}”的合并单元格互相重叠，请取消合并后再上传。")


def _csv(data: bytes, limits: Limits) -> Worksheet:
    text = _decode(data)
    if CONTROL.search(text):
        raise FileRefused("这不是表格文件，只能上传 .xlsx 或 .csv 文件。")
    # Not the first line alone: it may be a title, which holds none.
    beginning = text[:10_000]
    delimiter = max(",\t;", key=beginning.count)
    sheet = Worksheet("", [])
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
            if number >= limits.rows + HEADER_WITHIN or len(cells) > limits.columns:
                raise FileRefused(f"表格最多 {limits.rows} 行 {limits.columns} 列。")
            sheet.rows.append([_plain(cell) for cell in cells])
            for column, cell in enumerate(cells):
                if _SCIENTIFIC.fullmatch(cell.strip()):
                    sheet.lossy.add((number, column))
    except csv.Error as error:
        raise FileRefused("文件不是有效的 .csv，请另存为 .xlsx 后再上传。") from error
    return sheet


def _decode(data: bytes) -> str:
    """UTF-8, or what Chinese and Western spreadsheets save instead of it."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif 0 in data[:200]:
        # Without its mark; separators and digits have their zero first or second.
        encodings = ["utf-16-be" if data[:200:2].count(0) > data[1:200:2].count(0) else "utf-16-le"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused("这不是表格文件，只能上传 .xlsx 或 .csv 文件。")


def _plain(cell: str) -> str:
    """Undo what protects digits and formulas in .csv files: ``="0123"``, ``'=1+1``."""
    if cell.startswith('="') and cell.endswith('"') and len(cell) > 2:
        return cell[2:-1]
    return bare(cell)


def filled(sheet: Worksheet, rows: Sequence[Sequence[str]], *, across: bool) -> list[list[str]]:
    """Rows with the value of a merged range in each of its rows, and in each of its columns on demand."""
    filled = [list(row) for row in rows]
    for (top, left), (bottom, right) in sheet.merged:
        first, column = top - sheet.top, left - sheet.left
        if not (0 <= first < len(filled) and 0 <= column < len(filled[first])):
            continue
        value = filled[first][column]
        for row in filled[first : min(bottom - sheet.top + 1, len(filled))]:
            for index in range(column, min(right - sheet.left + 1, len(row)) if across else column + 1):
                if index < len(row) and not row[index]:
                    row[index] = value
    return filled
