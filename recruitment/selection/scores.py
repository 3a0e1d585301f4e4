"""Scores in, ranking out: the two tables of ``recruitment rank`` as CSV text.

Nothing is repaired and nothing is guessed: a cell that is not what its column asks for is an error with
its row and column, and a table with one error is not ranked at all.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from recruitment.selection.numbers import parse_number, plain
from recruitment.selection.ranking import Candidate, Result
from recruitment.selection.scheme import EXTRA_INTERVIEW, Scheme

RANKED_COLUMNS = ("position", "candidate", "written", "written_rank", "shortlisted", "total", "final_rank")
WHOLE_ROW = "整行"
_YES_NO = {"Y": True, "N": False}
_KEPT = {**_YES_NO, "": False}
_RECHECK = {"Y": True, "N": False, "": None}


class TableError(ValueError):
    """The file is no table of scores at all: a column is missing, or it is not text."""


class RowError(NamedTuple):
    """One thing wrong in one cell; ``row`` counts from 1, the header being row 1."""

    row: int
    column: str
    message: str


def read_scores(text: str, scheme: Scheme) -> tuple[list[Candidate], list[RowError]]:
    """Candidates in the order of the rows, and every error of the table.

    Args:
        text: CSV with a header; the columns may stand in any order, others are left alone.

    Raises:
        TableError: a column is missing or doubled.
    """
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
    except csv.Error as error:
        raise TableError(f"表头不是有效的 CSV:{error}") from error
    reader = _Reader(_columns(header, scheme), scheme, len(header))
    number = 1
    try:
        for number, cells in enumerate(rows, 2):
            if any(cell.strip() for cell in cells):
                reader.row(number, cells)
    except csv.Error as error:
        reader.errors.append(RowError(number + 1, WHOLE_ROW, f"不是有效的 CSV:{error}"))
    return reader.candidates, reader.errors


def write_ranked(results: Iterable[Result]) -> str:
    """The ranking as CSV: rows in the given order, exact values, empty where there is none."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(RANKED_COLUMNS)
    writer.writerows(
        (
            result.position,
            result.candidate,
            "" if result.written is None else plain(result.written),
            result.written_rank,
            "Y" if result.shortlisted else "N",
            "" if result.total is None else plain(result.total),
            result.final_rank,
        )
        for result in results
    )
    return out.getvalue()


def _columns(header: Sequence[str], scheme: Scheme) -> dict[str, int]:
    needed = ["position", "openings", "candidate", *(subject.code for subject in scheme.subjects)]
    needed += ["bonus", "absent", "violation", "interview"]
    if scheme.too_few is not None:
        needed.append("prefecture")
    if EXTRA_INTERVIEW in scheme.ties:
        needed.append(EXTRA_INTERVIEW)
    missing = [name for name in needed if name not in header]
    if missing:
        raise TableError(f"缺少列 {'、'.join(missing)}")
    used = [*needed, *(name for name in ("prefecture", EXTRA_INTERVIEW, "recheck", "kept") if name in header)]
    doubled = sorted({name for name in used if header.count(name) > 1})
    if doubled:
        raise TableError(f"列 {'、'.join(doubled)} 出现了两次")
    return {name: header.index(name) for name in used}


