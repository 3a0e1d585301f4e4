"""Probation and minimum service as days. Pure.

A period of full years or months from a first day ends with the day before its anniversary. Where the anniversary does
not exist (29 February, the 31st), it is the first of the next month: begun on 29 February 2028, one year ends on
28 February 2029.
"""

from dataclasses import dataclass
from datetime import date, timedelta


def after_months(day: date, months: int) -> date:
    """The anniversary of a day after full months."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        year, month = divmod(day.year * 12 + day.month + months, 12)
        return date(year, month + 1, 1)


def last_day(first: date, months: int) -> date:
    """The last day of a period of full months that begins on ``first``."""
    return after_months(first, months) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Full years and months beyond them."""

    years: int
    months: int


def span(first: date, day: date) -> Span:
    """How long a service that began on ``first`` has lasted on ``day``, both counted; nothing before it began."""
    months = 0
    if day >= first:
        months = max((day.year - first.year) * 12 + day.month - first.month - 1, 0)
        while last_day(first, months + 1) <= day:
            months += 1
    return Span(*divmod(months, 12))


def remaining(first: date, months: int, day: date) -> Span:
    """What is left on ``day`` of a period of full months that began on ``first``; a begun month counts as left."""
    served = span(first, day)
    left = max(months - served.years * 12 - served.months, 0)
    return Span(*divmod(left, 12))


def kind_of(community_name: str) -> str:
    """``community`` or ``village``, by the name: 8,888 of the catalogue's names say 社区, no township's does.

    Args:
        community_name: with or without the names of the areas around it.
    """
    return "community" if "社区" in community_name else "village"
