"""What importing marks costs against reading the same spreadsheet with nothing but the reader."""

import io
import random
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypedDict

import python_calamine

from recruitment.lists.reading import read_list
from recruitment.lists.writing import xlsx_bytes
from recruitment.selection.marks.entry import differences
from recruitment.selection.marks.sheet import Row as MarkRow
from recruitment.selection.marks.sheet import held_against, written_sheet
from recruitment.selection.presets import PRESETS
from recruitment.selection.scheme import load_scheme

ROUNDS = 5
CANDIDATES = 100_000


class Row(TypedDict):
    """One line of the table of figures; ``ours`` and ``floor`` in ``unit``, ``goal`` as the highest ratio."""

    name: str
    unit: str
    ours: float
    floor: float
    ratio: float
    goal: str


def import_100k() -> list[Row]:
    """A sheet of 100,000 candidates read, checked cell by cell, held against the candidates and another entry."""
    sheet = written_sheet(load_scheme(PRESETS["35_35_30"].toml))
    content = _sheet(sheet)
    known = dict.fromkeys((f"5107{number:08d}" for number in range(CANDIDATES)), True)
    first = read_list(sheet, content)
    entered = {row.ticket: row.cells for row in first.rows}

    def ours() -> int:
        found = read_list(replace(sheet, check=held_against(known, ())), content)
        if found.errors:
            raise RuntimeError("the sheet is right and was refused")
        rows = {row.ticket: row.cells for row in found.rows}
        if any(differences(entered, rows)):
            raise RuntimeError("two readings of one sheet differ")
        return len(rows)

    def floor() -> int:
        book = python_calamine.load_workbook(io.BytesIO(content))
        return len(book.get_sheet_by_index(0).to_python())

    if ours() != CANDIDATES:
        raise RuntimeError("rows are missing")
    measured, least = _interleaved(ours, floor)
    return [
        Row(
            name="scores.import_100k",
            unit="s",
            ours=measured,
            floor=least,
            ratio=measured / least,
            goal="ratio <= 3",
        )
    ]


BENCHES: tuple[Callable[[], list[Row]], ...] = (import_100k,)


def _sheet(sheet: Any) -> bytes:
    choose = random.Random(20210224)

    def mark() -> str:
        return "缺考" if choose.random() < 0.03 else str(choose.randrange(300, 900) / 10)

    rows = (
        MarkRow(f"5107{number:08d}", {"xingce": mark(), "shenlun": mark()}) for number in range(CANDIDATES)
    )
    content, _written = xlsx_bytes(sheet, rows, created=datetime(2026, 11, 22, tzinfo=UTC))
    return content


def _interleaved(ours: Callable[[], object], floor: Callable[[], object]) -> tuple[float, float]:
    """Medians in seconds of both, measured in turns so that the machine's mood hits both."""
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(ROUNDS):
        for work, kept in zip((ours, floor), times, strict=True):
            start = time.perf_counter()
            work()
            kept.append(time.perf_counter() - start)
    return statistics.median(times[0]), statistics.median(times[1])
