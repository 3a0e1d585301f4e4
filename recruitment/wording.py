"""How dates and times are said to people."""

from datetime import datetime

from flask_babel import gettext as _

from recruitment.clock import local

WEEKDAYS = "一二三四五六日"


def moment(value: datetime) -> str:
    """A point in time on a clock in Sichuan: ``2026年11月24日（星期二）08:00``."""
    value = local(value)
    return f"{value:%Y年%m月%d日}（星期{WEEKDAYS[value.weekday()]}）{value:%H:%M}"


def left(until: datetime, now: datetime) -> str:
    """How long there is until a deadline: ``还剩3天5小时``, ``还剩12分钟``, ``已截止``."""
    minutes = int((until - now).total_seconds() // 60)
    if until <= now:
        return str(_("已截止"))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return str(_("还剩%(days)s天%(hours)s小时", days=days, hours=hours))
    if hours:
        return str(_("还剩%(hours)s小时%(minutes)s分钟", hours=hours, minutes=minutes))
    return str(_("还剩%(minutes)s分钟", minutes=minutes) if minutes else _("还剩不到1分钟"))
