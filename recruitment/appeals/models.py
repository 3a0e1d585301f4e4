"""Appeals, what is handed in with them, and a call's terms."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recruitment.appeals.kinds import KINDS
from recruitment.applications.models import Application
from recruitment.candidates.models import Candidate
from recruitment.database import Base, Id
from recruitment.people.crypto import EncryptedText
from recruitment.people.models import User
from recruitment.people.uploads import Document
from workflows.subject import Subject

_KIND = f"kind IN ({', '.join(repr(kind) for kind in KINDS)})"


class Appeal(Subject, Base):
    """One cadre against one decision.

    Attributes:
        owner_id: the cadre's user.
        area_code: that of the position.
        candidate_id: none for an appeal against a refusal.
        decision_seq, decided_at, first_decider: the event appealed against, and who decided (a user's id, or
            ``system:…``): that person takes no part here.
        text: encrypted; it may be about somebody's health.
        file_by: the last moment to file; aware.
        decide_by: the last moment to decide; none before it is accepted.
        accepted_by: who has taken it up.
    """

    __tablename__ = "appeal"
    __table_args__ = (
        CheckConstraint(_KIND, name="kind_known"),
        CheckConstraint("(kind = 'refusal') = (candidate_id IS NULL)", name="subject_of_kind"),
        # One appeal a decision; one that was withdrawn in time may be filed again.
        Index(
            "uq_appeal_decision",
            "application_id",
            "kind",
            "decision_seq",
            unique=True,
            postgresql_where=sa.text("state <> 'withdrawn'"),
        ),
        Index("ix_appeal_queue", "state", "area_code", "created_at", "id"),
    )

    id: Mapped[Id]
    kind: Mapped[str]
    application_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("application.id"))
    candidate_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("candidate.id"))
    decision_seq: Mapped[int]
    decided_at: Mapped[datetime]
    first_decider: Mapped[str]
    text: Mapped[str] = mapped_column(EncryptedText)
    file_by: Mapped[datetime]
    decide_by: Mapped[datetime | None]
    accepted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]

    application: Mapped[Application] = relationship()
    candidate: Mapped[Candidate | None] = relationship()
    owner: Mapped[User] = relationship(primaryjoin="foreign(Appeal.owner_id) == User.id", viewonly=True)
    documents: Mapped[list[Document]] = relationship(
        secondary="appeal_document", order_by=Document.created_at, viewonly=True
    )


class AppealDocument(Base):
    """A picture handed in with an appeal."""

    __tablename__ = "appeal_document"

    appeal_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("appeal.id", ondelete="CASCADE"), primary_key=True
    )
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"), primary_key=True)


class AppealTerm(Base):
    """A call's own terms for one kind, in working days; without a row the default in force counts."""

    __tablename__ = "appeal_term"
    __table_args__ = (
        CheckConstraint(_KIND, name="kind_known"),
        CheckConstraint("file_days BETWEEN 1 AND 60 AND decide_days BETWEEN 1 AND 90", name="days"),
    )

    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    file_days: Mapped[int]
    decide_days: Mapped[int]
    changed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id", ondelete="SET NULL"))
    changed_at: Mapped[datetime]
