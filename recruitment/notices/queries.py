"""Reading notices."""

import uuid
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.notices.models import Notice

PAGE = 30


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of an inbox; ``after`` is the key of the next slice, empty on the last."""

    rows: list[Notice]
    after: str = ""


def inbox(session: Session, user_id: uuid.UUID, after: str = "") -> Page:
    """A person's notices, the newest first.

    Raises:
        ValueError: ``after`` is no key of ours.
    """
    query = (
        sa.select(Notice)
        .where(Notice.user_id == user_id)
        .options(sa.orm.lazyload(Notice.deliveries))
        .order_by(Notice.created_at.desc(), Notice.id.desc())
        .limit(PAGE + 1)
    )
    if after:
        moment, _, last = after.partition("~")
        query = query.where(
            sa.tuple_(Notice.created_at, Notice.id)
            < sa.tuple_(
                sa.literal(datetime.fromisoformat(moment), sa.DateTime(timezone=True)),
                sa.literal(uuid.UUID(last), sa.Uuid),
            )
        )
    rows = list(session.scalars(query))
    if len(rows) <= PAGE:
        return Page(rows)
    return Page(rows[:PAGE], f"{rows[PAGE - 1].created_at.isoformat()}~{rows[PAGE - 1].id}")


def own(session: Session, notice_id: uuid.UUID, user_id: uuid.UUID) -> Notice | None:
    """A notice if it is the person's own."""
    return session.scalar(sa.select(Notice).where(Notice.id == notice_id, Notice.user_id == user_id))


def unread(session: Session, user_id: uuid.UUID) -> int:
    """How many notices the person has not opened."""
    return (
        session.scalar(
            sa.select(sa.func.count(Notice.id)).where(Notice.user_id == user_id, Notice.read_at.is_(None))
        )
        or 0
    )


def about(session: Session, workflow: str, subject_id: uuid.UUID) -> list[Notice]:
    """Every notice about a subject with its deliveries, the newest first: "did she get it?"."""
    return list(
        session.scalars(
            sa.select(Notice)
            .where(Notice.workflow == workflow, Notice.subject_id == subject_id)
            .order_by(Notice.decided_at.desc())
        )
    )
