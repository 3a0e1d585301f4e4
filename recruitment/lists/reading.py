"""Reading a list from .xlsx or .csv: all rows, or every error and no row.

Every cell becomes text without loss before a column's parser sees it. Header and data may stand anywhere
on the sheet; merged cells count for all rows that they cover; rows without content, totals, and notes
merged across the table are left out.
"""

import csv
import gc
import io
import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Generic

from recruitment.lists.declaration import Column, ListDeclaration, RowT, RowWrong
from recruitment.lists.files import DEFAULT_LIMITS, FileRefused, Kind, Limits, check
from recruitment.lists.parsers import Wrong, half_width, quote

# A header is looked for this far down; above it stand titles and notes.
_HEADER_WITHIN = 20
_TOTALS = {"合计", "总计", "小计", "共计"}
_ERROR_VALUE = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!)")
# What a spreadsheet makes of a long number when it saves it as .csv.
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+[0-9]{1,3}")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class ListError:
    """One thing to mend in the file.

    Attributes:
        row: row of the spreadsheet as it is numbered there; ``None`` = the file as a whole.
        column: header of the column as it stands in the file.
        cell: e.g. ``"D5"``; empty for what concerns no single cell.
        wrong, expected: parts of a sentence; ``expected`` may be empty.
    """

    wrong: str
    expected: str = ""
    row: int | None = None
    column: str | None = None
    cell: str = ""

    def __str__(self) -> str:
        where = ""
        if self.row is not None:
            where = f"第 {self.row} 行"
        if self.column:
            where += f"“{self.column}”列"
        if self.cell:
            where += f"（{self.cell}）"
        said = f"{self.wrong}，{self.expected}" if self.expected else self.wrong
        return (f"{where}：" if where else "") + said.rstrip("。") + "。"


@dataclass(frozen=True, slots=True)
class ImportResult(Generic[RowT]):
    """Either all rows and no error, or every error and no row.

    Attributes:
        rows: in the order of the file.
        numbers: for each row its number in the spreadsheet, for checks that follow.
        errors: in the order of the file.
        ignored: headers of the file that the list does not know.
        read: how many rows of data the file holds, errors or not.
    """

    rows: list[RowT] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    errors: list[ListError] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    read: int = 0

    @property
    def ok(self) -> bool:
        """Whether there is no error."""
        return not self.errors


@dataclass(slots=True)
class _Sheet:
    """A worksheet as text; ``top`` and ``left`` count from 0, as do the places in the sets.

    Attributes:
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


def read_list(
    declaration: ListDeclaration[RowT], data: bytes, limits: Limits = DEFAULT_LIMITS
) -> ImportResult[RowT]:
    """Read a list from the bytes of an .xlsx or .csv file, told apart by content.

    Never raises for what a file may hold: a file that cannot be used at all is an error without a row.
    """
    with _no_collection():
        try:
            sheets = _worksheets(data, limits) if check(data, limits) is Kind.XLSX else [_csv(data, limits)]
            sheet, header = _choose(declaration, sheets)
        except FileRefused as refused:
            return ImportResult(errors=[ListError(str(refused))])
        return _Reader(declaration, sheet, header).result()


@contextmanager
def _no_collection() -> Iterator[None]:
    """Rows are made by the hundred thousand and none is garbage: looking for some takes longer than making them."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _worksheets(data: bytes, limits: Limits) -> list[_Sheet]:
    arguments = [
        str(n) for n in (limits.memory_bytes, limits.seconds, limits.rows + _HEADER_WITHIN, limits.columns)
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
        if size := one.get("too_large"):
            raise FileRefused(
                f"工作表“{one['name']}”有 {size[0]} 行 {size[1]} 列，最多 {limits.rows} 行 {limits.columns} 列。"
                "请删去多余的行和列，没有内容的也要删。"
            )
        places = {key: {(row, column) for row, column in one[key]} for key in ("lossy", "formulas")}
        merged = [((a, b), (c, d)) for (a, b), (c, d) in one["merged"]]
        sheet = _Sheet(one["name"], one["rows"], one["top"], one["left"], merged, **places)
        _check_merged(sheet)
        sheets.append(sheet)
    return sheets


def _check_merged(sheet: _Sheet) -> None:
    """Merged ranges cannot overlap; a file that says so would only keep this process busy."""
    bottom_row = sheet.top + len(sheet.rows) - 1
    right_column = sheet.left + max(map(len, sheet.rows), default=0) - 1
    covered = sum(
        max(min(bottom, bottom_row) - top + 1, 0) * max(min(right, right_column) - left + 1, 0)
        for (top, left), (bottom, right) in sheet.merged
    )
    if covered > (bottom_row + 1) * (right_column + 1):
        raise FileRefused(f"工作表“{sheet.name}”的合并单元格互相重叠，请取消合并后再上传。")


def _csv(data: bytes, limits: Limits) -> _Sheet:
    text = _decode(data)
    if _CONTROL.search(text):
        raise FileRefused("这不是表格文件，只能上传 .xlsx 或 .csv 文件。")
    first_line = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first_line.count)
    sheet = _Sheet("", [])
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)):
            if number >= limits.rows + _HEADER_WITHIN or len(cells) > limits.columns:
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
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
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
    return cell[1:] if cell[:1] == "'" and cell[1:2] in {"=", "+", "-", "@", "\t", "\r"} else cell


