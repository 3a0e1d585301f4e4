"""Addresses that turned out to be no good: nothing more is sent there, and the notice goes another way."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage, Message
from email.parser import BytesParser
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from recruitment.notices import operations
from recruitment.notices.channels import channels
from recruitment.notices.mail import NOT_THE_ADDRESS
from recruitment.notices.models import MESSAGE_ID_DOMAIN, Delivery, DeliveryStatus, Notice


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail server wrote back about one mail of ours (RFC 3464).

    Attributes:
        status: ``5.1.1`` and the like.
        words: the server's own explanation.
    """

    delivery_id: uuid.UUID
    status: str
    words: str

    @property
    def of_address(self) -> bool:
        """Whether the address itself is no good."""
        return NOT_THE_ADDRESS.match(self.status.encode()) is None


def stop(session: Session, delivery_id: uuid.UUID, at: datetime) -> None:
    """Stop the channel for the address of a delivery, unless the person has another by now; plan another way."""
    delivery = session.get_one(
        Delivery,
        delivery_id,
        options=[joinedload(Delivery.notice).joinedload(Notice.user)],
        populate_existing=True,
    )
    notice, channel = delivery.notice, channels().get(delivery.channel)
    if channel is not None and channel.address(notice.user) == delivery.address:
        channel.stop(notice.user, at)
    operations.plan_again(notice, at)
    session.flush()


def fail(session: Session, delivery_id: uuid.UUID, error: str, at: datetime, *, of_address: bool) -> bool:
    """A mail or message that had been taken did not arrive after all.

    Returns:
        Whether there is such a delivery and this was news. A report that comes twice has no second effect.
    """
    failed = session.scalar(
        sa.update(Delivery)
        .where(
            Delivery.id == delivery_id,
            Delivery.status == DeliveryStatus.SENT,
            Delivery.delivered_at.is_(None),
        )
        .values(status=DeliveryStatus.FAILED, failed_at=at, last_error=error[:500])
        .returning(Delivery.id)
    )
    if failed is not None and of_address:
        stop(session, delivery_id, at)
    return failed is not None


def read(raw: bytes) -> Report | None:
    """What a mail says about a mail of ours; none if it is no report of a final failure.

    The Message-ID is what proves it genuine: it cannot be guessed, and only who got the mail knows it.
    """
    mail = BytesParser(policy=policy.default).parsebytes(raw)
    if not isinstance(mail, EmailMessage) or mail.get_content_type() != "multipart/report":
        return None
    delivery_id, status, words = None, "", ""
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            for fields in _payload(part):
                if str(fields.get("Action", "")).strip().lower() == "failed":
                    status = str(fields.get("Status", "")).split("(")[0].strip()
                    words = " ".join(str(fields.get("Diagnostic-Code", "")).split())
        elif kind == "text/rfc822-headers":
            headers: Any = part.get_payload(decode=True)
            delivery_id = delivery_id or _delivery_id(BytesParser(policy=policy.default).parsebytes(headers))
        elif "Message-ID" in part and part is not mail:
            delivery_id = delivery_id or _delivery_id(part)
    if delivery_id is None or not status.startswith("5"):
        return None
    return Report(delivery_id, status, words or status)


def _payload(part: Message) -> list[Message]:
    payload: Any = part.get_payload()
    return payload if isinstance(payload, list) else []


def _delivery_id(mail: Message) -> uuid.UUID | None:
    local, _, domain = str(mail.get("Message-ID", "")).strip().strip("<>").partition("@")
    try:
        return uuid.UUID(local) if domain == MESSAGE_ID_DOMAIN else None
    except ValueError:
        return None
