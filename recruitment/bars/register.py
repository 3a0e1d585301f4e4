"""What the register says of a person, for the form that is judged."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.bars.models import Bar
from recruitment.people.models import User


def entries_of(session: Session, user: User) -> list[dict[str, Any]]:
    """The person's entries that stand, as plain values: ``clause``, ``source``, ``from`` and ``until`` (or null)."""
    if user.id_number_index is None:
        return []
    rows = session.scalars(
        sa.select(Bar)
        .where(Bar.id_number_index == user.id_number_index, Bar.revoked_at.is_(None))
        .order_by(Bar.starts_on, Bar.id)
    )
    return [
        {
            "clause": bar.clause,
            "source": bar.source,
            "from": bar.starts_on.isoformat(),
            "until": bar.until.isoformat() if bar.until else None,
        }
        for bar in rows
    ]
