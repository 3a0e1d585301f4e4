"""When a reminder leaves, in SQL: for a hundred thousand people as for one.

A reminder has a *nominal* moment (so long before its deadline). At night nobody is disturbed: a nominal moment
in the quiet time moves to the morning after it where at least half of the time up to the deadline is left then,
and otherwise to the evening before. So four hours before a deadline at 08:00 becomes the evening before, and two
days before it stays what it is.
"""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from recruitment.clock import SHANGHAI

_DAY = sa.literal(timedelta(days=1), sa.Interval)

Moment = sa.ColumnElement[datetime]
TimeOfDay = sa.ColumnElement[time]


@dataclass(frozen=True, slots=True)
class Night:
    """Expressions for a call's times of day."""

    quiet_from: TimeOfDay
    quiet_until: TimeOfDay
    evening: TimeOfDay


def _local(moment: Moment) -> Any:
    return sa.func.timezone(SHANGHAI.key, moment)


def _utc(local: Any) -> Moment:
    moment: Moment = sa.func.timezone(SHANGHAI.key, local, type_=sa.DateTime(timezone=True))
    return moment


def is_quiet(moment: Moment, night: Night) -> sa.ColumnElement[bool]:
    """Whether nobody is to be disturbed at the moment; the minute that ends the night is day."""
    clock = sa.cast(_local(moment), sa.Time)
    after, before = clock >= night.quiet_from, clock < night.quiet_until
    return sa.case(
        (night.quiet_from <= night.quiet_until, sa.and_(after, before)), else_=sa.or_(after, before)
    )


def wakes_at(moment: Moment, night: Night) -> Moment:
    """The end of the night in which a moment lies; by day, of the next one."""
    local = _local(moment)
    day = sa.func.date_trunc("day", local)
    return _utc(
        sa.case((sa.cast(local, sa.Time) < night.quiet_until, day), else_=day + _DAY)
        + sa.cast(night.quiet_until, sa.Interval)
    )


def planned(nominal: Moment, deadline: Moment, night: Night) -> Moment:
    """The moment at which a reminder leaves; never in the quiet time, never after the nominal moment by more
    than half of what is left.
    """
    local = _local(nominal)
    day = sa.func.date_trunc("day", local)
    clock = sa.cast(local, sa.Time)
    morning = wakes_at(nominal, night)
    began = sa.case((clock >= night.quiet_from, day), else_=day - _DAY)
    evening = _utc(
        sa.case((night.evening < night.quiet_from, began), else_=began - _DAY)
        + sa.cast(night.evening, sa.Interval)
    )
    left = deadline - morning
    waits = left + left >= deadline - nominal
    return sa.case((~is_quiet(nominal, night), nominal), (waits, morning), else_=evening)
