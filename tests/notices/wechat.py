"""A channel as a province would write it."""

from collections.abc import Callable
from datetime import datetime

from recruitment.config import Settings
from recruitment.notices.channels import Parcel
from recruitment.notices.render import Text
from recruitment.people.models import User


class Wechat:
    label = "微信"
    can_tell = True
    by_hand = False
    chosen = True

    def address(self, user: User) -> str | None:
        return user.name

    def text(self, user: User, text: Text) -> str | None:
        return None

    def send(self, parcel: Parcel, leaving: Callable[[], None]) -> str | None:
        leaving()
        return f"wx-{parcel.id}"

    def stop(self, user: User, at: datetime) -> None:
        raise NotImplementedError


def make(settings: Settings) -> Wechat:
    return Wechat()
