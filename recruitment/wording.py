"""How dates, times and the names in workflows are said to people, and in which language."""

from contextlib import AbstractContextManager
from datetime import datetime

from flask_babel import force_locale, format_datetime, get_locale
from flask_babel import gettext as _

from recruitment.clock import local
from workflows.terms import Reason

OFFICIAL = "zh_Hans_CN"
WEEKDAYS = "一二三四五六日"


def official() -> AbstractContextManager[None]:
    """Within it, words are Chinese: for what is kept on record or sent to somebody else."""
    manager: AbstractContextManager[None] = force_locale(OFFICIAL)
    return manager


def label(words: str) -> str:
    """The name of a state or step, as its workflow's definition gives it, in the language of the page."""
    return str(_(words))


def moment(value: datetime) -> str:
    """A point in time on a clock in Sichuan: ``2026年11月24日（星期二）08:00``, or as the page's language has it."""
    value = local(value)
    locale = get_locale()
    if locale is not None and locale.language != "zh":
        return str(format_datetime(value, "EEEE d MMMM y, HH:mm", rebase=False))
    return f"{value:%Y年%m月%d日}（星期{WEEKDAYS[value.weekday()]}）{value:%H:%M}"


def words_of(reason: Reason) -> str:
    """Why something was refused, with the clause it rests on."""
    return f"{reason.words}（{reason.citation}）" if reason.citation else reason.words


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
