"""Read a calendar day as people type it on a telephone: three boxes, or all of it in the first."""

import re
import unicodedata
from calendar import isleap, monthrange
from datetime import date

from flask_babel import gettext as _

EARLIEST_YEAR, LATEST_YEAR = 1900, 2100
_WHOLE = re.compile(r"(\d{4})\D+(\d{1,2})\D+(\d{1,2})\D*|(\d{4})(\d{2})(\d{2})")


class DayError(ValueError):
    """What was typed is no day; the message says why and what to type instead."""


def read_day(year: str, month: str, day: str) -> date | None:
    """The day that was typed; ``None`` when nothing was.

    Args:
        year: digits of any width, with or without 年 after them; or a whole date such as ``2019-3-5``,
            ``2019年3月5日`` or ``20190305`` while the other two are empty.
        month: likewise, with or without 月.
        day: likewise, with or without 日 or 号.

    Raises:
        DayError: there is no such day, or part of it is missing.
    """
    parts = [_plain(year, "年"), _plain(month, "月"), _plain(day, "日号")]
    if not any(parts):
        return None
    if parts[0] and not parts[1] and not parts[2] and (found := _WHOLE.fullmatch(_plain(year, "日号"))):
        parts = [text for text in found.groups() if text is not None]
    numbers = [_number(text) for text in parts]
    missing = [name for name, text in zip((_("年"), _("月"), _("日")), parts, strict=True) if not text]
    if missing:
        raise DayError(_("请补上%(parts)s。", parts="、".join(missing)))
    return _day(*numbers)


def _plain(text: str, ending: str) -> str:
    """Half-width, without spaces and without the word behind the number."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).rstrip(ending)


def _number(text: str) -> int:
    if not text:
        return 0
    if not re.fullmatch(r"[0-9]{1,4}", text):
        raise DayError(_("“%(text)s”看不懂。请只填数字，例如2019年3月5日。", text=text[:20]))
    return int(text)


def _day(year: int, month: int, day: int) -> date:
    if year < 100:
        raise DayError(_("年份请写四位数，例如1998。"))
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise DayError(_("没有%(year)s年这样的日期，请核对年份。", year=year))
    if not 1 <= month <= 12:
        raise DayError(_("没有%(month)s月，月份请填1到12。", month=month))
    last = monthrange(year, month)[1]
    if 1 <= day <= last:
        return date(year, month, day)
    if month == 2 and day == 29 and not isleap(year):
        raise DayError(_("%(year)s年2月只有28天，没有29日。", year=year))
    raise DayError(_("%(month)s月没有%(day)s日，请填1到%(last)s。", month=month, day=day, last=last))