# Which sheet, which row is the header


@dataclass(slots=True)
class _Header:
    """Where the columns of the list stand; indices into the rows of the sheet."""

    row: int
    names: list[str]
    columns: dict[str, int]
    problems: list[ListError]
    ignored: list[str]


def _choose(declaration: ListDeclaration[Any], sheets: list[_Sheet]) -> tuple[_Sheet, _Header]:
    """The one worksheet that holds the list."""
    found = [(sheet, header) for sheet in sheets if (header := _header(declaration, sheet)) is not None]
    whole = [(sheet, header) for sheet, header in found if not header.problems] or found
    if len(whole) == 1:
        return whole[0]
    if whole:
        names = "、".join(f"“{sheet.name}”" for sheet, _ in whole)
        raise FileRefused(f"工作表{names}都像{declaration.name}，请只保留一个。")
    wanted = "、".join(column.title for column in declaration.columns if not column.absent_ok)
    raise FileRefused(
        f"没有找到{declaration.name}的表头。表头应在前 {_HEADER_WITHIN} 行内，并含有这些列：{wanted}。"
    )


def _header(declaration: ListDeclaration[Any], sheet: _Sheet) -> _Header | None:
    """The row that names most of the columns; in a header of two rows the lower one does."""
    known = {
        _header_key(name): column.key
        for column in declaration.columns
        for name in (column.title, *column.synonyms)
    }
    best: tuple[int, int, list[str]] | None = None
    for index, names in enumerate(_filled(sheet, sheet.rows[:_HEADER_WITHIN], across=True)):
        matched = len({known[_header_key(name)] for name in names if _header_key(name) in known})
        if best is None or matched >= best[0]:
            best = (matched, index, names)
    needed = [column for column in declaration.columns if not column.absent_ok]
    if best is None or best[0] < max(1, (len(needed) + 1) // 2):
        return None
    _, row, names = best
    header = _Header(row, [" ".join(name.split()) for name in names], {}, [], [])
    for index, name in enumerate(header.names):
        key = known.get(_header_key(name))
        if key is None:
            header.ignored += [name] if name else []
        elif key in header.columns:
            header.problems.append(
                ListError(f"列“{name}”出现了不止一次", "请只保留一列", sheet.top + row + 1)
            )
        else:
            header.columns[key] = index
    header.problems += [
        ListError(f"缺少列“{column.title}”", "请在表头中加上这一列", sheet.top + row + 1)
        for column in needed
        if column.key not in header.columns
    ]
    return header


def _header_key(name: str) -> str:
    """Headers compare without spaces, marks of what is required, and explanations in brackets."""
    name = re.sub(r"\s+", "", half_width(name)).lower()
    return re.sub(r"\((?:必填|选填|必填项|选填项)\)|[*:]", "", name)


def _filled(sheet: _Sheet, rows: Sequence[Sequence[str]], *, across: bool) -> list[list[str]]:
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


# Rows


class _Reader(Generic[RowT]):
    """Reads column by column, so that each text of a column is parsed once however often it stands there."""

    def __init__(self, declaration: ListDeclaration[RowT], sheet: _Sheet, header: _Header) -> None:
        self.declaration = declaration
        self.sheet = sheet
        self.header = header
        self.numbers, self.cells = self._data()
        # Rows with errors, each with its columns in the order of the list.
        self.wrongs: dict[int, list[tuple[str, Wrong]]] = {}

    def result(self) -> ImportResult[RowT]:
        if self.header.problems:
            return ImportResult(errors=self.header.problems, ignored=self.header.ignored)
        values = [self._column(column) for column in self.declaration.columns]
        keys = [column.key for column in self.declaration.columns]
        rows = []
        for number, row in zip(self.numbers, zip(*values, strict=True), strict=True):
            if number not in self.wrongs:
                try:
                    rows.append(self.declaration.build(dict(zip(keys, row, strict=True))))
                except RowWrong as together:
                    self.wrongs[number] = together.wrongs
        errors = [
            self._error(number, key, wrong)
            for number in self.numbers
            for key, wrong in self.wrongs.get(number, ())
        ]
        if not self.numbers:
            errors = [ListError("表头下面没有数据", "请从表头的下一行开始填写")]
        if errors:
            return ImportResult(errors=errors, ignored=self.header.ignored, read=len(self.numbers))
        return ImportResult(rows, self.numbers, [], self.header.ignored, len(self.numbers))

    def _data(self) -> tuple[list[int], list[list[str]]]:
        """The rows below the header that hold data, and their numbers in the spreadsheet."""
        wide = {
            top - self.sheet.top
            for (top, left), (bottom, right) in self.sheet.merged
            if top == bottom and right - left >= 2
        }
        rows = _filled(self.sheet, self.sheet.rows, across=False) if self.sheet.merged else self.sheet.rows
        numbers, data = [], []
        for index in range(self.header.row + 1, len(rows)):
            cells = rows[index]
            # Nearly every row of a long list begins with a number; the rest is looked at in full.
            if not (cells and cells[0].isdigit()):
                first = next((cell for cell in cells if cell and not cell.isspace()), "")
                if not first or "".join(first[:10].split()) in _TOTALS:
                    continue
            if index in wide and sum(bool(cell) for cell in cells) == 1:
                continue
            numbers.append(self.sheet.top + index + 1)
            data.append(cells)
        return numbers, data

    def _column(self, column: Column) -> list[Any]:
        """The values of a column, row by row; where a cell is wrong, ``None``, and the error is kept."""
        index = self.header.columns.get(column.key)
        texts = [""] * len(self.cells)
        if index is not None:
            try:
                texts = [cells[index] for cells in self.cells]
            except IndexError:
                texts = [cells[index] if index < len(cells) else "" for cells in self.cells]
        meanings: dict[str, Any] = {}
        wrong: dict[str, Wrong] = {}
        for text in dict.fromkeys(texts):
            try:
                meanings[text] = self._value(column, text)
            except Wrong as refused:
                meanings[text], wrong[text] = None, refused
        bad: dict[int, Wrong] = {}
        if wrong:
            bad = {
                number: wrong[text] for number, text in zip(self.numbers, texts, strict=True) if text in wrong
            }
        if index is not None:
            bad |= self._marked(self.sheet.left + index, texts)
        values = [meanings[text] for text in texts]
        if column.unique:
            bad |= self._doubled(column, values, texts, bad)
        for number, error in bad.items():
            self.wrongs.setdefault(number, []).append((column.key, error))
        return values

    def _value(self, column: Column, cell: str) -> Any:
        # Invisible characters, error values and control characters cost a search only where they can be.
        text = cell.strip() if cell.isascii() else _INVISIBLE.sub("", cell).strip()
        if not text:
            if column.required and not column.absent_ok:
                raise Wrong("没有填写", "这一列每行都要填")
            return column.empty
        if text[0] == "#" and _ERROR_VALUE.fullmatch(text):
            raise _formula()
        if not text.isprintable() and _CONTROL.search(text):
            raise Wrong("含有看不见的字符", "请重新输入这一格")
        return column.parse(text)

    def _marked(self, column: int, texts: list[str]) -> dict[int, Wrong]:
        """Cells of which the text alone does not show what is wrong."""
        marked = {row + 1 for row, place in self.sheet.formulas | self.sheet.lossy if place == column}
        if not marked:
            return {}
        return {
            number: _formula() if (number - 1, column) in self.sheet.formulas else _lost(text)
            for number, text in zip(self.numbers, texts, strict=True)
            if number in marked
        }

    def _doubled(
        self, column: Column, values: list[Any], texts: list[str], bad: Mapping[int, Wrong]
    ) -> dict[int, Wrong]:
        if len(set(values)) == len(values):
            return {}
        first: dict[Any, int] = {}
        doubled = {}
        for number, value, text in zip(self.numbers, values, texts, strict=True):
            if number in bad or value == column.empty:
                continue
            if first.setdefault(value, number) != number:
                said = f"{quote(text.strip())}与第 {first[value]} 行重复"
                doubled[number] = Wrong(said, "每行应不相同")
        return doubled

    def _error(self, number: int, key: str, wrong: Wrong) -> ListError:
        index = self.header.columns.get(key)
        name, cell = self.declaration.column(key).title, ""
        if index is not None:
            name = self.header.names[index]
            cell = f"{_letters(self.sheet.left + index)}{number}"
        return ListError(wrong.wrong, wrong.expected, number, name, cell)


def _formula() -> Wrong:
    return Wrong("是公式或者出错的公式", "应为填好的内容；请复制后“选择性粘贴”为数值")


def _lost(text: str) -> Wrong:
    return Wrong(
        f"{quote(text)}是超过 15 位的数字，末尾几位已经丢失", "应先把这一列设为“文本”格式，再重新填写"
    )


def _letters(column: int) -> str:
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
