"""What a gateway reports about a message: it arrived, or it did not after all."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.notices import bounces
from recruitment.notices.attempts import IN_HAND
from recruitment.notices.models import Delivery, DeliveryStatus

# Errors that say that the number itself is no good.
OF_NUMBER = frozenset({"invalid_number", "unknown_number", "not_in_service"})


def apply(session: Session, channel: str, report: dict[str, Any], now: datetime) -> bool:
    """Take in one report: ``id`` as we gave it, ``status``, ``error``.

    A report may come before the answer to our request, twice, late, or again from somebody who recorded it: it has
    its effect once, and none on a later sending of the same notice.

    Returns:
        Whether there is such a delivery.
    """
    text, _, turn = str(report.get("id", "")).partition(".")
    try:
        delivery_id, resends = uuid.UUID(text), int(turn or 0)
    except ValueError:
        return False
    this = (Delivery.id == delivery_id, Delivery.channel == channel, Delivery.resends == resends)
    if not session.scalar(sa.select(sa.exists().where(*this))):
        return False
    if report.get("status") == "delivered":
        session.execute(
            sa.update(Delivery)
            .where(*this, Delivery.status.in_((*IN_HAND, DeliveryStatus.PENDING, DeliveryStatus.SENT)))
            .values(
                status=DeliveryStatus.SENT,
                delivered_at=sa.func.coalesce(Delivery.delivered_at, now),
                sent_at=sa.func.coalesce(Delivery.sent_at, now),
                last_error=None,
            )
        )
    elif report.get("status") == "failed":
        error = str(report.get("error", ""))
        bounces.fail(session, delivery_id, f"sms: {error or 'failed'}", now, of_address=error in OF_NUMBER)
    return True
