"""The columns that make a row of any table the subject of a workflow."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import DateTime, Integer, LargeBinary, Text, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from workflows.journal import GENESIS

# What ``Engine`` writes; nobody else does.
ENGINE_COLUMNS = (
    "state",
    "public_state",
    "state_since",
    "state_version",
    "definition_version",
    "last_hash",
    "held_seq",
    "held_by",
)


class Subject:
    """Mix into a declarative class; the rest of its columns are its own business.

    ``owner_id`` is the person whom the subject concerns, ``area_code`` decides who is in charge of it. All
    other columns belong to the engine: ``state`` is where the subject stands, ``public_state`` what its owner
    may know (they differ while an outcome is held), ``state_version`` the number of its last event.
    """

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=uuid4)
    owner_id: Mapped[UUID | None] = mapped_column(Uuid, index=True)
    area_code: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text)
    public_state: Mapped[str] = mapped_column(Text)
    state_since: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    state_version: Mapped[int] = mapped_column(Integer, default=0)
    definition_version: Mapped[int] = mapped_column(Integer)
    last_hash: Mapped[bytes] = mapped_column(LargeBinary, default=GENESIS)
    held_seq: Mapped[int | None] = mapped_column(Integer)
    held_by: Mapped[str | None] = mapped_column(Text)

    @property
    def held(self) -> bool:
        """Whether a decision is recorded that the owner may not know yet."""
        return self.held_seq is not None
