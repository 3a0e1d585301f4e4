"""The opening ratio of a call, and what was decided by it."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recruitment.calls.models import Call
from recruitment.database import Base

# Call 2016; a call sets its own on the page of its opening.
RATIO = 5
RATIO_AUTONOMOUS = 3


class Opening(Base):
    """One per call.

    Attributes:
        ratio: paid candidates for each opening.
        ratio_autonomous: the same in the autonomous areas that the call names.
        decided_at: when the proposal was confirmed; once.
        lines: what was decided: for each position ``code``, ``openings``, ``paid``, ``ratio`` and ``left``.
        rechoice_closes_at: until when who had a cancelled position may choose another.
    """

    __tablename__ = "opening"
    __table_args__ = (
        CheckConstraint("ratio BETWEEN 1 AND 99 AND ratio_autonomous BETWEEN 1 AND 99", name="ratios"),
        CheckConstraint(
            "(decided_at IS NULL) = (decided_by IS NULL) AND (decided_at IS NULL) = (lines IS NULL)",
            name="decided",
        ),
    )

    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"), primary_key=True)
    ratio: Mapped[int] = mapped_column(default=RATIO)
    ratio_autonomous: Mapped[int] = mapped_column(default=RATIO_AUTONOMOUS)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    lines: Mapped[list[Any] | None]
    rechoice_closes_at: Mapped[datetime | None]

    call: Mapped[Call] = relationship()
