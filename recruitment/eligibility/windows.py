"""Birth-date windows: from an age and a convention to the dates that a call publishes.

A day is a calendar day in Asia/Shanghai; times of day play no part. Sources of the conventions: the
windows printed in real calls, of which Sichuan 2021 and Guangzhou 2017 are tests.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from recruitment.words import Words

BANDS: Final = ("minimum", "base", "autonomous", "commendation")


def minus_years(day: date, years: int) -> date:
    """The same day that many years earlier; 29 February becomes 28 February where there is none."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)


def reached_on(start: date, years: int) -> date:
    """The first day on which ``minus_years(day, years) >= start``.

    >>> reached_on(date(2018, 2, 25), 3).isoformat(), reached_on(date(2020, 2, 29), 3).isoformat()
    ('2021-02-25', '2023-03-01')
    """
    if start.year + years > date.max.year:
        return date.max
    try:
        return start.replace(year=start.year + years)
    except ValueError:
        return date(start.year + years, 3, 1)


@dataclass(frozen=True, slots=True)
class Convention:
    """How a call turns an age into a birth date.

    Attributes:
        words: shown to the admin who chooses.
        earliest: ``(reference date, ceiling)`` → earliest birth date that is still in.
        latest: ``(reference date, minimum)`` → latest birth date that is already in.
    """

    words: Words
    earliest: Callable[[date, int], date]
    latest: Callable[[date, int], date]


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


CONVENTIONS: Final[Mapping[str, Convention]] = {
    "n_plus_one": Convention(
        Words("上限 N 周岁：基准日往前推 N+1 年的当日及以后出生（四川、重庆、广东、福建、黑龙江）"),
        lambda day, ceiling: minus_years(day, ceiling + 1),
        minus_years,
    ),
    "n": Convention(
        Words("上限 N 周岁：基准日往前推 N 年的当日及以后出生"),
        minus_years,
        minus_years,
    ),
    "months": Convention(
        Words("只公布年月：基准日往前推 N+1 年的当月及以后出生；下限算到当月最后一天"),
        lambda day, ceiling: minus_years(day, ceiling + 1).replace(day=1),
        lambda day, minimum: _month_end(minus_years(day, minimum)),
    ),
}


@dataclass(frozen=True, slots=True)
class Windows:
    """Birth dates of one call, one per band.

    Attributes:
        minimum: latest birth date that has reached the minimum age.
        base: earliest birth date within the general ceiling.
        autonomous: the same for positions in an autonomous area.
        commendation: the same for holders of a comprehensive commendation.
    """

    minimum: date
    base: date
    autonomous: date
    commendation: date

    def to_json(self) -> dict[str, str]:
        return {band: getattr(self, band).isoformat() for band in BANDS}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Windows":
        return cls(**{band: date.fromisoformat(value[band]) for band in BANDS})


def suggest(reference_date: date, ages: Mapping[str, int], convention: str) -> Windows:
    """Dates for the four bands.

    Args:
        reference_date: the day on which ages are counted.
        ages: full years by band: ``minimum``, ``base``, ``autonomous``, ``commendation``.
        convention: a key of ``CONVENTIONS``.
    """
    rule = CONVENTIONS[convention]
    return Windows(
        rule.latest(reference_date, ages["minimum"]),
        *(rule.earliest(reference_date, ages[band]) for band in BANDS[1:]),
    )
