"""People files, one row at a time.

JSON Lines hold one object a line. CSV and XLSX hold the same facts in the columns of ``COLUMNS``: an empty
cell is unknown; ``无`` in ``posts``, ``commendations`` or ``appraisals`` says that there are none.
"""

import codecs
import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any, Final, NamedTuple

from recruitment.eligibility.vocabulary import DECLARATIONS

# Column → what it holds. N counts from 1; YYYY is a calendar year.
COLUMNS: Final[Mapping[str, str]] = {
    "id": "编号，必填",
    "birth_date": "出生日期 YYYY-MM-DD",
    "education": "学历：小学、初中、高中、中专、大专、本科、硕士、博士，或英文代码",
    "position_county": "报考职位所在县的 6 位代码",
    "posts": "没有任职经历时填“无”，否则留空",
    "post_N": "第 N 段任职的职务",
    "community_N": "第 N 段任职的村（社区）代码",
    "from_N": "第 N 段任职的起日",
    "to_N": "第 N 段任职的止日，仍在任留空",
    "commendations": "没有获得表彰时填“无”，否则留空",
    "commendation_N": "第 N 项表彰是否综合类：是、否",
    "commendation_date_N": "第 N 项表彰的日期",
    "appraisals": "没有年度考核时填“无”，否则留空",
    "appraisal_YYYY": "该年度考核结果：优秀、称职、基本称职、不称职，或英文代码",
    **{key: f"{words}：是、否" for key, words in DECLARATIONS.items()},
}

_NONE: Final = frozenset({"无", "none"})
_YES: Final = frozenset({"是", "有", "true", "yes", "1"})
_NO: Final = frozenset({"否", "无", "没有", "false", "no", "0"})
# Whole numbers up to here are exact in a workbook.
_EXACT: Final = 2**53
# A long number after a spreadsheet program has rewritten it.
_ROUNDED: Final = re.compile(r"[0-9](\.[0-9]+)?E\+[0-9]+", re.IGNORECASE | re.ASCII)
_LISTS: Final = ("posts", "commendations", "appraisals")


class Row(NamedTuple):
    """One person of a file: the line or row number, and the object or why there is none."""

    line: int
    value: Any
    error: str | None


class FileError(ValueError):
    """A file that cannot be used as a whole; ``str()`` says why, in Chinese."""


