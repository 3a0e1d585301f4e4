"""Writing a list as .xlsx to be posted, or as .csv to be read by machines.

A string is written as a string whatever it looks like: no value becomes a formula, a link or a number,
so an ID number keeps its 18 digits and a name like ``=1+1`` stays a name. Memory does not grow with the
number of rows, and the same rows give the same bytes.
"""

import csv
import hashlib
import io
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import Any, BinaryIO, TypeVar

import xlsxwriter

from recruitment.lists.declaration import Column, ListDeclaration

RowT = TypeVar("RowT")
MOST_ROWS = 1_048_576
MOST_CHARACTERS = 32_767
_SAMPLE = 200
_WIDEST, _NARROWEST = 48.0, 6.0
_A4 = 9
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_MOST_EXACT_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Written:
    """What was written: rows of data without title and header, and the SHA-256 of the file in hex."""

    rows: int
    sha256: str


def write_xlsx(
    declaration: ListDeclaration[RowT],
    rows: Iterable[RowT],
    target: BinaryIO,
    *,
    created: datetime,
    title: str = "",
) -> Written:
    """Write a list as .xlsx, laid out for printing on A4 across.

    Args:
        rows: read once, in their order.
        target: opened for reading and writing, at its start.
        created: time of creation that the file names.
        title: a line above the header, over the whole width.
    """
    # Strings are written by write_string alone; the options guard against a change of that.
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    try:
        with xlsxwriter.Workbook(target, options) as book:
            book.set_properties({"title": title or declaration.name, "created": created.replace(tzinfo=None)})
            count = _Writer(book, declaration, title).write(rows)
    except BaseException:
        # Closing has completed the file as far as it came; half a list is not to be taken for a list.
        target.seek(0)
        target.truncate()
        raise
    target.seek(0)
    digest = hashlib.sha256()
    while block := target.read(2**20):
        digest.update(block)
    target.seek(0)
    return Written(count, digest.hexdigest())


def xlsx_bytes(
    declaration: ListDeclaration[RowT], rows: Iterable[RowT], *, created: datetime, title: str = ""
) -> tuple[bytes, Written]:
    """The same for lists that fit into memory."""
    target = io.BytesIO()
    written = write_xlsx(declaration, rows, target, created=created, title=title)
    return target.getvalue(), written


def write_csv(declaration: ListDeclaration[RowT], rows: Iterable[RowT], target: BinaryIO) -> Written:
    """Write a list as .csv in UTF-8 with a mark, so that spreadsheets read the Chinese.

    A value that a spreadsheet would take for a formula gets an apostrophe before it, which
    :func:`recruitment.lists.reading.read_list` takes away again.
    """
    digest = hashlib.sha256()
    count = -1
    for line in _csv_lines(declaration, rows):
        digest.update(line)
        target.write(line)
        count += 1
    return Written(count, digest.hexdigest())


def _csv_lines(declaration: ListDeclaration[RowT], rows: Iterable[RowT]) -> Iterator[bytes]:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    lines = chain(
        [[column.title for column in declaration.columns]],
        ([_csv_text(column.value(row)) for column in declaration.columns] for row in rows),
    )
    mark = "\ufeff"
    for line in lines:
        writer.writerow(line)
        yield (mark + buffer.getvalue()).encode()
        mark = ""
        buffer.seek(0)
        buffer.truncate()


def _csv_text(value: Any) -> str:
    if isinstance(value, str):
        return "'" + value if value.startswith(_FORMULA_STARTS) else value
    return _text(value)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return str(value)


class _Writer:
    def __init__(self, book: Any, declaration: ListDeclaration[Any], title: str) -> None:
        self.columns = declaration.columns
        self.title = title
        self.sheet = book.add_worksheet(declaration.name[:31])
        look = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "text_wrap": True, "border": 1}
        self.cell = book.add_format({**look, "num_format": "@"})
        self.number = book.add_format({**look, "align": "center"})
        self.day = book.add_format({**look, "align": "center", "num_format": "yyyy-mm-dd"})
        self.head = book.add_format({**look, "bold": True, "align": "center", "bg_color": "#EDEDED"})
        self.heading = book.add_format(
            {"font_name": "黑体", "font_size": 16, "align": "center", "valign": "vcenter", "text_wrap": True}
        )

    def write(self, rows: Iterable[Any]) -> int:
        values = ([column.value(row) for column in self.columns] for row in rows)
        sample = list(islice(values, _SAMPLE))
        self._layout(sample)
        line = 0
        if self.title:
            self.sheet.set_row(line, 30)
            last = len(self.columns) - 1
            if last:
                self.sheet.merge_range(line, 0, line, last, "", self.heading)
            self.sheet.write_string(line, 0, self.title, self.heading)
            line += 1
        self.sheet.set_row(line, 28)
        for index, column in enumerate(self.columns):
            self.sheet.write_string(line, index, column.title, self.head)
        self.sheet.repeat_rows(line)
        self.sheet.freeze_panes(line + 1, 0)
        first = line + 1
        for line, cells in enumerate(chain(sample, values), first):
            if line >= MOST_ROWS:
                raise ValueError(f"a worksheet holds at most {MOST_ROWS} rows")
            for index, value in enumerate(cells):
                self._cell(line, index, value)
        return line + 1 - first

    def _cell(self, line: int, index: int, value: Any) -> None:
        if value is None or value == "":
            self.sheet.write_blank(line, index, None, self.cell)
        elif isinstance(value, (int, Decimal)) and not isinstance(value, bool) and _exact(value):
            self.sheet.write_number(line, index, value, self.number)
        elif isinstance(value, date) and not isinstance(value, datetime):
            self.sheet.write_datetime(line, index, datetime.combine(value, datetime.min.time()), self.day)
        else:
            text = _text(value)
            if len(text) > MOST_CHARACTERS:
                raise ValueError(f"a cell holds at most {MOST_CHARACTERS} characters")
            self.sheet.write_string(line, index, text, self.cell)

    def _layout(self, sample: list[list[Any]]) -> None:
        for index, column in enumerate(self.columns):
            texts = [_text(cells[index]) for cells in sample]
            self.sheet.set_column(index, index, _width(column, texts))
        self.sheet.set_landscape()
        self.sheet.set_paper(_A4)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.center_horizontally()
        self.sheet.set_footer("&C第 &P 页，共 &N 页")


def _exact(value: int | Decimal) -> bool:
    """Whether a spreadsheet's number, which keeps 15 digits, is the same value."""
    digits = str(value) if isinstance(value, int) else "".join(map(str, value.as_tuple().digits))
    return len(digits.strip("-").strip("0")) <= _MOST_EXACT_DIGITS and abs(value) < 10**_MOST_EXACT_DIGITS


def _width(column: Column, texts: Iterable[str]) -> float:
    """Wide enough for the header in two lines and for what the first rows hold."""
    if column.width is not None:
        return column.width
    widest = max(map(_display_width, texts), default=0.0)
    return min(max(widest + 2, _display_width(column.title) / 2 + 2, _NARROWEST), _WIDEST)


def _display_width(text: str) -> float:
    """Characters of Latin text; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1.0 for character in text)
