"""The administrative areas of Sichuan as they come with the package.

Codes are those of GB/T 2260 and its extensions: a county has six digits, a township nine, a community
twelve. A code begins with the code of the area above it; a prefecture's six digits end in ``00``.

Source: the public data set china-division 2.7.0 (MIT), with the flags of autonomous and Tibetan areas.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

PROVINCE_CODE = "510000"
PROVINCE_NAME = "四川省"


@dataclass(frozen=True, slots=True)
class County:
    """A county-level area (183 of them).

    Attributes:
        code: six digits, e.g. ``"510722"``.
        prefecture_code: six digits ending in ``00``.
        autonomous: in an ethnic autonomous area (民族自治地方).
        tibetan: in a Tibetan area (涉藏地区).
    """

    code: str
    name: str
    prefecture_code: str
    prefecture: str
    autonomous: bool
    tibetan: bool


def _rows(name: str) -> Iterator[dict[str, str]]:
    with files("recruitment.areas").joinpath("data", name).open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


@cache
def counties() -> dict[str, County]:
    """Every county by its code, in the order of the codes."""
    return {
        row["code"]: County(
            code=row["code"],
            name=row["name"],
            prefecture_code=row["prefecture_code"],
            prefecture=row["prefecture"],
            autonomous=row["autonomous"] == "1",
            tibetan=row["tibetan"] == "1",
        )
        for row in _rows("counties.csv")
    }


@cache
def prefectures() -> dict[str, str]:
    """Name of each of the 21 prefectures by its six-digit code."""
    return {county.prefecture_code: county.prefecture for county in counties().values()}


def townships() -> Iterator[tuple[str, str, str]]:
    """``(code, name, county code)`` of every township."""
    for row in _rows("townships.csv"):
        yield row["code"], row["name"], row["county_code"]


def communities() -> Iterator[tuple[str, str, str]]:
    """``(code, name, township code)`` of every community and village."""
    for row in _rows("communities.csv"):
        yield row["code"], row["name"], row["township_code"]


def prefecture_of(code: str) -> str:
    """The prefecture's six-digit code of any area code of four or more digits."""
    return code[:4] + "00"


def prefix(code: str) -> str:
    """The digits that every code inside the area begins with.

    >>> prefix("510000"), prefix("510700"), prefix("510722"), prefix("510722100")
    ('51', '5107', '510722', '510722100')
    """
    if len(code) != 6:
        return code
    if code.endswith("0000"):
        return code[:2]
    return code[:4] if code.endswith("00") else code
