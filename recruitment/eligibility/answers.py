"""Verdict files, one row at a time: JSON Lines, CSV or XLSX by the ending of the name.

JSON Lines hold the whole answer. A table has the columns of ``HEADER``: one per rule with its outcome, and
all sentences of failures and unknowns in ``reasons``.
"""

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click

from recruitment.eligibility.verdict import RULES

HEADER: Final = ("id", "verdict", *RULES, "reasons", "error", "line")

Write = Callable[[Mapping[str, Any]], object]


@contextmanager
def open_answers(path: Path) -> Iterator[Write]:
    """A function that writes one answer; ``-`` is standard output, as JSON Lines.

    Raises:
        OSError: the file cannot be written.
    """
    kind = "" if str(path) == "-" else path.suffix.lower()
    if kind == ".csv":
        # With a byte order mark, so that spreadsheet programs read it as UTF-8.
        with path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(HEADER)
            yield lambda answer: writer.writerow([_harmless(cell) for cell in _cells(answer)])
    elif kind == ".xlsx":
        with _workbook(path) as write:
            yield write
    else:
        # Half a surrogate pair, which JSON may hold, has no UTF-8; its escape is JSON again.
        with click.open_file(str(path), "w", encoding="utf-8", errors="backslashreplace") as lines:
            yield lambda answer: lines.write(json.dumps(answer, ensure_ascii=False) + "\n")


@contextmanager
def _workbook(path: Path) -> Iterator[Write]:
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    # The library opens the file only when it closes the book; find out now whether it may.
    path.open("wb").close()
    book = Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("资格")
    sheet.write_row(0, 0, HEADER)
    rows = iter(range(1, 1 << 20))

    def write(answer: Mapping[str, Any]) -> None:
        row = next(rows, None)
        if row is None:
            raise OSError("一个工作表最多容纳 1,048,575 人，请改用 .jsonl 或 .csv")
        for column, cell in enumerate(_cells(answer)):
            sheet.write_string(row, column, cell.encode("utf-8", "backslashreplace").decode())

    yield write
    try:
        book.close()
    except FileCreateError as error:
        raise OSError(str(error)) from error


def _cells(answer: Mapping[str, Any]) -> list[str]:
    outcomes = answer.get("rules", {})
    reasons = [
        f"{reason['message']}{reason['change']}"
        for reason in answer.get("reasons", ())
        if reason["outcome"] != "pass"
    ]
    cells = [answer["id"], answer.get("verdict"), *(outcomes.get(rule) for rule in RULES)]
    cells += ["".join(reasons), answer.get("error"), answer.get("line")]
    return ["" if cell is None else str(cell) for cell in cells]


def _harmless(cell: str) -> str:
    """Text that a spreadsheet program does not take for a formula."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
