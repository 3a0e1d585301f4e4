"""Notices on paper, for who can be reached in no other way."""

from collections.abc import Callable
from datetime import datetime

from flask_babel import lazy_gettext as _

from recruitment.notices.channels import Final, Parcel
from recruitment.notices.render import Text
from recruitment.people.models import User


class Letter:
    """An office prints it, posts it and says so: ``recruitment.notices.letters``."""

    label = _("纸质信函")
    can_tell = True
    by_hand = True
    chosen = False

    def address(self, user: User) -> str | None:
        return user.name

    def text(self, user: User, text: Text) -> str | None:
        return None

    def send(self, parcel: Parcel, leaving: Callable[[], None]) -> str | None:
        raise Final("a letter is posted by hand")

    def stop(self, user: User, at: datetime) -> None:
        """A letter that comes back is for the office to deal with."""
