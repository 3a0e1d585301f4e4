"""The scheme of a call: how marks become written results, a shortlist and a final order.

A scheme is data of a call. It is read here from TOML, checked as a whole, and handed to
:mod:`recruitment.selection.ranking`. The keys are described in ``docs/ranking.md``.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from recruitment.selection.numbers import parse_number

DEFAULT_FULL_MARK = Decimal(100)
MOST_DIGITS = 12
# ``ties`` may name these besides the codes of the subjects.
WRITTEN, INTERVIEW, EXTRA_INTERVIEW = "written", "interview", "extra_interview"
NAMES = {
    WRITTEN: "笔试折合成绩",
    INTERVIEW: "面试",
    EXTRA_INTERVIEW: "加试",
    "xingce": "行测",
    "shenlun": "申论",
    "public_basics": "公共基础知识",
}
# The fixed columns of the scores; no subject may bear such a name.
RESERVED_COLUMNS = frozenset(
    {
        "position",
        "openings",
        "candidate",
        "bonus",
        "absent",
        "violation",
        "interview",
        "extra_interview",
        "prefecture",
        "recheck",
        "written",
    }
)


class SchemeError(ValueError):
    """The scheme cannot be used. ``problems`` lists every reason, one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class RoundingMode(StrEnum):
    """How a value between two steps is settled."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    TRUNCATE = "truncate"


_DECIMAL_MODE = {
    RoundingMode.HALF_UP: ROUND_HALF_UP,
    RoundingMode.HALF_EVEN: ROUND_HALF_EVEN,
    RoundingMode.TRUNCATE: ROUND_DOWN,
}
# Rounding is the one place where digits may be lost, so it has a context of its own.
_ROUNDING = Context(prec=60, traps=[InvalidOperation])


@dataclass(frozen=True, slots=True)
class Rounding:
    """Round to ``digits`` decimal places."""

    digits: int
    mode: RoundingMode

    def apply(self, value: Decimal) -> Decimal:
        """The rounded value; a value with fewer places stays what it is."""
        step = Decimal(1).scaleb(-self.digits)
        return value.quantize(step, rounding=_DECIMAL_MODE[self.mode], context=_ROUNDING)


@dataclass(frozen=True, slots=True)
class Subject:
    """One written subject.

    Attributes:
        code: the column of its marks in the scores.
        name: what people read, e.g. 行测.
        weight: share in the written result, e.g. ``Decimal("0.35")``.
        full_mark: no mark may be above it.
        pass_line: a lower mark is neither ranked nor shortlisted; ``None`` = no line.
    """

    code: str
    name: str
    weight: Decimal
    full_mark: Decimal = DEFAULT_FULL_MARK
    pass_line: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Interview:
    """The interview: share in the total, full mark, and the line below which nobody is placed."""

    weight: Decimal
    full_mark: Decimal = DEFAULT_FULL_MARK
    pass_line: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TooFew:
    """The line for positions where fewer than openings × ratio were interviewed.

    Attributes:
        lines: lowest admissible total by prefecture where the authority has announced it; ``None`` =
            computed: the lowest total that enters the medical among the positions of the same
            prefecture that had the full ratio.
    """

    lines: Mapping[str, Decimal] | None = None


@dataclass(frozen=True, slots=True)
class Scheme:
    """Everything that turns marks into an order.

    Attributes:
        ratio: shortlisted for each opening, e.g. 3.
        subjects: in the order of the columns.
        interview: weight and lines of the interview.
        ties: what decides between equal totals, first to last: ``written``, ``interview``,
            ``extra_interview`` or the code of a subject.
        written_rounding, total_rounding: ``None`` = unrounded.
        too_few: ``None`` = no such line.
        substitution_rounds: how often vacancies after the recheck are filled; ``None`` = as needed.
    """

    ratio: int
    subjects: tuple[Subject, ...]
    interview: Interview
    ties: tuple[str, ...]
    written_rounding: Rounding | None = None
    total_rounding: Rounding | None = None
    too_few: TooFew | None = None
    substitution_rounds: int | None = 0

    def name(self, code: str) -> str:
        """The words for a subject or a tie criterion."""
        for subject in self.subjects:
            if subject.code == code:
                return subject.name
        return NAMES.get(code, code)


def load_scheme(text: str) -> Scheme:
    """Read a scheme from TOML.

    Raises:
        SchemeError: with every problem found.
    """
    try:
        # Fractions written as TOML numbers stay exact.
        data = tomllib.loads(text, parse_float=_exact_float)
    except (tomllib.TOMLDecodeError, ValueError) as error:
        raise SchemeError([f"不是有效的 TOML:{error}"]) from error
    return _Reader().read(data)


def _exact_float(text: str) -> Decimal | str:
    # TOML also knows inf, nan and exponents; as text they are refused like any other word.
    return parse_number(text.replace("_", "")) or text


class _Reader:
    def __init__(self) -> None:
        self.problems: list[str] = []

    def read(self, data: dict[str, Any]) -> Scheme:
        self._only(
            data,
            "方案",
            {"ratio", "rounding", "ties", "subject", "interview", "too_few", "substitution_rounds"},
        )
        ratio = self._whole(data.get("ratio"), "ratio", least=1)
        subjects = self._subjects(data.get("subject"))
        interview = self._interview(data.get("interview"))
        written, total = self._roundings(data.get("rounding", "none"))
        scheme = Scheme(
            ratio=ratio,
            subjects=subjects,
            interview=interview,
            ties=self._ties(data.get("ties"), [subject.code for subject in subjects]),
            written_rounding=written,
            total_rounding=total,
            too_few=self._too_few(data.get("too_few", "none")),
            substitution_rounds=self._rounds(data.get("substitution_rounds", 0)),
        )
        if self.problems:
            raise SchemeError(self.problems)
        return scheme

    def _only(self, table: Mapping[str, Any], where: str, known: set[str]) -> None:
        self.problems += [
            f"{where}中有不认识的键 {key}；可用：{'、'.join(sorted(known))}"
            for key in table
            if key not in known
        ]

    def _table(self, value: Any, where: str) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        self.problems.append(f"缺少 [{where}] 一节")
        return {}

    def _whole(self, value: Any, where: str, least: int, most: int = 1000) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.problems.append(f"{where} 应为 {least} 到 {most} 的整数")
        return least

    def _number(self, value: Any, where: str, *, positive: bool = False) -> Decimal:
        number = value if isinstance(value, Decimal) else None
        if isinstance(value, int) and not isinstance(value, bool):
            number = parse_number(str(value))
        elif isinstance(value, str):
            number = parse_number(value)
        if number is None or (positive and not number):
            kind = "大于 0 的数" if positive else "不小于 0 的数"
            self.problems.append(f'{where} 应为{kind}，如 "0.35"，最多 6 位整数和 12 位小数')
            return Decimal(1)
        return number

    def _marks(self, table: dict[str, Any], where: str) -> tuple[Decimal, Decimal, Decimal | None]:
        """Weight, full mark and pass line of a subject or of the interview."""
        weight = self._number(table.get("weight"), f"{where} 的 weight", positive=True)
        full_mark = DEFAULT_FULL_MARK
        if "full_mark" in table:
            full_mark = self._number(table["full_mark"], f"{where} 的 full_mark", positive=True)
        pass_line = None
        if "pass_line" in table:
            pass_line = self._number(table["pass_line"], f"{where} 的 pass_line")
            if pass_line > full_mark:
                self.problems.append(f"{where} 的 pass_line 高于满分 {full_mark}")
        return weight, full_mark, pass_line

    def _subjects(self, value: Any) -> tuple[Subject, ...]:
        if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
            self.problems.append("缺少 [[subject]]：至少要有一个笔试科目")
            return ()
        subjects: list[Subject] = []
        for number, table in enumerate(value, 1):
            code = table.get("code")
            if not isinstance(code, str) or not code.strip():
                self.problems.append(f"第 {number} 个 [[subject]] 缺少 code")
                code = f"subject{number}"
            where = f"科目 {code}"
            self._only(table, where, {"code", "name", "weight", "full_mark", "pass_line"})
            if code in RESERVED_COLUMNS:
                self.problems.append(f"科目代码 {code} 与成绩表的固定列重名")
            if code in {subject.code for subject in subjects}:
                self.problems.append(f"{where} 重复")
            name = table.get("name", NAMES.get(code, code))
            if not isinstance(name, str) or not name.strip():
                self.problems.append(f"{where} 的 name 应为文字")
                name = code
            subjects.append(Subject(code, name, *self._marks(table, where)))
        return tuple(subjects)

    def _interview(self, value: Any) -> Interview:
        table = self._table(value, "interview")
        if not table:
            return Interview(Decimal(1))
        self._only(table, "[interview] ", {"weight", "full_mark", "pass_line"})
        return Interview(*self._marks(table, "[interview]"))

    def _roundings(self, value: Any) -> tuple[Rounding | None, Rounding | None]:
        if isinstance(value, dict) and not value.keys() & {"digits", "mode"}:
            self._only(value, "rounding ", {"written", "total"})
            return (
                self._rounding(value.get("written", "none"), "rounding.written"),
                self._rounding(value.get("total", "none"), "rounding.total"),
            )
        both = self._rounding(value, "rounding")
        return both, both

    def _rounding(self, value: Any, where: str) -> Rounding | None:
        if value == "none":
            return None
        modes = "、".join(RoundingMode)
        if not isinstance(value, dict):
            self.problems.append(
                f'{where} 应为 "none" 或 {{digits = 2, mode = "half_up"}}；mode 可用：{modes}'
            )
            return None
        self._only(value, f"{where} ", {"digits", "mode"})
        digits = self._whole(value.get("digits"), f"{where}.digits", least=0, most=MOST_DIGITS)
        mode = value.get("mode")
        if not isinstance(mode, str) or mode not in list(RoundingMode):
            self.problems.append(f"{where}.mode 应为其一：{modes}")
            return None
        return Rounding(digits, RoundingMode(mode))

    def _ties(self, value: Any, codes: list[str]) -> tuple[str, ...]:
        if value is None:
            return (WRITTEN, *codes)
        known = [WRITTEN, *codes, INTERVIEW, EXTRA_INTERVIEW]
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self.problems.append('ties 应为名称列表，如 ["written", "xingce", "shenlun"]')
            return ()
        self.problems += [
            f"ties 中的 {item} 不认识；可用：{'、'.join(known)}" for item in value if item not in known
        ]
        if len(set(value)) < len(value):
            self.problems.append("ties 中有重复的名称")
        return tuple(value)

    def _too_few(self, value: Any) -> TooFew | None:
        if value == "none":
            return None
        if value == "prefecture":
            return TooFew()
        if isinstance(value, dict) and value:
            return TooFew({key: self._number(line, f"too_few 的 {key}") for key, line in value.items()})
        self.problems.append('too_few 应为 "none"、"prefecture"，或按市州写明最低总成绩的表')
        return None

    def _rounds(self, value: Any) -> int | None:
        if value == "as_needed":
            return None
        if isinstance(value, str):
            self.problems.append('substitution_rounds 应为不小于 0 的整数或 "as_needed"')
            return 0
        return self._whole(value, "substitution_rounds", least=0)
