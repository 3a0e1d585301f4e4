"""A correction of a call's rules, and what it does to each application."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recruitment.applications.models import Application
from recruitment.calls.models import Call
from recruitment.database import Base, Id
from recruitment.people.models import User


class Correction(Base):
    """A version of a call's rules after the one that was published: proposed, looked at, then confirmed.

    Attributes:
        number: the version that it makes; the published rules are version 1.
        before, after: the parameters that it replaces and those that it brings in, whole, so that verdicts of
            either can be judged again at any time.
        reason, source: why, and by which document.
        judged_at: when the applications were last judged for the proposal.
        confirmed_at, confirmed_by: none while it is only proposed.
    """

    __tablename__ = "correction"
    __table_args__ = (
        UniqueConstraint("call_id", "number"),
        Index(
            "uq_correction_open",
            "call_id",
            unique=True,
            postgresql_where=sa.text("confirmed_at IS NULL"),
        ),
        CheckConstraint("number > 1", name="number"),
        CheckConstraint("reason <> '' AND source <> ''", name="explained"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by IS NULL)", name="confirmed_by_somebody"),
    )

    id: Mapped[Id]
    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"))
    number: Mapped[int]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    reason: Mapped[str]
    source: Mapped[str]
    proposed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    judged_at: Mapped[datetime]
    confirmed_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    confirmed_at: Mapped[datetime | None]

    call: Mapped[Call] = relationship()
    proposer: Mapped[User] = relationship(foreign_keys=[proposed_by])
    confirmer: Mapped[User | None] = relationship(foreign_keys=[confirmed_by])


class Rejudgement(Base):
    """One application judged under the corrected rules.

    Attributes:
        state, state_version: of the application when it was judged; another version since makes it stale.
        outcome_before, outcome_after: ``eligible``, ``ineligible`` or ``unverified``.
        changes: the rules whose outcome differs, as ``{"rule", "before", "after"}``.
        facts: the person and the position that were judged, in the shape of a people file.
        verdict: what the corrected rules say, whole.
        superseded: the verdict that it replaced; none until the correction is confirmed.
    """

    __tablename__ = "rejudgement"

    correction_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("correction.id", ondelete="CASCADE"), primary_key=True
    )
    application_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("application.id"), primary_key=True, index=True
    )
    state: Mapped[str]
    state_version: Mapped[int]
    outcome_before: Mapped[str]
    outcome_after: Mapped[str]
    changes: Mapped[list[Any]]
    facts: Mapped[dict[str, Any]]
    verdict: Mapped[dict[str, Any]]
    superseded: Mapped[dict[str, Any] | None]

    application: Mapped[Application] = relationship()
    correction: Mapped[Correction] = relationship()
