"""Writing a list as .xlsx to be posted, or as .csv to be read by machines.

A string is written as a string whatever it looks like: no value becomes a formula, a link or a number,
so an ID number keeps its 18 digits and a name like ``=1+1`` stays a name. Memory does not grow with the
number of rows, and the same rows give the same bytes.
"""

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import Any, BinaryIO, TypeVar

import xlsxwriter

from recruitment.lists.apostrophe import guard
from recruitment.lists.declaration import Column, ListDeclaration

RowT = TypeVar("RowT")
MOST_ROWS = 1_048_576
MOST_CHARACTERS = 32_767
_SAMPLE = 200
_WIDEST, _NARROWEST = 48.0, 6.0
_A4 = 9
# What an upright page takes at full size, in characters of Latin text; wider lists go across.
_UPRIGHT = 96.0
_HEADING_SIZE, _SIZE = 16, 10
# Points of one line of the heading and of a cell, and of the room around them.
_HEADING_LINE, _LINE, _AROUND = 24.0, 14.0, 4.0
_DAY_WIDTH = 12.0
# No spreadsheet has higher rows.
_HIGHEST = 409.0
_MOST_EXACT_DIGITS = 15
# A run of Latin letters and figures with what follows it, or one other character.
_WORDS = re.compile(r"[!-~]+ ?|.")


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
    """Write a list as .xlsx, laid out for printing on A4: upright where its columns have room there, else across.

    Args:
        rows: read once, in their order.
        target: opened for reading and writing, at its start.
        created: time of creation that the file names.
        title: the heading above the header, over the whole width; default: the list's name.
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
            heading = title or declaration.name
            book.set_properties({"title": heading, "created": created.replace(tzinfo=None)})
            count = _Writer(book, declaration, heading).write(rows)
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
        return guard(value)
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
    def __init__(self, book: Any, declaration: ListDeclaration[Any], heading: str) -> None:
        self.columns = declaration.columns
        self.row_height = declaration.row_height
        self.heading_text = heading
        self.sheet = book.add_worksheet(declaration.name[:31])
        look = {"font_name": "宋体", "font_size": _SIZE, "valign": "vcenter", "text_wrap": True, "border": 1}
        self.cell = book.add_format({**look, "num_format": "@"})
        self.number = book.add_format({**look, "align": "center"})
        self.day = book.add_format({**look, "align": "center", "num_format": "yyyy-mm-dd"})
        self.head = book.add_format({**look, "bold": True, "align": "center", "bg_color": "#EDEDED"})
        self.heading = book.add_format(
            {
                "font_name": "黑体",
                "font_size": _HEADING_SIZE,
                "align": "center",
                "valign": "vcenter",
                "text_wrap": True,
            }
        )
        self.widths: list[float] = []

    def write(self, rows: Iterable[Any]) -> int:
        values = ([column.value(row) for column in self.columns] for row in rows)
        sample = list(islice(values, _SAMPLE))
        self.widths = [
            _width(column, (_text(cells[index]) for cells in sample))
            for index, column in enumerate(self.columns)
        ]
        self._header()
        line = 1
        for line, cells in enumerate(chain(sample, values), 2):
            if line >= MOST_ROWS:
                raise ValueError(f"a worksheet holds at most {MOST_ROWS} rows")
            # LibreOffice leaves a row that names no height as low as one line, whatever is in it.
            self.sheet.set_row(line, self._height(cells))
            # The library would remember every row; the last but one stands in the file already.
            for known in (self.sheet.row_info, self.sheet.row_sizes):
                known.pop(line - 2, None)
            for index, value in enumerate(cells):
                self._cell(line, index, value)
        self._page(line)
        return line - 1

    def _header(self) -> None:
        """The heading in the first row and the header in the second, each as high as its lines."""
        last = len(self.columns) - 1
        whole = sum(self.widths) * _SIZE / _HEADING_SIZE
        self.sheet.set_row(0, _HEADING_LINE * _lines(self.heading_text, whole) + _AROUND)
        if last:
            self.sheet.merge_range(0, 0, 0, last, "", self.heading)
        self.sheet.write_string(0, 0, self.heading_text, self.heading)
        titles = zip((column.title for column in self.columns), self.widths, strict=True)
        most = max(_lines(title, width) for title, width in titles)
        self.sheet.set_row(1, _LINE * max(most, 2) + _AROUND)
        for index, column in enumerate(self.columns):
            self.sheet.write_string(1, index, column.title, self.head)
        self.sheet.repeat_rows(1)
        self.sheet.freeze_panes(2, 0)

    def _cell(self, line: int, index: int, value: Any) -> None:
        if value is None or value == "":
            self.sheet.write_blank(line, index, None, self.cell)
        elif isinstance(value, (int, Decimal)) and not isinstance(value, bool) and _exact(value):
            self._make_room(index, len(_text(value)) + 2)
            self.sheet.write_number(line, index, value, self.number)
        elif isinstance(value, date) and not isinstance(value, datetime):
            self._make_room(index, _DAY_WIDTH)
            self.sheet.write_datetime(line, index, datetime.combine(value, datetime.min.time()), self.day)
        else:
            text = _text(value)
            if len(text) > MOST_CHARACTERS:
                raise ValueError(f"a cell holds at most {MOST_CHARACTERS} characters")
            self.sheet.write_string(line, index, text, self.cell)

    def _height(self, cells: list[Any]) -> float:
        texts = zip(map(_text, cells), self.widths, strict=True)
        height = _LINE * max(_lines(text, width) for text, width in texts) + _AROUND
        return min(max(height, self.row_height or 0), _HIGHEST)

    def _make_room(self, index: int, width: float) -> None:
        """Text goes on in the next line; a number or a day that has no room would be shown as ####."""
        if self.widths[index] < width:
            self.widths[index] = width

    def _page(self, last: int) -> None:
        for index, width in enumerate(self.widths):
            self.sheet.set_column(index, index, width)
        if sum(self.widths) > _UPRIGHT:
            self.sheet.set_landscape()
        self.sheet.set_paper(_A4)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.center_horizontally()
        self.sheet.set_footer("&C第 &P 页 共 &N 页")
        self.sheet.print_area(0, 0, last, len(self.columns) - 1)


