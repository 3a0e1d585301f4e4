"""The ways in which a notice leaves the house, beside the inbox, in which every notice stands.

A channel is an object of the protocol :class:`Channel`. E-mail and letters are always there, text messages where
``SMS_URL`` names a gateway; ``NOTICE_CHANNELS`` adds others or puts them in place of these::

    NOTICE_CHANNELS="wechat=province_wechat.notices:make"

where ``make(settings)`` gives the channel. How to write one: ``docs/notices.md``.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Protocol

from flask import Flask, current_app
from flask_babel import LazyString

from recruitment.config import ConfigurationError, Settings
from recruitment.notices.render import Text
from recruitment.people.models import User


class Passing(Exception):
    """The far side could not take it now; trying later may work."""


class Unreachable(Passing):
    """The far side cannot be reached at all: what else was to go there need not be tried now."""


class Final(Exception):
    """The far side will never take this for this address."""


class Bounced(Final):
    """The address itself is no good: nothing else should be sent there."""


class Unknown(Exception):
    """The text has left and no answer came."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One delivery, ready to go.

    Attributes:
        id: the delivery's, the same at every attempt.
        address: where to, as the delivery shows it.
        resends: how often somebody has had it sent anew, after it had failed for good.
        phone: the person's number in full, 11 digits.
        text: what goes out instead of ``body``, if anything.
    """

    id: uuid.UUID
    resends: int
    channel: str
    address: str
    phone: str | None
    subject: str
    body: str
    body_html: str
    text: str | None
    decided_at: datetime


class Channel(Protocol):
    """One way out.

    Attributes:
        label: what people call it.
        can_tell: the far side recognises a second copy by the parcel's id and drops it, so that after a silence
            it can be sent again without any doubt.
        by_hand: nothing is sent; somebody carries it.
        chosen: a person may choose it on their account page.
    """

    label: LazyString | str
    can_tell: bool
    by_hand: bool
    chosen: bool

    def address(self, user: User) -> str | None:
        """Where the person can be reached, as it may be shown; none where this channel does not reach them."""

    def text(self, user: User, text: Text) -> str | None:
        """What goes out if that is not the notice's own body."""

    def send(self, parcel: Parcel, leaving: Callable[[], None]) -> str | None:
        """Make one attempt.

        Args:
            leaving: to be called when the text is about to leave and all that can be refused before has been
                accepted. What breaks before is :class:`Passing`, what breaks afterwards :class:`Unknown`.

        Returns:
            The far side's name for it, if it has one.

        Raises:
            Passing, Final, Bounced, Unknown: see there. Whatever ``leaving`` raises goes through.
        """

    def stop(self, user: User, at: datetime) -> None:
        """Remember that the person's present address is no good."""


def load(settings: Settings) -> Mapping[str, Channel]:
    """The channels of an instance by name, in the order in which people are offered them.

    Raises:
        ConfigurationError: ``NOTICE_CHANNELS`` or ``SMS_URL`` is unusable.
    """
    from recruitment.notices.channels import sms
    from recruitment.notices.channels.email import Email
    from recruitment.notices.channels.letter import Letter

    found: dict[str, Channel] = {"email": Email(settings.smtp_url, settings.mail_from)}
    if settings.sms_url:
        found["sms"] = sms.make(settings)
    for entry in filter(None, (part.strip() for part in settings.notice_channels.split(","))):
        name, _, path = entry.partition("=")
        module, _, attribute = path.partition(":")
        try:
            found[name.strip()] = getattr(import_module(module), attribute)(settings)
        except (ImportError, AttributeError, ValueError, TypeError) as error:
            raise ConfigurationError(
                f"NOTICE_CHANNELS must look like name=module:factory; {entry!r} does not work: {error}"
            ) from error
    found["letter"] = Letter()
    return found


def init_app(app: Flask) -> None:
    app.extensions["notice_channels"] = (app.config["SETTINGS"], load(app.config["SETTINGS"]))


def channels() -> Mapping[str, Channel]:
    """The channels of the current application."""
    settings = current_app.config["SETTINGS"]
    made_for, found = current_app.extensions["notice_channels"]
    if made_for is not settings:
        # Tests turn an application to another server.
        init_app(current_app._get_current_object())  # type: ignore[attr-defined]
        found = current_app.extensions["notice_channels"][1]
    return found  # type: ignore[no-any-return]
