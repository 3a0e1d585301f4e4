"""Notices as people read them, and each attempt to carry one out of the house."""

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recruitment.database import Base, Id
from recruitment.people.models import User

MESSAGE_ID_DOMAIN = "kaolu.example"


class DeliveryStatus(StrEnum):
    """Life of a delivery: pending → claimed → leaving → sent or failed, or back to pending.

    ``leaving`` begins when the server has accepted sender and recipient and the text goes out. ``to_post`` is a
    letter that somebody has to print and post. ``recalled`` is what was not sent, as the person had withdrawn by
    then or the reminder was no longer needed.
    """

    PENDING = "pending"
    CLAIMED = "claimed"
    LEAVING = "leaving"
    TO_POST = "to_post"
    SENT = "sent"
    FAILED = "failed"
    RECALLED = "recalled"


class Dispatch(Base):
    """The notices of one act about many people: everything that a workflow released at one moment.

    Attributes:
        workflow, released_at: which rows of the outbox it is.
        label: what the act was, as the workflow's definition calls it.
        total: how many notices.
        started_by: the user whose act it was; none for the system's.
        generation: lanes of an older one end by themselves; it grows whenever the sending starts anew.
        touched_at: when a lane last got something done.
    """

    __tablename__ = "dispatch"
    __table_args__ = (
        UniqueConstraint("workflow", "released_at"),
        Index("ix_dispatch_open", "touched_at", postgresql_where=sa.text("finished_at IS NULL")),
    )

    id: Mapped[Id]
    workflow: Mapped[str]
    released_at: Mapped[datetime]
    label: Mapped[str]
    total: Mapped[int]
    started_by: Mapped[uuid.UUID | None]
    generation: Mapped[int] = mapped_column(server_default=sa.text("1"), default=1)
    touched_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class Notice(Base):
    """One message to one person: the inbox shows it, deliveries carry it further.

    Attributes:
        outbox_id: the row that the deciding transaction wrote; a notice exists once for it.
        template, template_version: what the text was rendered from.
        subject_id: the application (or other subject) that it is about.
        subject, body: the text as sent, kept for good.
        area_code: of the subject; decides who is in charge of getting it delivered.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_inbox", "user_id", "created_at"),
        Index("ix_notice_dispatch", "dispatch_id", postgresql_where=sa.text("dispatch_id IS NOT NULL")),
    )

    id: Mapped[Id]
    outbox_id: Mapped[uuid.UUID] = mapped_column(unique=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    workflow: Mapped[str]
    subject_id: Mapped[uuid.UUID] = mapped_column(index=True)
    area_code: Mapped[str] = mapped_column(server_default="510000", default="510000")
    dispatch_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("dispatch.id"))
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
        address: where to, as it may be shown: a telephone number is masked.
        text: what went out where that is not the notice's own body: a text message, or the short mail to an
            address that nobody has confirmed.
        provider_id: the far side's name for it, by which its report is recognised.
        delivered_at: when the far side reported that it arrived.
        mended_by: who gave this address for this delivery alone; the account's own is as it was.
        settled_at: when somebody in charge took care of a failed one in another way.
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
        Index(
            "ix_delivery_failed",
            "failed_at",
            "id",
            postgresql_where=sa.text("status = 'failed' AND settled_at IS NULL"),
        ),
        Index("ix_delivery_to_post", "id", postgresql_where=sa.text("status = 'to_post'")),
        Index("ix_delivery_provider", "channel", "provider_id"),
    )

    id: Mapped[Id]
    notice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("notice.id"))
    channel: Mapped[str]
    address: Mapped[str]
    text: Mapped[str | None]
    provider_id: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default=DeliveryStatus.PENDING)
    doubtful: Mapped[bool] = mapped_column(server_default=sa.false(), default=False)
    attempts: Mapped[int] = mapped_column(server_default=sa.text("0"))
    resends: Mapped[int] = mapped_column(server_default=sa.text("0"))
    next_attempt_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    mended_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))

    notice: Mapped[Notice] = relationship(back_populates="deliveries")

    @property
    def message_id(self) -> str:
        """Fixed for the delivery, so that a second copy can be recognised."""
        return message_id(self.id)


def message_id(delivery_id: uuid.UUID) -> str:
    return f"<{delivery_id}@{MESSAGE_ID_DOMAIN}>"
