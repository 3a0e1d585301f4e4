"""How long somebody may ask for the re-exam. Pure."""

from datetime import datetime, time, timedelta

from recruitment.clock import SHANGHAI, local

DAYS = 7


def closes(told_at: datetime, days: int) -> datetime:
    """The end of the last day on which a re-exam may be asked for.

    The day of the notice itself does not count, as periods are counted in law (Civil Code, art. 201): told on a
    Monday at any hour with 7 days, one may ask until the end of the next Monday.

    Args:
        told_at: when the result was given notice of, aware.
        days: of the call.

    Returns:
        The midnight in Sichuan with which the last day ends; asking must happen before it.

    Raises:
        ValueError: fewer than one day.
    """
    if days < 1:
        raise ValueError("a window has at least one day")
    day = local(told_at).date() + timedelta(days=days + 1)
    return datetime.combine(day, time(), SHANGHAI)
