"""What people changed in a notice before it left."""

import uuid
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database import Base, Id


class EditKind(StrEnum):
    """What an edit does to the text that the template gives: adds to it, stands for it, or undoes earlier edits."""

    ADDED = "added"
    REPLACED = "replaced"
    RESTORED = "restored"


class NoticeEdit(Base):
    """One change of one notice. Rows are never changed; the last one of a notice counts.

    Attributes:
        outbox_id: the notice in the outbox.
        text: a paragraph, or the whole body between salutation and closing; empty for a restored one.
    """

    __tablename__ = "notice_edit"
    __table_args__ = (
        CheckConstraint("kind IN (" + ", ".join(f"'{kind}'" for kind in EditKind) + ")", name="kind_known"),
        CheckConstraint("(kind = 'restored') = (btrim(text) = '')", name="text_given"),
    )

    id: Mapped[Id]
    outbox_id: Mapped[uuid.UUID] = mapped_column(index=True)
    kind: Mapped[str]
    text: Mapped[str] = mapped_column(server_default=sa.text("''"))
    edited_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    edited_at: Mapped[datetime]
