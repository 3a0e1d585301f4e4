"""Which worksheet holds the list, and which of its rows names the columns."""

import re
from dataclasses import dataclass
from typing import Any

from recruitment.lists.declaration import ListDeclaration
from recruitment.lists.files import FileRefused
from recruitment.lists.parsers import half_width
from recruitment.lists.results import ListError
from recruitment.lists.worksheets import HEADER_WITHIN, Worksheet, filled


@dataclass(slots=True)
class Header:
    """Where the columns of the list stand; indices into the rows of the sheet."""

    row: int
    names: list[str]
    columns: dict[str, int]
    problems: list[ListError]
    ignored: list[str]


def choose(declaration: ListDeclaration[Any], sheets: list[Worksheet]) -> tuple[Worksheet, Header]:
    """The one worksheet that holds the list."""
    found = [(sheet, header) for sheet in sheets if (header := _header(declaration, sheet)) is not None]
    whole = [(sheet, header) for sheet, header in found if not header.problems] or found
    if len(whole) == 1:
        return whole[0]
    if whole:
        names = "、".join(f"“{sheet.name}”" for sheet, _ in whole)
        raise FileRefused(f"工作表{names}都像{declaration.name}，请只保留一个。")
    wanted = "、".join(column.title for column in declaration.columns if not column.absent_ok)
    said = f"没有找到{declaration.name}的表头。表头应在前 {HEADER_WITHIN} 行内，并含有这些列：{wanted}。"
    if hidden := "、".join(f"“{sheet.name}”" for sheet in sheets if sheet.hidden):
        said += f"隐藏的工作表{hidden}没有读取。"
    raise FileRefused(said)


def _header(declaration: ListDeclaration[Any], sheet: Worksheet) -> Header | None:
    """The row that names most of the columns; in a header of two rows the lower one does."""
    known = {
        _header_key(name): column.key
        for column in declaration.columns
        for name in (column.title, *column.synonyms)
    }
    best: tuple[int, int, list[str]] | None = None
    for index, names in enumerate(filled(sheet, sheet.rows[:HEADER_WITHIN], across=True)):
        matched = len({known[_header_key(name)] for name in names if _header_key(name) in known})
        if best is None or matched >= best[0]:
            best = (matched, index, names)
    needed = [column for column in declaration.columns if not column.absent_ok]
    if best is None or best[0] < max(1, (len(needed) + 1) // 2):
        return None
    _, row, names = best
    header = Header(row, [" ".join(name.split()) for name in names], {}, [], [])
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
