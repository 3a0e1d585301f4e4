"""Reads the worksheets of an .xlsx from stdin in a process of its own and writes them to stdout as JSON.

The reader unpacks what the file says it holds: a few kilobytes can ask for hundreds of gigabytes (two
cells at opposite corners are enough), and running out of memory aborts the whole process. Here it is a
process with a limit on memory and time, and only that process ends.

Arguments: memory in bytes, CPU time in seconds, most rows, most columns.
"""

import gc
import io
import json
import re
import resource
import sys
import zipfile
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

MOST_EXACT = 10**15  # Excel keeps 15 digits of a number; further ones were lost before the file was saved
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_CELL = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]+)([0-9]+)"[^>]*>\s*<(?:\w+:)?f[\s/>]')
_START = re.compile(rb'<(?:\w+:)?c\s([^>]*\bt="e"[^>]*)>')
_REFERENCE = re.compile(rb'\br="([A-Z]+)([0-9]+)"')
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def main() -> None:
    # This process makes hundreds of thousands of lists, none of them garbage, and ends.
    gc.disable()
    memory, seconds, most_rows, most_columns = (int(argument) for argument in sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import python_calamine

    data = sys.stdin.buffer.read()
    workbook = python_calamine.load_workbook(io.BytesIO(data))
    formulas = _formulas(data)
    found: list[dict[str, Any]] = []
    for meta in workbook.sheets_metadata:
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        if meta.visible != python_calamine.SheetVisibleEnum.Visible:
            found.append({"name": meta.name, "hidden": True})
            continue
        sheet = workbook.get_sheet_by_name(meta.name)
        if sheet.total_height > most_rows or sheet.total_width > most_columns:
            found.append({"name": meta.name, "too_large": [sheet.total_height, sheet.total_width]})
            continue
        reader = _Texts()
        top, left = sheet.start or (0, 0)
        rows = [reader.row(number, left, cells) for number, cells in enumerate(sheet.to_python(), top)]
        found.append(
            {
                "name": meta.name,
                "top": top,
                "left": left,
                "rows": rows,
                "merged": sheet.merged_cell_ranges or [],
                "lossy": reader.lossy,
                "formulas": formulas.get(meta.name, []),
            }
        )
    sys.stdout.write(json.dumps(found))  # dump() would be written in Python and take five times as long


class _Texts:
    """Cells as people see them, without loss; where digits are lost already the place is noted."""

    def __init__(self) -> None:
        self.lossy: list[tuple[int, int]] = []
        # The same marks come thousands of times. Keys are floats alone: 1 == 1.0 == True.
        self.known: dict[float, str] = {}

    def row(self, number: int, left: int, cells: list[Any]) -> list[str]:
        known = self.known
        return [
            cell
            if type(cell) is str
            else known[cell]
            if type(cell) is float and cell in known
            else self.text(cell, number, column)
            for column, cell in enumerate(cells, left)
        ]

    def text(self, cell: Any, row: int, column: int) -> str:
        if isinstance(cell, bool):
            return "TRUE" if cell else "FALSE"
        if isinstance(cell, (int, float)):
            if abs(cell) >= MOST_EXACT:
                self.lossy.append((row, column))
                return f"{cell:.0f}"
            said = str(int(cell)) if cell == int(cell) else _short(cell)
            if isinstance(cell, float):
                self.known[cell] = said
            return said
        if isinstance(cell, datetime):
            return f"{cell:%Y-%m-%d}" if cell.time() == time() else f"{cell:%Y-%m-%d %H:%M:%S}"
        return str(cell)


def _short(number: float) -> str:
    text = f"{number:.15g}"
    return format(Decimal(text), "f") if "e" in text else text


def _formulas(data: bytes) -> dict[str, list[tuple[int, int]]]:
    """Places of the cells with a formula or an error value, by worksheet."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        names = {name.lower(): name for name in package.namelist()}
        # Entities cannot blow up here: expat bounds their growth, and this process its memory.
        relations = ElementTree.fromstring(package.read(names["xl/_rels/workbook.xml.rels"]))  # noqa: S314
        targets = {relation.get("Id"): relation.get("Target", "") for relation in relations}
        book = ElementTree.fromstring(package.read(names["xl/workbook.xml"]))  # noqa: S314
        found = {}
        for sheet in book.iter():
            if not sheet.tag.endswith("}sheet"):
                continue
            target = targets.get(sheet.get(_RELATION), "").lstrip("/")
            part = names.get(target.lower()) or names.get(f"xl/{target}".lower())
            xml = package.read(part) if part else b""
            # The reader says nothing of either: a formula is the value it had, an error an empty cell.
            places = _CELL.findall(xml) if (b"<f" in xml or b":f" in xml) and _FORMULA.search(xml) else []
            if b't="e"' in xml:
                starts = [_REFERENCE.search(attributes) for attributes in _START.findall(xml)]
                places += [start.groups() for start in starts if start is not None]
            found[sheet.get("name", "")] = [(int(row) - 1, _column(letters)) for letters, row in places]
        return found


def _column(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


if __name__ == "__main__":
    main()
