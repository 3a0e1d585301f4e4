"""A notice about something that is no step of a workflow."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.workflow import PENDING
from workflows.schema import outbox
from workflows.subject import Subject


def tell(
    session: Session, workflow: str, subject: Subject, notice: str, now: datetime, data: dict[str, str]
) -> UUID:
    """Put a notice to the subject's owner into the outbox; it leaves after the caller's commit.

    Args:
        notice: its folder, ``<workflow>.<what>``.
        data: what its context needs besides the subject.

    Returns:
        The id of the outbox row.
    """
    made: UUID = session.scalars(
        sa.insert(outbox)
        .values(
            workflow=workflow,
            subject_id=subject.id,
            event=subject.state_version,
            notice=notice,
            recipient=subject.owner_id,
            data=data,
            held=False,
            created_at=now,
            released_at=now,
        )
        .returning(outbox.c.id)
    ).one()
    session.info.setdefault(PENDING, []).append(made)
    return made