def _exact(value: int | Decimal) -> bool:
    """Whether a spreadsheet's number, which keeps 15 digits, is the same value."""
    digits = str(value) if isinstance(value, int) else "".join(map(str, value.as_tuple().digits))
    return len(digits.strip("-").strip("0")) <= _MOST_EXACT_DIGITS and abs(value) < 10**_MOST_EXACT_DIGITS


def _width(column: Column, texts: Iterable[str]) -> float:
    """Wide enough for the header in two lines and for what the first rows hold."""
    if column.width is not None:
        return column.width
    widest = max(map(_display_width, texts), default=0)
    return min(max(widest + 2, _display_width(column.title) / 2 + 3, _NARROWEST), _WIDEST)


def _display_width(text: str) -> int:
    """Characters of Latin text; a Chinese character takes two, as it does in the bytes of its old encoding."""
    return len(text) if text.isascii() else len(text.encode("gb18030", "replace"))


def _lines(text: str, width: float) -> int:
    """How many lines a text takes in a column of a width, with words of Latin letters kept whole."""
    room = max(int(width) - 1, 2)
    if len(text) * 2 <= room and "\n" not in text:
        return 1
    count = 0
    for paragraph in text.split("\n"):
        count, used = count + 1, 0
        for word in _WORDS.findall(paragraph):
            long = _display_width(word)
            if used and used + long > room:
                count, used = count + 1, 0
            more = (long - 1) // room if long else 0
            count, used = count + more, used + long - more * room
    return count
