"""Write down who did what."""

import uuid
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import orm

from recruitment.audit.models import AccessRecord


class HasId(Protocol):
    @property
    def id(self) -> uuid.UUID: ...


def record(
    session: orm.Session,
    actor: HasId | None,
    action: str,
    *,
    at: datetime,
    subject_kind: str,
    subject_id: uuid.UUID | str,
    reason: str = "",
    detail: dict[str, Any] | None = None,
) -> AccessRecord:
    """Add a record in the caller's transaction, so that the act and its record stand or fall together.

    Args:
        actor: the person, none for the system itself.
        action: a short stable name, ``subject.verb``.
        at: aware, from :func:`recruitment.clock.now`.
        detail: JSON values without personal data.
    """
    entry = AccessRecord(
        at=at,
        user_id=actor.id if actor else None,
        action=action,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        reason=reason,
        detail=detail or {},
    )
    session.add(entry)
    return entry
