"""An application: one cadre, one position, one call."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recruitment.calls.models import Call, Position
from recruitment.database import Base, Id
from recruitment.people.models import User
from workflows.subject import Subject

# States in which an application is not the person's one application of the call any more.
SPENT = ("refused", "withdrawn", "lapsed", "displaced")


class Application(Subject, Base):
    """State, version, owner and area come from :class:`workflows.subject.Subject`.

    Attributes:
        owner_id: the cadre's user.
        area_code: the county of the position; decides which reviewers see it.
        receipt_number: given at the first submission, spoken over the phone: short and without look-alikes.
        form: the dossier as it was when submitted; ``None`` for a draft. Holds no ID or phone number.
        verdict: the eligibility verdict of that form, as stored by ``recruitment.eligibility``.
        verdict_outcome: ``eligible``, ``ineligible`` or ``unverified``, repeated for queries.
    """

    __tablename__ = "application"
    __table_args__ = (
        Index(
            "uq_application_active",
            "call_id",
            "owner_id",
            unique=True,
            postgresql_where=sa.text(f"state NOT IN {SPENT!r}"),
        ),
        CheckConstraint(
            "state IN ('draft', 'withdrawn', 'lapsed') OR "
            "(receipt_number IS NOT NULL AND form IS NOT NULL AND submitted_at IS NOT NULL)",
            name="submitted_is_complete",
        ),
        Index("ix_application_queue", "state", "area_code", "submitted_at", "id"),
    )

    id: Mapped[Id]
    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"), index=True)
    position_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("position.id"), index=True)
    receipt_number: Mapped[str | None] = mapped_column(unique=True)
    form: Mapped[dict[str, Any] | None]
    verdict: Mapped[dict[str, Any] | None]
    verdict_outcome: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]

    call: Mapped[Call] = relationship()
    position: Mapped[Position] = relationship()
    owner: Mapped[User] = relationship(primaryjoin="foreign(Application.owner_id) == User.id", viewonly=True)


class Recusal(Base):
    """A reviewer who may not handle a cadre's application, with the reason."""

    __tablename__ = "recusal"

    reviewer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    cadre_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    reason: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=sa.func.now())
