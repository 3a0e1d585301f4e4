"""The times that hold where a call sets none of its own."""

import tomllib
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("defaults.toml")


@dataclass(frozen=True, slots=True)
class Defaults:
    """Times of day on a clock in Sichuan, and how long before a deadline each rule reminds.

    Attributes:
        since: the first day on which they hold.
        quiet_from, quiet_until: no reminder leaves from the one up to the other.
        evening: when a reminder leaves that falls into the night and cannot wait for the morning.
        office_from, office_until: when the enquiry number is answered on a working day.
        leads: by name of the rule.
    """

    since: date
    quiet_from: time
    quiet_until: time
    evening: time
    office_from: time
    office_until: time
    leads: dict[str, timedelta]


@cache
def _dated() -> tuple[Defaults, ...]:
    rows = tomllib.loads(FILE.read_text("utf-8"))["defaults"]
    made = (
        Defaults(**{**row, "leads": {name: timedelta(minutes=value) for name, value in row["leads"].items()}})
        for row in rows
    )
    return tuple(sorted(made, key=lambda row: row.since))


def defaults(day: date) -> Defaults:
    """What holds on a day; before the first, the first."""
    found = [row for row in _dated() if row.since <= day]
    return found[-1] if found else _dated()[0]