class _Reader:
    def __init__(self, columns: dict[str, int], scheme: Scheme, width: int) -> None:
        self.columns = columns
        self.scheme = scheme
        self.width = width
        self.candidates: list[Candidate] = []
        self.errors: list[RowError] = []
        self.row_of_candidate: dict[str, int] = {}
        # position → (openings, prefecture, row where first seen)
        self.position: dict[str, tuple[int, str, int]] = {}

    def row(self, number: int, cells: list[str]) -> None:
        if len(cells) != self.width:
            self._error(number, WHOLE_ROW, f"有 {len(cells)} 格，应为 {self.width} 格")
            return
        before = len(self.errors)
        values = {name: cells[index].strip() for name, index in self.columns.items()}
        absent = self._choice(number, "absent", values["absent"], _YES_NO, "Y 或 N")
        violation = self._choice(number, "violation", values["violation"], _YES_NO, "Y 或 N")
        recheck = self._choice(number, "recheck", values.get("recheck", ""), _RECHECK, "Y、N 或空")
        kept = self._choice(number, "kept", values.get("kept", ""), _KEPT, "Y、N 或空")
        marks = tuple(
            self._mark(number, subject.code, values[subject.code], subject.full_mark)
            for subject in self.scheme.subjects
        )
        for subject, mark in zip(self.scheme.subjects, marks, strict=True):
            if mark is None and not absent and not values[subject.code]:
                self._error(number, subject.code, "没有成绩；没有缺考的人必须有成绩")
        bonus = self._mark(number, "bonus", values["bonus"], None)
        if not values["bonus"]:
            self._error(number, "bonus", "为空；没有加分的填 0")
        interview = self._mark(number, "interview", values["interview"], self.scheme.interview.full_mark)
        extra = self._mark(number, EXTRA_INTERVIEW, values.get(EXTRA_INTERVIEW, ""), None)
        if recheck is False and interview is not None:
            self._error(number, "interview", "资格复审未通过（recheck 为 N），不应有面试成绩")
        openings = self._position(number, values)
        self._candidate(number, values["candidate"])
        if len(self.errors) == before:
            self.candidates.append(
                Candidate(
                    values["position"],
                    openings,
                    values["candidate"],
                    marks,
                    bonus or Decimal(0),
                    bool(absent),
                    bool(violation),
                    interview,
                    extra,
                    values.get("prefecture", ""),
                    recheck,
                    bool(kept),
                )
            )

    def _error(self, row: int, column: str, message: str) -> None:
        self.errors.append(RowError(row, column, message))

    def _choice(
        self, row: int, column: str, text: str, choices: dict[str, bool | None] | dict[str, bool], words: str
    ) -> bool | None:
        if text in choices:
            return choices[text]
        self._error(row, column, f"“{_short(text)}”应为 {words}")
        return None

    def _mark(self, row: int, column: str, text: str, full_mark: Decimal | None) -> Decimal | None:
        """A mark, or ``None`` for an empty cell or an error."""
        if not text:
            return None
        mark = parse_number(text)
        if mark is None:
            self._error(row, column, f"“{_short(text)}”不是分数；应为不小于 0 的数，如 66.5，小数最多 12 位")
        elif full_mark is not None and mark > full_mark:
            self._error(row, column, f"{text} 高于满分 {plain(full_mark)}")
            return None
        return mark

    def _position(self, row: int, values: dict[str, str]) -> int:
        """The openings, after a look at what the position's other rows said."""
        code, text = values["position"], values["openings"]
        if not code or not code.isprintable():
            self._error(row, "position", "职位代码为空，或含有不可见字符")
        openings = int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else 0
        if openings < 1:
            self._error(row, "openings", f"“{_short(text)}”不是名额；应为不小于 1 的整数")
            return 0
        prefecture = values.get("prefecture", "")
        if self.scheme.too_few is not None and not prefecture:
            self._error(row, "prefecture", "市州为空；方案中的 too_few 需要它")
        first = self.position.setdefault(code, (openings, prefecture, row))
        if openings != first[0]:
            self._error(row, "openings", f"职位 {code} 的名额为 {openings}，第 {first[2]} 行为 {first[0]}")
        if prefecture != first[1]:
            self._error(
                row, "prefecture", f"职位 {code} 的市州为 {prefecture}，第 {first[2]} 行为 {first[1]}"
            )
        return openings

    def _candidate(self, row: int, code: str) -> None:
        if not code or not code.isprintable():
            self._error(row, "candidate", "考生编号为空，或含有不可见字符")
            return
        first = self.row_of_candidate.setdefault(code, row)
        if first != row:
            self._error(row, "candidate", f"{code} 重复，第 {first} 行已有")


def _short(text: str) -> str:
    return text if len(text) <= 30 else text[:30] + "…"
