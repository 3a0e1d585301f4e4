"""Notices as people read them, and each attempt to carry one out of the house."""

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recruitment.database import Base, Id
from recruitment.people.models import User


class DeliveryStatus(StrEnum):
    """Life of a delivery: pending → claimed → leaving → sent or failed, or back to pending.

    ``leaving`` begins when the server has accepted sender and recipient and the text goes out.
    """

    PENDING = "pending"
    CLAIMED = "claimed"
    LEAVING = "leaving"
    SENT = "sent"
    FAILED = "failed"


class Notice(Base):
    """One message to one person: the inbox shows it, deliveries carry it further.

    Attributes:
        outbox_id: the row that the deciding transaction wrote; a notice exists once for it.
        template, template_version: what the text was rendered from.
        subject_id: the application (or other subject) that it is about.
        subject, body: the text as sent, kept for good.
    """

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_inbox", "user_id", "created_at"),)

    id: Mapped[Id]
    outbox_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    workflow: Mapped[str]
    subject_id: Mapped[uuid.UUID] = mapped_column(index=True)
    template: Mapped[str]
    template_version: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    body_html: Mapped[str]
    decided_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    read_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()
    deliveries: Mapped[list["Delivery"]] = relationship(back_populates="notice", lazy="selectin")


class Delivery(Base):
    """A notice on one channel, with its attempts.

    Attributes:
        doubtful: an attempt broke off after the text had left and before the server answered, so that it
            may have arrived twice. No channel can tell this case from a loss.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("notice_id", "channel"),
        CheckConstraint(
            "status IN (" + ", ".join(f"'{status}'" for status in DeliveryStatus) + ")", name="status"
        ),
        Index(
            "ix_delivery_due",
            "next_attempt_at",
            postgresql_where=sa.text("status IN ('pending', 'claimed', 'leaving')"),
        ),
    )

    id: Mapped[Id]
    notice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("notice.id"))
    channel: Mapped[str]
    address: Mapped[str]
    status: Mapped[str] = mapped_column(server_default=DeliveryStatus.PENDING)
    doubtful: Mapped[bool] = mapped_column(server_default=sa.false(), default=False)
    attempts: Mapped[int] = mapped_column(server_default=sa.text("0"))
    next_attempt_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None]

    notice: Mapped[Notice] = relationship(back_populates="deliveries")

    @property
    def message_id(self) -> str:
        """Fixed for the delivery, so that a second copy can be recognised."""
        return f"<{self.id}@kaolu.example>"
