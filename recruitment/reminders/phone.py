"""When somebody answers the enquiry number, said so that nobody calls in vain."""

from datetime import datetime, time, timedelta

from recruitment.calendar.working_days import MissingYear, WorkingDays
from recruitment.clock import SHANGHAI
from recruitment.wording import moment


def last_answered(
    calendar: WorkingDays, office_from: time, office_until: time, now: datetime, deadline: datetime
) -> datetime | None:
    """The last moment between now and the deadline up to which the number is answered; none: there is no such time.

    Raises:
        MissingYear: the working days of a year in between are not known.
    """
    start, end = now.astimezone(SHANGHAI), deadline.astimezone(SHANGHAI)
    day = end.date()
    while day >= start.date():
        if calendar.working(day):
            opens = max(datetime.combine(day, office_from, SHANGHAI), start)
            closes = min(datetime.combine(day, office_until, SHANGHAI), end)
            if opens < closes:
                return closes
        day -= timedelta(days=1)
    return None


def note(
    calendar: WorkingDays, office_from: time, office_until: time, now: datetime, deadline: datetime
) -> str:
    """One line about the enquiry number for a text that names a deadline."""
    hours = f"工作日{office_from:%H:%M}至{office_until:%H:%M}"
    try:
        last = last_answered(calendar, office_from, office_until, now, deadline)
    except MissingYear:
        return f"咨询电话{hours}有人接听，周末和节假日没有人接。"
    if last is None:
        return f"从现在到截止，咨询电话都没有人接（{hours}才有人接听）。请直接在网上办理。"
    return f"咨询电话{hours}有人接听。截止前要打电话，最晚在{moment(last)}前打。"
