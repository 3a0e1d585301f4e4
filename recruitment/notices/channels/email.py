"""Notices by e-mail."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

from flask_babel import lazy_gettext as _

from recruitment.notices import pool
from recruitment.notices.channels import Parcel
from recruitment.notices.mail import compose, hand_over
from recruitment.notices.render import Text, render_short
from recruitment.people.models import User


class Email:
    """SMTP. No server can tell a second copy, but its reader can: the Message-ID stays the same."""

    label = _("电子邮件")
    can_tell = False
    by_hand = False
    chosen = True

    def __init__(self, url: str, sender: str) -> None:
        self._url = url
        self._sender = sender

    def address(self, user: User) -> str | None:
        return None if user.email_failed_at else user.email

    def text(self, user: User, text: Text) -> str | None:
        # Whoever reads an address that nobody has confirmed may be a stranger.
        return None if user.email_confirmed_at else render_short("unconfirmed")

    def send(self, parcel: Parcel, leaving: Callable[[], None]) -> str | None:
        mail = compose(parcel, self._sender)
        with pool.connection(self._url) as connection:
            connection.run(
                partial(
                    hand_over,
                    mail=mail,
                    sender=self._sender,
                    recipient=parcel.address,
                    before_data=leaving,
                )
            )
        return None

    def stop(self, user: User, at: datetime) -> None:
        user.email_failed_at = at
