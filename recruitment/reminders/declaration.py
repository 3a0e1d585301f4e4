"""What a reminder is: a name, a text, and a query of who is waiting for what until when."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_babel import LazyString


@dataclass(frozen=True, slots=True)
class ReminderRule:
    """One kind of reminder. Adding one is adding a declaration, its text, and a default lead.

    Attributes:
        name: stable; the key of its records and settings.
        label: what staff call it.
        notice: the folder of its text.
        workflow: of the subjects that it is about.
        waiting: at a moment (SQL, aware) a query with one row for everybody who has something to do and has not
            done it, whose columns are ``subject_id``, ``user_id``, ``call_id``, ``area_code``, ``version``
            (of the subject), ``began_at`` (since when it is theirs to do) and ``deadline``.
        share: reminds when so much of the time from ``began_at`` to the deadline is over; none: the lead that
            the call or the defaults give counts back from the deadline.
        retell: whether a deadline that moves after the reminder is told again in any case, as somebody may rely
            on the time they were told. Otherwise a deadline moved by less than half the lead is not.
        followed_by: the name of the rule that reminds of the same later; from its moment on this one is silent.
    """

    name: str
    label: LazyString
    notice: str
    workflow: str
    waiting: Callable[[sa.ColumnElement[datetime]], sa.Select[Any]]
    share: Decimal | None = None
    retell: bool = False
    followed_by: str = ""
