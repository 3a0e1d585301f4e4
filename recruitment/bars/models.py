"""The register of bars, and violations recorded against candidates."""

import uuid
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recruitment.database import Base, Id
from recruitment.people.crypto import EncryptedText
from recruitment.people.id_number import mask
from recruitment.people.models import User

# 《公务员录用违规违纪行为处理办法》(2021).
KINDS = ("exam_cheating", "forged_documents", "malicious_registration", "other")
CONSEQUENCES = ("paper_zero", "void", "bar")


class Bar(Base):
    """An entry of the register: a person, known by ID number alone, need not have an account here.

    Attributes:
        id_number_index: blind index of the number; how the person is found.
        kind: one of :data:`KINDS`.
        source: the decision that barred them: authority and number of the document.
        clause: what it rests on.
        starts_on, until: first and last day; without a last day for life.
        revoked_at: when a higher decision took it back; from then on it counts for nothing.
    """

    __tablename__ = "bar"
    __table_args__ = (
        CheckConstraint(f"kind IN {KINDS!r}", name="kind"),
        CheckConstraint("until IS NULL OR until >= starts_on", name="days"),
        CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by IS NULL) AND (revoked_at IS NULL) = (revoked_because IS NULL)",
            name="revoked",
        ),
        Index(
            "uq_bar_entry",
            "id_number_index",
            "source",
            "starts_on",
            unique=True,
            postgresql_where=sa.text("revoked_at IS NULL"),
        ),
        Index("ix_bar_list", "starts_on", "id"),
    )

    id: Mapped[Id]
    name: Mapped[str]
    id_number: Mapped[str] = mapped_column(EncryptedText)
    id_number_index: Mapped[str]
    kind: Mapped[str]
    source: Mapped[str]
    clause: Mapped[str]
    starts_on: Mapped[date]
    until: Mapped[date | None]
    created_at: Mapped[datetime]
    created_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    revoked_because: Mapped[str | None]

    author: Mapped[User] = relationship(foreign_keys=[created_by])

    @property
    def masked_id_number(self) -> str:
        return mask(self.id_number)


class Violation(Base):
    """What a candidate did, and what follows.

    Attributes:
        consequence: ``paper_zero`` (the mark of one paper is 0), ``void`` (out of the call), or ``bar`` (also
            entered in the register).
        subject: code of the paper in the call's scheme, for ``paper_zero`` only.
        bar_id: the entry that it led to.
        incident_id: what was noted in the exam room that it rests on.
        revoked_at: when it was taken back; from then on it counts for nothing.
    """

    __tablename__ = "violation"
    __table_args__ = (
        CheckConstraint(f"consequence IN {CONSEQUENCES!r}", name="consequence"),
        CheckConstraint("(consequence = 'paper_zero') = (subject IS NOT NULL)", name="subject"),
        CheckConstraint("(consequence = 'bar') = (bar_id IS NOT NULL)", name="bar"),
        Index(
            "uq_violation_paper",
            "candidate_id",
            "subject",
            unique=True,
            postgresql_where=sa.text("consequence = 'paper_zero' AND revoked_at IS NULL"),
        ),
        CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by IS NULL) AND (revoked_at IS NULL) = (revoked_because IS NULL)",
            name="revoked",
        ),
        Index(
            "uq_violation_incident",
            "incident_id",
            unique=True,
            postgresql_where=sa.text("revoked_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidate.id"), index=True)
    consequence: Mapped[str]
    subject: Mapped[str | None]
    facts: Mapped[str]
    clause: Mapped[str]
    bar_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("bar.id"))
    incident_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("exam_incident.id"))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    revoked_because: Mapped[str | None]

    bar: Mapped[Bar | None] = relationship()
    author: Mapped[User] = relationship(foreign_keys=[recorded_by])
