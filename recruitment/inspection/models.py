"""An inspection of one candidate, those who carry it out, their evidence, and who works in an organ."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recruitment.candidates.models import Candidate
from recruitment.database import Base, Id
from recruitment.people.crypto import EncryptedJSON
from recruitment.people.models import User
from recruitment.people.uploads import Document


class Inspection(Base):
    """The inspection of a candidate.

    Attributes:
        report: item → ``{"finding": …, "text": …}``, and the team's words as a whole under ``summary``; encrypted.
        conclusion: what the team proposes: ``pass`` or ``fail``.
        submitted_at: when the report was handed in; it cannot be changed after that unless it is reopened.
    """

    __tablename__ = "inspection"
    __table_args__ = (
        CheckConstraint("conclusion IN ('pass', 'fail')", name="conclusion"),
        CheckConstraint(
            "(submitted_at IS NULL) = (submitted_by IS NULL) AND (submitted_at IS NULL OR conclusion IS NOT NULL)",
            name="submitted",
        ),
    )

    id: Mapped[Id]
    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidate.id"), unique=True)
    report: Mapped[Any] = mapped_column(EncryptedJSON)
    conclusion: Mapped[str | None]
    saved_at: Mapped[datetime]
    saved_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    submitted_at: Mapped[datetime | None]
    submitted_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))

    candidate: Mapped[Candidate] = relationship()
    inspectors: Mapped[list["Inspector"]] = relationship(
        back_populates="inspection",
        order_by="Inspector.added_at, Inspector.name",
        cascade="all, delete-orphan",
    )
    evidence: Mapped[list["Evidence"]] = relationship(
        back_populates="inspection", order_by="Evidence.added_at", cascade="all, delete-orphan"
    )


class Inspector(Base):
    """A member of the team, by name; with an account where there is one."""

    __tablename__ = "inspector"
    __table_args__ = (
        UniqueConstraint("inspection_id", "name"),
        CheckConstraint("btrim(name) <> '' AND btrim(organ) <> ''", name="named"),
    )

    id: Mapped[Id]
    inspection_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("inspection.id"))
    name: Mapped[str]
    organ: Mapped[str]
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    added_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime] = mapped_column(server_default=sa.func.clock_timestamp())

    inspection: Mapped[Inspection] = relationship(back_populates="inspectors")
    user: Mapped[User | None] = relationship(foreign_keys=[user_id])


class Evidence(Base):
    """An image that belongs to a report."""

    __tablename__ = "inspection_evidence"

    id: Mapped[Id]
    inspection_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("inspection.id"), index=True)
    document_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("document.id"), unique=True)
    title: Mapped[str]
    added_at: Mapped[datetime] = mapped_column(server_default=sa.func.clock_timestamp())

    inspection: Mapped[Inspection] = relationship(back_populates="evidence")
    document: Mapped[Document] = relationship()


class OrganStaff(Base):
    """Who works in an employing organ, as entered for the relatives check.

    Attributes:
        organ: as the position table of the call names it.
        staff: ``{"name", "post", "leads"}`` each.
    """

    __tablename__ = "organ_staff"

    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"), primary_key=True)
    organ: Mapped[str] = mapped_column(primary_key=True)
    staff: Mapped[list[Any]]
    entered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    entered_at: Mapped[datetime]
