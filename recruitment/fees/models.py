"""Fee plans, later deadlines, payments and waivers."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recruitment.calls.models import Call
from recruitment.database import Base, Id
from recruitment.fees.rules import WAIVER_KINDS, Outcome
from recruitment.people.models import User
from recruitment.people.uploads import Document

Yuan = Numeric(10, 2)
# Figures of the calls of recent years; a call sets its own on the page of its fees.
PER_SUBJECT = Decimal("50.00")
INTERVIEW = Decimal("80.00")
SUBJECTS = 2
LATE_HOURS = 48
SETTLE_HOURS = 24


class FeePlan(Base):
    """What a call asks for the exam, and until when.

    Attributes:
        per_subject: yuan for each written subject.
        interview: yuan, asked from those who come to the interview; announced with the first payment.
        closes_at: payments made at this moment or later are too late.
        late_hours: least time for somebody who is asked to pay after the others, or whose waiver was refused.
        settle_hours: time after the deadline in which the bank's file may still come in, before whoever has not
            paid has given up. It lengthens nobody's deadline.
        waiver_kinds: the circumstances in which nothing is owed, in the words that the cadre chooses from.
        instructions: how to pay, for the cadre.
        opened_at: when payment was opened; from then on the amounts are fixed.
    """

    __tablename__ = "fee_plan"
    __table_args__ = (
        CheckConstraint("per_subject >= 0 AND interview >= 0", name="amounts"),
        CheckConstraint("subjects BETWEEN 1 AND 9", name="subjects"),
        CheckConstraint("late_hours > 0 AND settle_hours >= 0", name="hours"),
        CheckConstraint("(opened_at IS NULL) = (opened_by IS NULL)", name="opened"),
    )

    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"), primary_key=True)
    per_subject: Mapped[Decimal] = mapped_column(Yuan, default=PER_SUBJECT)
    subjects: Mapped[int] = mapped_column(default=SUBJECTS)
    interview: Mapped[Decimal] = mapped_column(Yuan, default=INTERVIEW)
    closes_at: Mapped[datetime]
    late_hours: Mapped[int] = mapped_column(default=LATE_HOURS)
    settle_hours: Mapped[int] = mapped_column(default=SETTLE_HOURS)
    waiver_kinds: Mapped[list[Any]] = mapped_column(default=lambda: list(WAIVER_KINDS))
    instructions: Mapped[str] = mapped_column(default="")
    opened_at: Mapped[datetime | None]
    opened_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))

    call: Mapped[Call] = relationship()

    @property
    def amount(self) -> Decimal:
        """Yuan owed for the written exam."""
        return self.per_subject * self.subjects


class FeeExtension(Base):
    """A later deadline for everyone, one county (of the position) or one person, with its reason."""

    __tablename__ = "fee_extension"
    __table_args__ = (CheckConstraint("county_code IS NULL OR user_id IS NULL", name="one_scope"),)

    id: Mapped[Id]
    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"), index=True)
    county_code: Mapped[str | None] = mapped_column(ForeignKey("county.code"))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    closes_at: Mapped[datetime]
    reason: Mapped[str]
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]


class Payment(Base):
    """Money that came in for a call. It belongs to a person, so it follows who chooses another position.

    Attributes:
        user_id: who it is for; none while the receipt number is not known in the call.
        receipt_number: as the bank passed it on.
        bank_reference: the bank's own number of the payment; the same one is the same payment.
        source: ``bank_file`` or ``callback``.
        outcome: what became of it (:class:`recruitment.fees.rules.Outcome`).
        note: why somebody changed the outcome.
        refund_reference: the bank's number of the money sent back.
    """

    __tablename__ = "fee_payment"
    __table_args__ = (
        UniqueConstraint("call_id", "bank_reference"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint(
            f"outcome IN ({', '.join(repr(str(one)) for one in Outcome)})",
            name="outcome",
        ),
        CheckConstraint("(outcome = 'unknown') = (user_id IS NULL)", name="whose"),
        CheckConstraint(
            "(refunded_at IS NULL) = (refunded_by IS NULL) AND (refunded_at IS NULL) = (refund_reference IS NULL)",
            name="refund",
        ),
        Index(
            "uq_fee_payment_counted",
            "call_id",
            "user_id",
            unique=True,
            postgresql_where=sa.text("outcome = 'counted'"),
        ),
        Index("ix_fee_payment_list", "call_id", "outcome", "paid_at", "id"),
    )

    id: Mapped[Id]
    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    receipt_number: Mapped[str]
    amount: Mapped[Decimal] = mapped_column(Yuan)
    paid_at: Mapped[datetime]
    bank_reference: Mapped[str]
    source: Mapped[str]
    outcome: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    refunded_at: Mapped[datetime | None]
    refunded_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    refund_reference: Mapped[str | None]

    user: Mapped[User | None] = relationship(foreign_keys=[user_id])


class Waiver(Base):
    """Somebody asks to pay nothing, with evidence; granted or refused with a reason."""

    __tablename__ = "fee_waiver"
    __table_args__ = (
        CheckConstraint("decision IN ('granted', 'refused')", name="decision"),
        CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL) AND (decision IS NULL) = (decided_by IS NULL)",
            name="decided",
        ),
        Index(
            "uq_fee_waiver_standing",
            "call_id",
            "user_id",
            unique=True,
            postgresql_where=sa.text("decision IS DISTINCT FROM 'refused'"),
        ),
    )

    id: Mapped[Id]
    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"))
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidate.id"), index=True)
    kind: Mapped[str]
    explanation: Mapped[str] = mapped_column(default="")
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"))
    requested_at: Mapped[datetime]
    decision: Mapped[str | None]
    reason: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))

    document: Mapped[Document] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])
