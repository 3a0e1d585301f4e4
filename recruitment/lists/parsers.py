"""From the text of a cell to a value, or to what is wrong with it and what is expected.

A parser gets text without surrounding space, never empty. Digits and letters that were typed in full
width are read as what they are; nothing else is repaired.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

Parser = Callable[[str], Any]


class Wrong(ValueError):
    """A cell that cannot be accepted.

    Args:
        wrong: what is wrong, as a part of a sentence, e.g. “0”不在范围内.
        expected: what would be right, as a part of a sentence, e.g. 应为 1 到 99 的整数.
    """

    def __init__(self, wrong: str, expected: str = "") -> None:
        super().__init__(f"{wrong}，{expected}" if expected else wrong)
        self.wrong = wrong
        self.expected = expected


def quote(value: str) -> str:
    """A cell's text in quotation marks, shortened where it is long."""
    shown = value if len(value) <= 40 else value[:40] + "…"
    return f"“{shown}”"


def half_width(value: str) -> str:
    """Full-width digits, letters and signs as ordinary ones."""
    return value if value.isascii() else unicodedata.normalize("NFKC", value)


def loose(value: str) -> str:
    """For comparing words: without spaces, in half width."""
    return "".join(half_width(value).split())


def text(most: int = 500) -> Parser:
    """Any text of at most so many characters; line breaks inside become spaces."""

    def parse(value: str) -> str:
        if len(value) > most:
            raise Wrong(f"有 {len(value)} 个字", f"应不超过 {most} 个字")
        return value if value.isprintable() else re.sub(r"\s*[\r\n]+\s*", " ", value)

    return parse


def code(pattern: str, expected: str) -> Parser:
    """A code without spaces that matches the pattern as a whole."""
    compiled = re.compile(pattern, re.ASCII)

    def parse(value: str) -> str:
        found = loose(value)
        if not compiled.fullmatch(found):
            raise Wrong(f"{quote(value)}不符合格式", expected)
        return found

    return parse


def whole(least: int, most: int) -> Parser:
    """A whole number between the two, both included."""
    expected = f"应为 {least} 到 {most} 的整数"

    def parse(value: str) -> int:
        found = loose(value)
        if not re.fullmatch(r"[+-]?[0-9]{1,15}", found):
            raise Wrong(f"{quote(value)}不是整数", expected)
        if not least <= int(found) <= most:
            raise Wrong(f"{quote(value)}不在范围内", expected)
        return int(found)

    return parse


def number(least: str, most: str, places: int) -> Parser:
    """An exact decimal between the two, both included, with at most so many places."""
    expected = f"应为 {least} 到 {most} 的数，最多 {places} 位小数"

    def parse(value: str) -> Decimal:
        found = loose(value)
        if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]+)?", found):
            raise Wrong(f"{quote(value)}不是数字", expected)
        if len(found.partition(".")[2]) > places:
            raise Wrong(f"{quote(value)}的小数位太多", expected)
        if not Decimal(least) <= Decimal(found) <= Decimal(most):
            raise Wrong(f"{quote(value)}不在范围内", expected)
        return Decimal(found)

    return parse


_DAY = re.compile(
    r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?(?:00:00:00)?|(\d{4})(\d\d)(\d\d)", re.ASCII
)


def day(least: date | None = None, most: date | None = None) -> Parser:
    """A date as 2026-11-22, 2026/11/22, 2026.11.22, 2026年11月22日 or 20261122."""
    expected = "应为日期，如 2026-11-22"

    def parse(value: str) -> date:
        match = _DAY.fullmatch(loose(value))
        if match is None:
            raise Wrong(f"{quote(value)}不是日期", expected)
        try:
            found = date(*(int(part) for part in match.groups() if part is not None))
        except ValueError:
            raise Wrong(f"没有{quote(value)}这一天", expected) from None
        if least is not None and found < least:
            raise Wrong(f"{quote(value)}太早", f"应不早于 {least}")
        if most is not None and found > most:
            raise Wrong(f"{quote(value)}太晚", f"应不晚于 {most}")
        return found

    return parse


def choice(words: Mapping[str, Any]) -> Parser:
    """One of the words; returns what stands behind it."""
    known = {loose(word): value for word, value in words.items()}
    expected = f"应为其一：{'、'.join(words)}"

    def parse(value: str) -> Any:
        try:
            return known[loose(value)]
        except KeyError:
            raise Wrong(f"不认识{quote(value)}", expected) from None

    return parse


def phone(value: str) -> str:
    """A telephone number of mainland China, several separated by 、 or /; parts may be joined by -."""
    found = re.sub(r"[‐‑–—−]", "-", loose(value))
    for part in re.split(r"[、,;/]", found):
        if not re.fullmatch(
            r"(\(?0\d{2,3}\)?-?)?\d{7,8}(-\d{1,6})?|1\d{10}|1\d{2,4}|[48]00-?\d{3}-?\d{4}", part
        ):
            raise Wrong(f"{quote(value)}不是电话号码", "应为座机或手机号码，如 0816-5550001")
    return found.replace(",", "、").replace(";", "、")
