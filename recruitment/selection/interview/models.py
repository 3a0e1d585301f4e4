"""Declarations of examiners, and corrections of interview marks that two people answer for."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recruitment.candidates.models import Candidate
from recruitment.database import Base, Id
from recruitment.people.models import User
from recruitment.selection.models import Examiner


class ExaminerRecusal(Base):
    """An examiner's declaration to stay away from a candidate: who is not seated in that candidate's group.

    Attributes:
        tie: ``relative``, ``community``, ``organ`` or ``other``.
        explanation: what the tie is, in words; given for every ``other``.
    """

    __tablename__ = "examiner_recusal"
    __table_args__ = (
        UniqueConstraint("examiner_id", "candidate_id"),
        CheckConstraint("tie IN ('relative', 'community', 'organ', 'other')", name="tie_known"),
        CheckConstraint("tie <> 'other' OR btrim(explanation) <> ''", name="other_explained"),
    )

    id: Mapped[Id]
    examiner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("examiner.id", ondelete="CASCADE"))
    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidate.id"), index=True)
    tie: Mapped[str]
    explanation: Mapped[str] = mapped_column(server_default="", default="")
    declared_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    declared_at: Mapped[datetime]

    examiner: Mapped[Examiner] = relationship()
    candidate: Mapped[Candidate] = relationship()


class InterviewCorrection(Base):
    """A change of a candidate's interview marks: proposed by one person, settled by another.

    Attributes:
        before, after: every examiner's mark by column, as the interview's mark keeps them.
        before_value, after_value: the marks of the interview that follow from them.
        settled_at: none while it waits for the second person.
        accepted: what the second person decided.
    """

    __tablename__ = "interview_correction"
    __table_args__ = (
        Index(
            "uq_interview_correction_open",
            "candidate_id",
            unique=True,
            postgresql_where=sa.text("settled_at IS NULL"),
        ),
        CheckConstraint("btrim(reason) <> ''", name="reason_given"),
        CheckConstraint("settled_by <> proposed_by", name="two_people"),
        CheckConstraint(
            "(settled_at IS NULL) = (settled_by IS NULL) AND (settled_at IS NULL) = (accepted IS NULL)",
            name="settled_whole",
        ),
    )

    id: Mapped[Id]
    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidate.id"), index=True)
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    before_value: Mapped[Decimal] = mapped_column(sa.Numeric)
    after_value: Mapped[Decimal] = mapped_column(sa.Numeric)
    reason: Mapped[str]
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime]
    settled_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    settled_at: Mapped[datetime | None]
    accepted: Mapped[bool | None]

    candidate: Mapped[Candidate] = relationship()
    proposer: Mapped[User] = relationship(foreign_keys=[proposed_by])
