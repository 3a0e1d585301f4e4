"""Working days of mainland China. Pure: the announced days are handed in.

Weekends, statutory holidays and days worked in lieu come from chinesecalendar for the years that it knows. Over it
stand single days that were entered by hand, and years that were entered as a whole. A year that neither knows is
never guessed from weekends: :class:`MissingYear` says so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import chinese_calendar
from chinese_calendar import constants

from recruitment.words import Words

SHANGHAI = ZoneInfo("Asia/Shanghai")
# A deadline's last moment; the database keeps no finer ones, so nothing lies between it and the next day.
END_OF_DAY = time.max


class MissingYear(ValueError):
    """The holidays of a year are neither in the package nor in the table.

    Attributes:
        year: that year.
    """

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(
            Words(
                "%(year)s年的放假和调休安排还没有录入，无法计算工作日。请招录管理员先在“工作日历”中录入。",
                year=year,
            )
        )


@cache
def packaged_years() -> range:
    """The years that chinesecalendar knows in full."""
    return range(min(constants.holidays).year, max(constants.holidays).year + 1)


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The calendar as it is known at one moment.

    Attributes:
        special: day → whether it is worked; stands over everything else.
        years: years whose announced arrangement is in ``special`` as a whole.
    """

    special: Mapping[date, bool] = field(default_factory=dict)
    years: frozenset[int] = frozenset()

    def known(self, year: int) -> bool:
        """Whether each day of the year can be told."""
        return year in self.years or year in packaged_years()

    def working(self, day: date) -> bool:
        """Whether the day is worked.

        Raises:
            MissingYear: nobody has said so for that year.
        """
        if day in self.special:
            return self.special[day]
        if day.year in self.years:
            return day.weekday() < 5
        if day.year in packaged_years():
            return bool(chinese_calendar.is_workday(day))
        raise MissingYear(day.year)

    def after(self, day: date, number: int) -> date:
        """The ``number``-th working day after ``day``, which itself is not counted; negative: before it.

        ``number`` 0 gives the day itself if it is worked, otherwise the next working day.

        Raises:
            MissingYear: a day on the way lies in an unknown year.
        """
        if number == 0:
            return day if self.working(day) else self.after(day, 1)
        step = timedelta(days=1 if number > 0 else -1)
        left = abs(number)
        while left:
            day += step
            left -= self.working(day)
        return day

    def count(self, first: date, last: date) -> int:
        """How many working days lie from ``first`` to ``last``, both counted; 0 when ``last`` is earlier.

        Raises:
            MissingYear: a day between lies in an unknown year.
        """
        return sum(self.working(day) for day in _days(first, last))

    def span(self, first: date, number: int) -> date:
        """The last day of a period of ``number`` working days that begins on ``first``, which counts if it is worked.

        Raises:
            MissingYear: a day on the way lies in an unknown year.
            ValueError: ``number`` is below 1.
        """
        if number < 1:
            raise ValueError("a period has at least one working day")
        return self.after(first - timedelta(days=1), number)

    def deadline(self, moment: datetime, number: int) -> datetime:
        """The last moment of the ``number``-th working day in Sichuan after the day of ``moment``.

        The day on which something happens is not counted, and a period ends when its last day does.

        Args:
            moment: aware.

        Returns:
            Aware, in Asia/Shanghai.

        Raises:
            MissingYear: a day on the way lies in an unknown year.
        """
        day = self.after(moment.astimezone(SHANGHAI).date(), number)
        return datetime.combine(day, END_OF_DAY, SHANGHAI)


def _days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


# On these the law itself rests (全国年节及纪念日放假办法, art. 2); an arrangement without them is incomplete.
FIXED = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))
# In force since 2025-01-01; before, 2 May was none.
_SECOND_OF_MAY_SINCE = 2025


def missing_fixed(special: Mapping[date, bool], year: int) -> list[date]:
    """Holidays fixed by date in the law that an arrangement for the year does not name as free."""
    fixed = [date(year, month, day) for month, day in FIXED]
    if year < _SECOND_OF_MAY_SINCE:
        fixed.remove(date(year, 5, 2))
    return [day for day in fixed if special.get(day) is not False]
