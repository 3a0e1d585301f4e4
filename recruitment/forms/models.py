"""What somebody typed and has not yet saved."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import orm

from recruitment.database import Base
from recruitment.people.crypto import EncryptedJSON


class FormDraft(Base):
    """The raw fields of one form of one person, as last typed.

    Attributes:
        key: which form, e.g. ``"dossier.posts"`` or ``"review:<application id>"``.
        data: field name → list of texts; none once the form was saved or the draft thrown away.
        closed_form: the rendering of the form that was saved or thrown away. An automatic save that was still
            on its way then must not bring the draft back.
    """

    __tablename__ = "form_draft"

    user_id: orm.Mapped[uuid.UUID] = orm.mapped_column(
        sa.ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    key: orm.Mapped[str] = orm.mapped_column(primary_key=True)
    data: orm.Mapped[dict[str, list[str]] | None] = orm.mapped_column(EncryptedJSON)
    closed_form: orm.Mapped[str | None]
    saved_at: orm.Mapped[datetime]

    __table_args__ = (
        sa.CheckConstraint("key <> ''", name="key_given"),
        sa.CheckConstraint("data IS NOT NULL OR closed_form IS NOT NULL", name="open_or_closed"),
        sa.Index(None, "saved_at"),
    )
