"""Each attempt to carry a notice out of the house, as the database itself noted it."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database import Base


class DeliveryAttempt(Base):
    """One attempt that ended. A trigger on ``delivery`` writes it, whatever code carried the notice.

    Attributes:
        number: 1, 2, 3 … of its delivery.
        ended_at: by the database's clock.
        status: what the delivery became: sent, failed, or pending when it is tried again.
        doubtful: the text may have arrived although nobody confirmed it.
        error: what the far side answered.
    """

    __tablename__ = "delivery_attempt"

    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    delivery_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("delivery.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    began_at: Mapped[datetime | None]
    ended_at: Mapped[datetime]
    status: Mapped[str]
    doubtful: Mapped[bool]
    error: Mapped[str | None]
