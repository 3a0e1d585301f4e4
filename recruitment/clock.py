"""The only place that reads the clock. Rules and operations are handed the time."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flask import current_app

SHANGHAI = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present, aware and in UTC. Tests set ``app.extensions["clock"]`` to a callable of their own."""
    clock = current_app.extensions.get("clock")
    moment: datetime = clock() if clock else datetime.now(UTC)
    return moment


def local(moment: datetime) -> datetime:
    """The same moment on a wall clock in Sichuan."""
    return moment.astimezone(SHANGHAI)


def today() -> date:
    """The calendar day in Sichuan."""
    return local(now()).date()
