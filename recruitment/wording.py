"""How dates, times and the names in workflows are said to people, and in which language."""

from contextlib import AbstractContextManager
from datetime import date, datetime, time, timedelta

from flask_babel import force_locale, format_date, format_datetime, get_locale
from flask_babel import gettext as _

from recruitment.clock import local
from recruitment.words import Part, Words
from workflows.terms import Reason

# Marks words for the catalogue where they stand in data; where they are shown, they go through gettext.
N_ = str
OFFICIAL = "zh_Hans_CN"
WEEKDAYS = "一二三四五六日"


def official() -> AbstractContextManager[None]:
    """Within it, words are Chinese: for what is kept on record or sent to somebody else."""
    manager: AbstractContextManager[None] = force_locale(OFFICIAL)
    return manager


def label(words: str) -> str:
    """Words that stand in data, such as the name of a state in a definition, in the language of the page."""
    return str(_(words)) if words else ""


def said(words: str) -> str:
    """What a rule says, in the language of the page. Text that is nobody's words, such as a name, as it stands."""
    if not isinstance(words, Words) or _chinese():
        return str(words)
    if not words.parts:
        return label(words.template)
    return str(_(words.template)) % {name: _said(part) for name, part in words.parts.items()}


def _said(part: Part) -> str | int:
    if isinstance(part, date):
        return str(format_date(part, "long", rebase=False))
    if isinstance(part, tuple):
        return ", ".join(map(said, part))
    return said(part) if isinstance(part, str) else part


def _chinese() -> bool:
    locale = get_locale()
    return locale is None or bool(locale.language == "zh")


def moment(value: datetime) -> str:
    """A point in time on a clock in Sichuan: ``2026年11月24日（星期二）08:00``, or as the page's language has it."""
    value = local(value)
    if not _chinese():
        return str(format_datetime(value, "EEEE d MMMM y, HH:mm", rebase=False))
    return f"{value:%Y年%m月%d日}（星期{WEEKDAYS[value.weekday()]}）{value:%H:%M}"


def deadline(value: datetime) -> str:
    """A point in time until which something may be done; midnight is said as the end of the day before it."""
    if local(value).time() != time():
        return moment(value)
    return moment(value - timedelta(days=1)).replace("00:00", "24:00")


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
