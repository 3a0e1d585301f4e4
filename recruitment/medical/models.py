"""What a medical is held to, where it takes place, what came of it, and who moves up.

Of a person's health nothing is kept but the result and the item that was not met, and that encrypted: neither the
journal nor a notice names it.
"""

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recruitment.candidates.models import Candidate
from recruitment.database import Base, Id
from recruitment.medical.window import DAYS
from recruitment.people.crypto import EncryptedText
from recruitment.people.models import User

# Chapters of the form that physicians fill in (公务员录用体检表); a call may name others.
ITEMS = (
    "血压",
    "心脏",
    "呼吸系统",
    "消化系统",
    "肝功能",
    "血液",
    "内分泌",
    "泌尿系统",
    "神经和精神",
    "视力",
    "听力",
    "外科",
    "皮肤",
    "其他项目",
)


class Outcome(StrEnum):
    """What a medical found."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    ABSENT = "absent"


class MedicalTerms(Base):
    """How a call holds its medicals. A call without a row has the defaults.

    Attributes:
        retest_days: within how many days of the notice a re-exam may be asked for.
        items: what may be found unfit, as the results name it.
        clause: what the medical is judged by, as people are told.
    """

    __tablename__ = "medical_terms"
    __table_args__ = (CheckConstraint("retest_days BETWEEN 1 AND 60", name="retest_days"),)

    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"), primary_key=True)
    retest_days: Mapped[int] = mapped_column(default=DAYS, server_default=sa.text(str(DAYS)))
    items: Mapped[list[Any]] = mapped_column(default=lambda: list(ITEMS))
    updated_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    updated_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())


class MedicalPlan(Base):
    """When and where the candidates of an area report for the medical.

    Attributes:
        area_code: a prefecture, or the province for every prefecture without a plan of its own.
        reports_at: when to be there.
        hospital, address: where.
        note: what to bring and to mind; may be empty.
    """

    __tablename__ = "medical_plan"
    __table_args__ = (
        UniqueConstraint("call_id", "area_code"),
        CheckConstraint(r"area_code ~ '^51\d\d00$'", name="area_code_form"),
    )

    id: Mapped[Id]
    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"))
    area_code: Mapped[str]
    reports_at: Mapped[datetime]
    hospital: Mapped[str]
    address: Mapped[str]
    note: Mapped[str] = mapped_column(default="", server_default="")


class MedicalResult(Base):
    """One medical of one candidate.

    Attributes:
        round: 1, then 2 for the re-exam; more only where an appeal ordered it.
        item: the item that was not met; none for who passed.
        retest_until: with which moment the time to ask for the re-exam ends; only of an unfit first round.
    """

    __tablename__ = "medical_result"
    __table_args__ = (
        UniqueConstraint("candidate_id", "round"),
        CheckConstraint("round >= 1", name="round"),
        CheckConstraint(
            "outcome IN (" + ", ".join(f"'{outcome}'" for outcome in Outcome) + ")", name="outcome"
        ),
        CheckConstraint("(outcome = 'fail') = (item IS NOT NULL)", name="item"),
        CheckConstraint("(outcome = 'fail' AND round = 1) = (retest_until IS NOT NULL)", name="retest_until"),
        CheckConstraint("outcome <> 'absent' OR round > 1", name="absent"),
    )

    id: Mapped[Id]
    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidate.id"))
    round: Mapped[int]
    outcome: Mapped[str]
    item: Mapped[str | None] = mapped_column(EncryptedText)
    examined_on: Mapped[date]
    retest_until: Mapped[datetime | None]
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]


class SubstituteProposal(Base):
    """That somebody moves up into a vacancy after the medical or the inspection; the authority consents or not.

    Attributes:
        candidate_id: who would move up.
        replaces_id: whose place became vacant.
        reason: why, in the words of who proposed.
        decided_by, decided_at, consented: the authority's answer; none as long as there is none.
    """

    __tablename__ = "substitute_proposal"
    __table_args__ = (
        Index(
            "uq_substitute_proposal_open",
            "candidate_id",
            unique=True,
            postgresql_where=sa.text("decided_at IS NULL"),
        ),
        Index(
            "uq_substitute_proposal_place",
            "replaces_id",
            unique=True,
            postgresql_where=sa.text("consented IS NOT FALSE"),
        ),
        CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL) AND (decided_at IS NULL) = (consented IS NULL)",
            name="decided",
        ),
        CheckConstraint("decided_by <> proposed_by", name="four_eyes"),
        CheckConstraint("candidate_id <> replaces_id", name="other"),
    )

    id: Mapped[Id]
    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidate.id"))
    replaces_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidate.id"))
    reason: Mapped[str]
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    consented: Mapped[bool | None]
    answer: Mapped[str] = mapped_column(default="", server_default="")

    candidate: Mapped[Candidate] = relationship(foreign_keys=[candidate_id])
    replaces: Mapped[Candidate] = relationship(foreign_keys=[replaces_id])
    proposer: Mapped[User] = relationship(foreign_keys=[proposed_by])
