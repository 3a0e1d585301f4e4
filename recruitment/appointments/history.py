"""Directed recruits over the years: what was published before, and what this system has appointed since."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from recruitment.appointments.models import KINDS


@dataclass(frozen=True, slots=True)
class Published:
    """A total that was published elsewhere, with its source."""

    first: int
    last: int
    appointed: int
    source: str
    note: str


@cache
def published() -> tuple[Published, ...]:
    """Every published total, the earliest first."""
    text = files("recruitment.appointments").joinpath("history.toml").read_text("utf-8")
    return tuple(
        Published(row["from"], row["to"], row["appointed"], row["source"], row["note"])
        for row in tomllib.loads(text)["total"]
    )


@dataclass(frozen=True, slots=True)
class Line:
    """Figures of one year or one prefecture, by kind."""

    name: str
    by_kind: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.by_kind.values())


@dataclass(frozen=True, slots=True)
class History:
    """All figures of a page.

    Attributes:
        before: published totals.
        by_year, by_prefecture: what this system has appointed, by year of reporting for duty.
    """

    before: tuple[Published, ...]
    by_year: list[Line]
    by_prefecture: list[Line]

    @property
    def appointed(self) -> int:
        """What this system has appointed."""
        return sum(line.total for line in self.by_year)

    @property
    def total(self) -> int:
        """Everything together; the periods do not overlap as long as the system began after the last of them."""
        return self.appointed + sum(row.appointed for row in self.before)

    @property
    def widest(self) -> int:
        """The longest bar: of any year or any prefecture, at least 1."""
        return max((line.total for line in (*self.by_year, *self.by_prefecture)), default=1)


def history(counted: Iterable[tuple[int, str, str, int]]) -> History:
    """The figures out of counts by year, prefecture and kind.

    Years without anybody between the first and the last are shown with nobody.
    """
    years: dict[int, dict[str, int]] = {}
    prefectures: dict[str, dict[str, int]] = {}
    for year, prefecture, kind, number in counted:
        for group in (years.setdefault(year, {}), prefectures.setdefault(prefecture, {})):
            group[kind] = group.get(kind, 0) + number
    for year in range(min(years, default=0), max(years, default=-1)):
        years.setdefault(year, {})
    return History(
        published(),
        [Line(str(year), _whole(years[year])) for year in sorted(years)],
        [Line(name, _whole(by_kind)) for name, by_kind in prefectures.items()],
    )


def _whole(by_kind: dict[str, int]) -> dict[str, int]:
    return {kind: by_kind.get(kind, 0) for kind in KINDS}
