"""What a call sets about its reminders, and each reminder that was decided."""

import uuid
from datetime import datetime, time
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database import Base, Id


class ReminderTimes(Base):
    """A call's own times of day, on a clock in Sichuan; a call without a row has the defaults.

    Attributes:
        quiet_from, quiet_until: no reminder leaves from the one up to the other; equal: there is no quiet time.
        evening: when one leaves that falls into the night and cannot wait for the morning.
        office_from, office_until: when the enquiry number is answered on a working day.
    """

    __tablename__ = "reminder_times"
    __table_args__ = (
        CheckConstraint(
            "CASE WHEN quiet_from <= quiet_until THEN evening < quiet_from OR evening >= quiet_until "
            "ELSE evening < quiet_from AND evening >= quiet_until END",
            name="evening_is_awake",
        ),
        CheckConstraint("office_from < office_until", name="office_hours"),
    )

    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"), primary_key=True)
    quiet_from: Mapped[time]
    quiet_until: Mapped[time]
    evening: Mapped[time]
    office_from: Mapped[time]
    office_until: Mapped[time]
    updated_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    updated_at: Mapped[datetime]


class ReminderSetting(Base):
    """What a call sets about one rule.

    Attributes:
        rule: its name.
        lead_minutes: how long before the deadline it reminds; none: the default.
    """

    __tablename__ = "reminder_setting"
    __table_args__ = (CheckConstraint("lead_minutes > 0", name="lead"),)

    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"), primary_key=True)
    rule: Mapped[str] = mapped_column(primary_key=True)
    enabled: Mapped[bool] = mapped_column(server_default=sa.true(), default=True)
    lead_minutes: Mapped[int | None]
    updated_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    updated_at: Mapped[datetime]


class Missed(StrEnum):
    """Why a reminder never left: nothing ran from its moment until the night in which the deadline fell, or until
    the deadline itself.
    """

    NIGHT = "night"
    OVER = "over"


class Reminder(Base):
    """One reminder of one person about one deadline. Rows are never changed.

    Attributes:
        rule: the name of the rule that it follows.
        workflow, subject_id: what it is about.
        deadline: what it reminded of, as it was then.
        planned_at: when it was to leave.
        outbox_id: the notice in the outbox that carries it; none if it was missed.
        missed: why it never left, one of :class:`Missed`.
    """

    __tablename__ = "reminder"
    __table_args__ = (
        UniqueConstraint("rule", "subject_id", "deadline"),
        CheckConstraint("(outbox_id IS NULL) = (missed IS NOT NULL)", name="sent_or_missed"),
        CheckConstraint(
            "missed IN (" + ", ".join(f"'{reason}'" for reason in Missed) + ")", name="missed_known"
        ),
        Index("ix_reminder_call", "call_id", "created_at", "id"),
    )

    id: Mapped[Id]
    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"))
    rule: Mapped[str]
    workflow: Mapped[str]
    subject_id: Mapped[uuid.UUID]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    deadline: Mapped[datetime]
    planned_at: Mapped[datetime]
    created_at: Mapped[datetime]
    outbox_id: Mapped[uuid.UUID | None] = mapped_column(unique=True)
    missed: Mapped[str | None]
