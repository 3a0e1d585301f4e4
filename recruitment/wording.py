"""How dates and times are said to people."""

from datetime import datetime

from recruitment.clock import local

WEEKDAYS = "一二三四五六日"


def moment(value: datetime) -> str:
    """A point in time on a clock in Sichuan: ``2026年11月24日（星期二）08:00``."""
    value = local(value)
    return f"{value:%Y年%m月%d日}(星期{WEEKDAYS[value.weekday()]}){value:%H:%M}"
