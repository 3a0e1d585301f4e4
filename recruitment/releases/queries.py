"""Reading what is held: every notice with its recipient, and what was changed in it."""

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.people.models import User
from recruitment.proof.queries import Life, NoticeFilter, page
from recruitment.releases.models import NoticeEdit

MOST = 100


def held(session: Session, areas: tuple[str, ...]) -> list[Life]:
    """The notices that wait for the release of their outcome, the newest first."""
    return page(session, NoticeFilter(areas, areas, state="held"), limit=MOST).rows


def edits(session: Session, outbox_id: uuid.UUID) -> list[tuple[NoticeEdit, str]]:
    """Every change of a notice with the name of who made it, the newest first."""
    rows = session.execute(
        sa.select(NoticeEdit, User.name)
        .join(User, User.id == NoticeEdit.edited_by)
        .where(NoticeEdit.outbox_id == outbox_id)
        .order_by(NoticeEdit.edited_at.desc(), NoticeEdit.id)
    )
    return [(edit, name) for edit, name in rows]
