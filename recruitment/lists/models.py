"""Files on their way in, and the record of what came in."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, orm
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database import Base, Id
from recruitment.people.crypto import EncryptedJSON, EncryptedText
from recruitment.people.models import User


class ListUpload(Base):
    """A file between its upload and its import, and afterwards the record of the import.

    Attributes:
        import_name: which import of :data:`recruitment.lists.imports.IMPORTS`.
        scope: what it is about, so that the imports of one call stand together; empty where there is only one.
        arguments: of the address that it was uploaded at.
        options: what was chosen beside the file.
        content: base64 of the file; none once it is imported.
        state: ``waiting`` to be read, ``read``, ``confirmed`` and waiting to be imported, ``imported``.
        attempts: how often a worker has begun with what the state waits for.
        touched_at: when it was last queued or begun with.
        failed_at: when it was given up; nothing goes on until somebody starts it again.
        result: what the dry run shows, see :mod:`recruitment.lists.dry_run`; none once it is imported.
        refused: why it was not imported when it was confirmed last.
        outcome: figures of the import.
    """

    __tablename__ = "list_upload"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'read', 'confirmed', 'imported')", name="state"),
        CheckConstraint("(state = 'imported') = (content IS NULL)", name="content_until_imported"),
        CheckConstraint("(state = 'imported') = (imported_at IS NOT NULL)", name="imported"),
        CheckConstraint("state <> 'read' OR result IS NOT NULL", name="read_result"),
        Index(None, "import_name", "scope", "imported_at"),
        Index(
            "ix_list_upload_to_do",
            "touched_at",
            postgresql_where=sa.text("state IN ('waiting', 'confirmed') AND failed_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    import_name: Mapped[str]
    scope: Mapped[str]
    arguments: Mapped[dict[str, Any]]
    options: Mapped[dict[str, Any]]
    filename: Mapped[str]
    sha256: Mapped[str]
    content: Mapped[str | None] = mapped_column(EncryptedText, deferred=True)
    small: Mapped[bool]
    uploaded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    uploaded_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    touched_at: Mapped[datetime]
    failed_at: Mapped[datetime | None]
    result: Mapped[Any] = mapped_column(EncryptedJSON, nullable=True)
    refused: Mapped[list[Any]] = mapped_column(default=list)
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)
    imported_at: Mapped[datetime | None]
    person: Mapped[User] = orm.relationship(lazy="raise_on_sql")

    @property
    def busy(self) -> bool:
        """Whether something is still to be done without anybody pressing a button."""
        return self.state in ("waiting", "confirmed") and self.failed_at is None