def read_people(path: Path) -> Iterator[Row]:
    """Rows of a people file by the ending of its name: .jsonl, .csv or .xlsx.

    JSON Lines and CSV are streamed. A workbook is held by the reader in compact form while its rows are
    turned into objects one at a time.

    Raises:
        FileError: another ending, an unreadable file, or columns that are not of ``COLUMNS``.
    """
    readers: dict[str, Callable[[Path], Iterator[Row]]] = {
        ".jsonl": _json_lines,
        ".csv": _csv_rows,
        ".xlsx": _workbook_rows,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise FileError(f"文件名须以 .jsonl、.csv 或 .xlsx 结尾：{path.name}")
    return reader(path)


def _json_lines(path: Path) -> Iterator[Row]:
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            if number == 1:
                raw = raw.removeprefix(codecs.BOM_UTF8)
            if not raw.strip():
                continue
            try:
                yield _json_row(number, raw.decode().rstrip())
            except UnicodeDecodeError:
                yield Row(number, None, "不是 UTF-8 编码")
            except json.JSONDecodeError as error:
                yield Row(number, None, f"不是 JSON：第 {error.colno} 个字符处有误")
            except (ValueError, RecursionError):
                yield Row(number, None, "不是 JSON：数字过长或层次过深")


def _json_row(number: int, text: str) -> Row:
    """The object of a line. What Python reads and JSON does not allow, or leaves open, is an error with its id."""
    faults: list[str] = []

    def fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            names = [name for name, _ in pairs]
            # Which of the values is meant, nobody but the sender can say.
            faults.extend(f"重复的字段：{name}" for name in found if names.count(name) > 1)
        return found

    def no_number(word: str) -> None:
        faults.append(f"不是 JSON：{word} 不是数字")

    value = json.loads(text, object_pairs_hook=fields, parse_constant=no_number)
    return Row(number, value, "；".join(faults) or None)


def _encoding(path: Path) -> str:
    """UTF-8, or GB 18030 as spreadsheet programs in China write it."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(1 << 16):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "gb18030"
    return "utf-8-sig"


def _csv_rows(path: Path) -> Iterator[Row]:
    with path.open(encoding=_encoding(path), errors="replace", newline="") as file:
        reader = csv.reader(file)
        try:
            header = _header(next(reader, []))
        except csv.Error as error:
            raise FileError(f"第 {reader.line_num} 行不是 CSV：{error}") from error
        while True:
            try:
                cells = next(reader, None)
            except csv.Error as error:
                yield Row(reader.line_num, None, f"不是 CSV：{error}")
                continue
            if cells is None:
                return
            if any(cell.strip() for cell in cells):
                yield _row(reader.line_num, header, cells)


def _workbook_rows(path: Path) -> Iterator[Row]:
    from python_calamine import CalamineError, load_workbook

    try:
        sheet = load_workbook(str(path)).get_sheet_by_index(0)
    except (CalamineError, OSError, ValueError) as error:
        raise FileError(f"不能作为工作簿打开：{error}") from error
    rows = sheet.iter_rows()
    first = (sheet.start or (0, 0))[0] + 1
    header = _header([str(cell) for cell in next(rows, [])])
    for number, cells in enumerate(rows, first + 1):
        texts = [_cell(cell) for cell in cells]
        if any(isinstance(cell, float) and abs(cell) > _EXACT for cell in cells):
            yield Row(number, None, "数字太长，表格软件已丢掉末几位；请把编号和代码的列设为文本")
        elif any(texts):
            yield _row(number, header, texts)


def _cell(cell: object) -> str:
    """The text of a workbook cell; whole numbers without ``.0``, dates as ISO."""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _header(cells: list[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    for name in names:
        stem, _, number = name.rpartition("_")
        generic = f"{stem}_{'YYYY' if stem == 'appraisal' else 'N'}"
        if name and name not in COLUMNS and not (generic in COLUMNS and number.isdigit()):
            raise FileError(f"不认识的列：{name!r}；见 docs/eligibility.md 的列表")
    doubled = {name for name in names if name and names.count(name) > 1}
    if doubled:
        raise FileError(f"重复的列：{'、'.join(sorted(doubled))}")
    if "id" not in names:
        raise FileError("缺少 id 列")
    return names


def _row(number: int, header: list[str], cells: list[str]) -> Row:
    if any(cell.strip() and not name for name, cell in zip_longest(header, cells, fillvalue="")):
        return Row(number, None, "单元格多于列名")
    texts = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name and cell.strip()}
    if _ROUNDED.fullmatch(texts.get("id", "")):
        return Row(number, None, f"id：表格软件已把编号改成 {texts['id']}；请把这一列设为文本")
    try:
        return Row(number, _person(texts), None)
    except FileError as error:
        return Row(number, {"id": texts.get("id")}, str(error))


def _person(texts: dict[str, str]) -> dict[str, Any]:
    """The JSON shape of a person from the filled cells of a row."""
    person: dict[str, Any] = {
        "id": texts.get("id"),
        "birth_date": texts.get("birth_date"),
        "education": texts.get("education"),
        "position": {"county": texts.get("position_county")},
        "declarations": {key: _yes(texts, key) for key in DECLARATIONS if key in texts},
    }
    found: dict[str, dict[int, dict[str, Any]]] = {name: {} for name in _LISTS}
    for name, text in texts.items():
        stem, _, number = name.rpartition("_")
        index = int(number) if number.isdigit() else 0
        if stem in ("post", "community", "from", "to"):
            found["posts"].setdefault(index, {})[stem] = text
        elif stem == "commendation":
            found["commendations"].setdefault(index, {})["comprehensive"] = _yes(texts, name)
        elif stem == "commendation_date":
            found["commendations"].setdefault(index, {})["date"] = text
        elif stem == "appraisal":
            found["appraisals"][index] = {"year": index, "result": text}
    for name in _LISTS:
        items = [item for _, item in sorted(found[name].items())]
        if name in texts and (items or texts[name].lower() not in _NONE):
            raise FileError(f"{name}：只能填“无”，且这时不能再填明细")
        person[name] = items if items or name in texts else None
    return person


def _yes(texts: dict[str, str], name: str) -> bool:
    text = texts[name].lower()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise FileError(f"{name}：应为“是”或“否”：{texts[name]!r}")
