"""Who looked at what, and why: the acts that change nothing and must still be answered for."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from recruitment.database import Base, Id


class AccessRecord(Base):
    """One act: an ID number unmasked, a list exported, a grant given. Rows are never changed or deleted.

    Attributes:
        user_id: who; none when the system did it. No foreign key: a record outlives its account.
        action: a short stable name, e.g. ``"id_number.unmask"``.
        subject_kind, subject_id: what it was about, e.g. ``"user"`` and a UUID.
        reason: in the person's own words where one is asked for.
        detail: figures worth keeping (filter, row count, file hash); no personal data.
    """

    __tablename__ = "access_record"

    id: orm.Mapped[Id]
    at: orm.Mapped[datetime]
    user_id: orm.Mapped[uuid.UUID | None]
    action: orm.Mapped[str]
    subject_kind: orm.Mapped[str]
    subject_id: orm.Mapped[str]
    reason: orm.Mapped[str] = orm.mapped_column(default="", server_default="")
    detail: orm.Mapped[dict[str, Any]] = orm.mapped_column(
        default=dict, server_default=sa.text("'{}'::jsonb")
    )

    __table_args__ = (
        sa.Index(None, "subject_kind", "subject_id", "at"),
        sa.Index(None, "user_id", "at"),
        sa.Index(None, "at", "id"),
        sa.CheckConstraint("action <> ''", name="action_named"),
    )
