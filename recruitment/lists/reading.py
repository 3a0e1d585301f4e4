"""Reading a list from .xlsx or .csv: all rows, or every error and no row.

Every cell becomes text without loss before a column's parser sees it. Header and data may stand anywhere
on the sheet; merged cells count for all rows that they cover; rows without content, totals, and notes
merged across the table are left out.
"""

import gc
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Generic

from recruitment.lists.declaration import Column, Fault, ListDeclaration, RowRule, RowT, RowWrong, Sound
from recruitment.lists.files import DEFAULT_LIMITS, FileRefused, Limits
from recruitment.lists.header import Header, choose
from recruitment.lists.parsers import Wrong, quote
from recruitment.lists.results import ImportResult, ListError
from recruitment.lists.worksheets import CONTROL, Worksheet, filled, worksheets

_TOTALS = {"合计", "总计", "小计", "共计"}
_ERROR_VALUE = re.compile(r"#(?:N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!|SPILL!|CALC!)")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")


def read_list(
    declaration: ListDeclaration[RowT], data: bytes, limits: Limits = DEFAULT_LIMITS
) -> ImportResult[RowT]:
    """Read a list from the bytes of an .xlsx or .csv file, told apart by content.

    Never raises for what a file may hold: a file that cannot be used at all is an error without a row.
    """
    with _no_collection():
        try:
            sheet, header = choose(declaration, worksheets(data, limits))
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


class _Unsound(Exception):
    """A row was asked for a cell that is wrong."""


class _Partly(Mapping[str, Any]):
    """The values of a row of which some cells are wrong; these cannot be had."""

    def __init__(self, values: Mapping[str, Any], bad: set[str | None]) -> None:
        self._values, self._bad = values, bad

    def __getitem__(self, key: str) -> Any:
        if key in self._bad:
            raise _Unsound
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class _Reader(Generic[RowT]):
    """Reads column by column, so that each text of a column is parsed once however often it stands there."""

    def __init__(self, declaration: ListDeclaration[RowT], sheet: Worksheet, header: Header) -> None:
        self.declaration = declaration
        self.sheet = sheet
        self.header = header
        self.numbers, self.cells = self._data()
        # Rows with errors, each with its columns in the order of the list.
        self.wrongs: dict[int, list[Fault]] = {}

    def result(self) -> ImportResult[RowT]:
        if self.header.problems:
            return ImportResult(errors=self.header.problems, ignored=self.header.ignored)
        if not self.numbers:
            return ImportResult(
                errors=[ListError("表头下面没有数据", "请从表头的下一行开始填写")],
                ignored=self.header.ignored,
            )
        rows, numbers = self._rows()
        whole, warnings = self._checked(Sound(rows, numbers, complete=not self.wrongs))
        errors = whole + [
            self._error(fault) for number in self.numbers for fault in self.wrongs.get(number, ())
        ]
        read, ignored = len(self.numbers), self.header.ignored
        if errors:
            return ImportResult([], [], errors, warnings, ignored, read)
        return ImportResult(rows, numbers, [], warnings, ignored, read)

    def _rows(self) -> tuple[list[RowT], list[int]]:
        """The rows that are right by themselves; what only a row as a whole shows joins the errors of its cells."""
        values = [self._column(column) for column in self.declaration.columns]
        keys = [column.key for column in self.declaration.columns]
        build, rules = self.declaration.build, self.declaration.rules
        rows, numbers = [], []
        for number, row in zip(self.numbers, zip(*values, strict=True), strict=True):
            cells = dict(zip(keys, row, strict=True))
            if rules:
                self._apply(rules, number, cells)
            if number not in self.wrongs:
                rows.append(build(cells))
                numbers.append(number)
        return rows, numbers

    def _apply(self, rules: tuple[RowRule, ...], number: int, cells: Mapping[str, Any]) -> None:
        wrongs = self.wrongs.get(number, [])
        if wrongs:
            cells = _Partly(cells, {fault.key for fault in wrongs})
        for rule in rules:
            try:
                rule(cells)
            except RowWrong as together:
                found = [Fault(number, key, wrong) for key, wrong in together.wrongs]
                self.wrongs.setdefault(number, []).extend(found)
            except _Unsound:
                continue

    def _checked(self, sound: Sound[RowT]) -> tuple[list[ListError], list[ListError]]:
        """What the declaration's check finds: errors of the list as a whole, and doubts. Errors of rows are kept."""
        whole, doubts = [], []
        for fault in self.declaration.check(sound) if sound.rows else ():
            if fault.doubt:
                doubts.append(self._error(fault))
            elif fault.number is None:
                whole.append(self._error(fault))
            else:
                self.wrongs.setdefault(fault.number, []).append(fault)
        return whole, doubts

    def _data(self) -> tuple[list[int], list[list[str]]]:
        """The rows below the header that hold data, and their numbers in the spreadsheet."""
        wide = {
            top - self.sheet.top
            for (top, left), (bottom, right) in self.sheet.merged
            if top == bottom and right - left >= 2
        }
        rows = filled(self.sheet, self.sheet.rows, across=False) if self.sheet.merged else self.sheet.rows
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
            self.wrongs.setdefault(number, []).append(Fault(number, column.key, error))
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
        if not text.isprintable() and CONTROL.search(text):
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

    def _error(self, fault: Fault) -> ListError:
        name, cell = None, ""
        if fault.key is not None:
            name, index = self.declaration.column(fault.key).title, self.header.columns.get(fault.key)
            if index is not None:
                name = self.header.names[index]
                cell = f"{_letters(self.sheet.left + index)}{fault.number}" if fault.number else ""
        return ListError(fault.wrong.wrong, fault.wrong.expected, fault.number, name, cell, fault.about)


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
