"""Resident identity numbers (公民身份号码, GB 11643-1999).

Eighteen characters: six digits of the place where it was first issued, eight of the birth date, three of a
sequence (odd for men, even for women) and a check character.

The place is only a hint. Codes are renamed and new counties get new ones, so a number whose place is not in
today's list is still a valid number; and where somebody was registered says nothing about where they serve.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
# Nobody who can still take part was born before it, and it catches a slip in the century.
EARLIEST_BIRTH = date(1900, 1, 1)


class Sex(StrEnum):
    MALE = "male"
    FEMALE = "female"


class Problem(StrEnum):
    """Why a text is no identity number."""

    EMPTY = "empty"
    OLD = "old"
    LENGTH = "length"
    CHARACTERS = "characters"
    BIRTH_DATE = "birth_date"
    CHECKSUM = "checksum"


# Marks words that are translated where they are shown.
N_ = str
# What to tell the person who typed it.
WORDS = {
    Problem.EMPTY: N_("请填写身份证号。"),
    Problem.OLD: N_("这是旧的15位身份证号。请填写现在使用的18位身份证号。"),
    Problem.LENGTH: N_("身份证号应为18位，请核对是否多填或少填。"),
    Problem.CHARACTERS: N_("身份证号前17位应为数字，最后一位为数字或X。"),
    Problem.BIRTH_DATE: N_("身份证号中的出生日期（第7至14位）不存在或不合理，请核对。"),
    Problem.CHECKSUM: N_("身份证号有误：最后一位与前17位对不上。请对照身份证逐位核对。"),
}


class IdNumberError(ValueError):
    """A text is no identity number. ``problem`` says why, ``str()`` says it to the person."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(WORDS[problem])
        self.problem = problem


@dataclass(frozen=True, slots=True)
class IdNumber:
    """A number whose date and check character are right.

    Attributes:
        value: 18 characters, an ``X`` in upper case.
        area_code: the first six digits, a hint only.
    """

    value: str
    birth_date: date
    sex: Sex
    area_code: str

    @property
    def masked(self) -> str:
        return mask(self.value)


def normalise(text: str) -> str:
    """Full-width characters to ASCII, spaces and hyphens out, ``x`` to ``X``."""
    return re.sub(r"[\s\-\u200b\ufeff]", "", unicodedata.normalize("NFKC", text)).upper()


def checksum(digits: str) -> str:
    """The 18th character for the first 17 (ISO 7064, MOD 11-2)."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def parse(text: str, today: date | None = None) -> IdNumber:
    """Read a number as typed.

    Args:
        text: may hold spaces, full-width digits or a small ``x``.
        today: a birth date after it is refused; without it any date is taken.

    Raises:
        IdNumberError: it is not a valid 18-digit number.
    """
    value = normalise(text)
    if not value:
        raise IdNumberError(Problem.EMPTY)
    if re.fullmatch(r"[0-9]{15}", value):
        raise IdNumberError(Problem.OLD)
    if len(value) != 18:
        raise IdNumberError(Problem.LENGTH)
    if not re.fullmatch(r"[0-9]{17}[0-9X]", value):
        raise IdNumberError(Problem.CHARACTERS)
    try:
        birth_date = date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        raise IdNumberError(Problem.BIRTH_DATE) from None
    if birth_date < EARLIEST_BIRTH or (today is not None and birth_date > today):
        raise IdNumberError(Problem.BIRTH_DATE)
    if checksum(value[:17]) != value[17]:
        raise IdNumberError(Problem.CHECKSUM)
    return IdNumber(
        value=value,
        birth_date=birth_date,
        sex=Sex.MALE if int(value[16]) % 2 else Sex.FEMALE,
        area_code=value[:6],
    )


def mask(value: str) -> str:
    """What a page shows of a number: province, prefecture and the last character.

    The usual mask (first six and last four) hides nothing from a reader who knows the birth date, which
    stands beside it on most of our pages: only three digits would be left, and the check character gives
    most of those away.

    >>> mask("510722198503070010")
    '5107*************0'
    """
    return f"{value[:4]}{'*' * (len(value) - 5)}{value[-1:]}" if len(value) > 5 else "*" * len(value)
