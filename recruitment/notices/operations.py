"""From an outbox row to a message in the inbox with its deliveries: the only way in which notices come about.

The outbox row is written by the transaction that decided. Publishing makes the notice and plans its deliveries;
``attempts`` takes these through the attempts to carry them out.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.orm import Session, defer, lazyload

from recruitment.notices.ahead import read_ahead
from recruitment.notices.channels import channels
from recruitment.notices.context import context_for
from recruitment.notices.models import Delivery, DeliveryStatus, Dispatch, Notice
from recruitment.notices.plan import ways
from recruitment.notices.render import Text, render
from recruitment.people.models import User
from recruitment.reminders.queries import overtaken
from workflows.schema import outbox

# A row that could not be published, or whose id was queued, is looked at again after this long.
AGAIN = timedelta(minutes=2)

_dispatch = (
    sa.select(Dispatch.id)
    .where(Dispatch.workflow == outbox.c.workflow, Dispatch.released_at == outbox.c.released_at)
    .scalar_subquery()
)
_paused = sa.exists().where(
    Dispatch.workflow == outbox.c.workflow,
    Dispatch.released_at == outbox.c.released_at,
    Dispatch.paused_at.is_not(None),
)
_open = sa.and_(
    outbox.c.finished_at.is_(None), outbox.c.cancelled_at.is_(None), outbox.c.released_at.is_not(None)
)


def publish(session: Session, outbox_id: uuid.UUID, now: datetime) -> list[uuid.UUID]:
    """Make the notice of an outbox row and return the ids of its deliveries.

    Nothing happens if the row is held, cancelled, paused, finished, or in another worker's hands. A reminder of
    what has been done or given up since is cancelled.
    """
    return publish_many(session, [outbox_id], now)


def publish_many(
    session: Session,
    outbox_ids: Sequence[uuid.UUID],
    now: datetime,
    *,
    take: bool = False,
    queued_at: datetime | None = None,
) -> list[uuid.UUID]:
    """The same for many rows in a constant number of statements, but for what their texts must look up.

    Args:
        take: claim what is due for an attempt that the caller makes after the commit.
        queued_at: when the broker took them, to be kept with them.

    Returns:
        The ids of the deliveries; with ``take`` only of those that were claimed.
    """
    rows = session.execute(
        sa.select(outbox, _dispatch.label("dispatch_id"))
        .where(outbox.c.id.in_(outbox_ids), _open, ~_paused)
        .order_by(outbox.c.released_at, outbox.c.id)
        .with_for_update(of=outbox, skip_locked=True)
    ).all()
    return _publish(session, rows, now, take, queued_at)


def next_rows(dispatch: Dispatch, limit: int, now: datetime) -> sa.Select[Any]:
    """The next outbox rows of a dispatch; one that could not be published waits a while."""
    return (
        sa.select(outbox, sa.literal(dispatch.id).label("dispatch_id"))
        .where(
            _open,
            outbox.c.workflow == dispatch.workflow,
            outbox.c.released_at == dispatch.released_at,
            sa.or_(outbox.c.claimed_at.is_(None), outbox.c.claimed_at < now - AGAIN),
        )
        .limit(limit)
        .with_for_update(of=outbox, skip_locked=True)
    )


def publish_next(session: Session, dispatch: Dispatch, limit: int, now: datetime) -> list[uuid.UUID]:
    """Publish the next rows of a dispatch and claim their deliveries."""
    return _publish(session, session.execute(next_rows(dispatch, limit, now)).all(), now, take=True)


def _publish(
    session: Session, rows: Sequence[Row[Any]], now: datetime, take: bool, queued_at: datetime | None = None
) -> list[uuid.UUID]:
    if late := overtaken(session, [row.id for row in rows], now):
        session.execute(
            sa.update(outbox).where(outbox.c.id.in_(late)).values(cancelled_at=now, outcome="overtaken")
        )
        rows = [row for row in rows if row.id not in late]
    if not rows:
        return []
    people = {
        user.id: user
        for user in session.scalars(
            sa.select(User)
            .where(User.id.in_({row.recipient for row in rows}))
            .options(defer(User.id_number), lazyload(User.grants))
        )
    }
    made: list[Delivery] = []
    with session.no_autoflush, read_ahead(session, rows) as ahead:
        for row in rows:
            user = people.get(row.recipient)
            if user is None:
                continue
            text = render(row.notice, context_for(session, row, user))
            notice = Notice(
                outbox_id=row.id,
                user_id=user.id,
                workflow=row.workflow,
                subject_id=row.subject_id,
                area_code=ahead.area(row),
                dispatch_id=row.dispatch_id,
                template=row.notice,
                template_version=text.version,
                subject=text.subject,
                body=text.body,
                body_html=text.body_html,
                decided_at=row.created_at,
            )
            plan(notice, user, text, now, take=take)
            session.add(notice)
            made += notice.deliveries
    session.flush()
    session.execute(
        sa.update(outbox)
        .where(outbox.c.id.in_([row.id for row in rows]))
        .values(
            finished_at=now, outcome="published", queued_at=sa.func.coalesce(outbox.c.queued_at, queued_at)
        )
    )
    return [delivery.id for delivery in made if not take or delivery.status == DeliveryStatus.CLAIMED]


def plan(notice: Notice, user: User, text: Text, now: datetime, *, take: bool = False) -> None:
    """Give a notice its deliveries: one for each way that reaches the person and is not used yet."""
    used = {delivery.channel for delivery in notice.deliveries}
    for way in ways(user, notice.template):
        if way.channel in used:
            continue
        delivery = Delivery(
            id=uuid.uuid4(),
            channel=way.channel,
            address=way.address,
            text=channels()[way.channel].text(user, text),
            status=DeliveryStatus.TO_POST if way.by_hand else DeliveryStatus.PENDING,
            next_attempt_at=now,
            attempts=0,
        )
        if take and delivery.status == DeliveryStatus.PENDING:
            delivery.status, delivery.claimed_at, delivery.attempts = DeliveryStatus.CLAIMED, now, 1
        notice.deliveries.append(delivery)


def note_unpublished(session: Session, outbox_id: uuid.UUID, error: str, now: datetime) -> None:
    """Remember why a row could not be published; it is tried again, and shown to who can mend it."""
    session.execute(
        sa.update(outbox).where(outbox.c.id == outbox_id, _open).values(claimed_at=now, outcome=error[:500])
    )


def mark_queued(session: Session, outbox_ids: Sequence[uuid.UUID], now: datetime) -> None:
    """Remember that the broker took these ids."""
    session.execute(sa.update(outbox).where(outbox.c.id.in_(outbox_ids)).values(queued_at=now))


def unpublished(session: Session, older_than: datetime, limit: int) -> list[uuid.UUID]:
    """Outbox rows that should have become notices by now, oldest first; those of a dispatch are its lanes'."""
    again = older_than - AGAIN
    return list(
        session.scalars(
            sa.select(outbox.c.id)
            .where(
                _open,
                outbox.c.released_at < older_than,
                sa.or_(outbox.c.queued_at.is_(None), outbox.c.queued_at < again),
                sa.or_(outbox.c.claimed_at.is_(None), outbox.c.claimed_at < again),
                ~sa.exists().where(
                    Dispatch.workflow == outbox.c.workflow, Dispatch.released_at == outbox.c.released_at
                ),
            )
            .order_by(outbox.c.released_at)
            .limit(limit)
        )
    )


def mark_read(session: Session, user_id: uuid.UUID, notice_id: uuid.UUID, now: datetime) -> bool:
    """Remember when a person first opened a notice; ``False`` when it is not theirs."""
    return bool(
        session.scalar(
            sa.update(Notice)
            .where(Notice.id == notice_id, Notice.user_id == user_id)
            .values(read_at=sa.func.coalesce(Notice.read_at, now))
            .returning(Notice.id)
        )
    )
