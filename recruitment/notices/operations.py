"""From an outbox row to a message in the inbox and on its way: the only write path of notices.

The outbox row is written by the transaction that decided. ``publish`` turns it into a notice and its
deliveries; ``claim``, ``mark_leaving`` and ``finish`` take one delivery through one attempt. Each is one short
transaction, so a worker that dies between two of them leaves a state from which the sweeper knows how to go on.
"""

import random
import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.notices.context import context_for
from recruitment.notices.models import Delivery, DeliveryStatus, Notice
from recruitment.notices.render import render
from recruitment.people.models import User
from recruitment.reminders.queries import overtaken
from workflows.schema import outbox

# Minutes until the next attempt; after the last one the delivery has failed for good.
DELAYS = (1, 5, 15, 60, 180, 360, 720)
# A claim older than this belongs to a worker that is gone: no step of an attempt may take as long.
CLAIM_LIFE = timedelta(minutes=3)


def publish(session: Session, outbox_id: uuid.UUID, now: datetime) -> list[uuid.UUID]:
    """Make the notice of an outbox row and return the ids of its deliveries.

    Nothing happens if the row is held, cancelled, finished, or in another worker's hands. A reminder of what has
    been done or given up since is cancelled.
    """
    row = session.execute(
        sa.select(outbox)
        .where(
            outbox.c.id == outbox_id,
            outbox.c.finished_at.is_(None),
            outbox.c.cancelled_at.is_(None),
            outbox.c.released_at.is_not(None),
        )
        .with_for_update(skip_locked=True)
    ).one_or_none()
    if row is None:
        return []
    if overtaken(session, row.id, now):
        session.execute(
            sa.update(outbox).where(outbox.c.id == row.id).values(cancelled_at=now, outcome="overtaken")
        )
        return []
    user = session.get_one(User, row.recipient)
    text = render(row.notice, context_for(session, row, user))
    notice = Notice(
        outbox_id=row.id,
        user_id=user.id,
        workflow=row.workflow,
        subject_id=row.subject_id,
        template=row.notice,
        template_version=text.version,
        subject=text.subject,
        body=text.body,
        body_html=text.body_html,
        decided_at=row.created_at,
    )
    if user.email:
        notice.deliveries.append(Delivery(channel="email", address=user.email, next_attempt_at=now))
    session.add(notice)
    session.flush()
    session.execute(
        sa.update(outbox).where(outbox.c.id == row.id).values(finished_at=now, outcome="published")
    )
    return [delivery.id for delivery in notice.deliveries]


def mark_queued(session: Session, outbox_ids: list[uuid.UUID], now: datetime) -> None:
    """Remember that the broker took these ids."""
    session.execute(sa.update(outbox).where(outbox.c.id.in_(outbox_ids)).values(queued_at=now))


def unpublished(session: Session, older_than: datetime, limit: int) -> list[uuid.UUID]:
    """Outbox rows that should have become notices by now, oldest first."""
    return list(
        session.scalars(
            sa.select(outbox.c.id)
            .where(
                outbox.c.finished_at.is_(None),
                outbox.c.cancelled_at.is_(None),
                outbox.c.released_at < older_than,
            )
            .order_by(outbox.c.created_at)
            .limit(limit)
        )
    )


def claim(session: Session, delivery_id: uuid.UUID, now: datetime) -> Delivery | None:
    """Take a delivery for one attempt; ``None`` when it is not due or another worker has it."""
    return session.scalar(
        sa.update(Delivery)
        .where(
            Delivery.id == delivery_id,
            Delivery.status == DeliveryStatus.PENDING,
            Delivery.next_attempt_at <= now,
        )
        .values(status=DeliveryStatus.CLAIMED, claimed_at=now, attempts=Delivery.attempts + 1)
        .returning(Delivery)
    )


def mark_leaving(delivery: Delivery) -> None:
    """The text is about to be handed over: from here on a silence cannot be told from a success."""
    delivery.status = DeliveryStatus.LEAVING


def finish_sent(delivery: Delivery, now: datetime) -> None:
    delivery.status = DeliveryStatus.SENT
    delivery.sent_at = now
    delivery.last_error = None


def finish_passing(delivery: Delivery, error: str, now: datetime) -> None:
    """The attempt failed in a way that may pass: try again later, or give up after the last delay."""
    delivery.last_error = error[:500]
    if delivery.attempts > len(DELAYS):
        delivery.status = DeliveryStatus.FAILED
        return
    delivery.status = DeliveryStatus.PENDING
    minutes = DELAYS[delivery.attempts - 1]
    # Spread out, so that a server that comes back is not met by everything at once.
    delivery.next_attempt_at = now + timedelta(minutes=minutes * random.uniform(0.8, 1.2))  # noqa: S311


def finish_final(delivery: Delivery, error: str) -> None:
    delivery.last_error = error[:500]
    delivery.status = DeliveryStatus.FAILED


def finish_unknown(delivery: Delivery, error: str, now: datetime) -> None:
    """The connection broke after the text left: it goes out once more under the same Message-ID, marked so.

    A mail that comes twice is a nuisance; one that never comes may cost a person the year.
    """
    delivery.doubtful = True
    finish_passing(delivery, error, now)


def recover(session: Session, now: datetime) -> int:
    """Give back what dead workers had claimed; returns how many."""
    abandoned = session.scalars(
        sa.select(Delivery)
        .where(
            Delivery.claimed_at < now - CLAIM_LIFE,
            Delivery.status.in_((DeliveryStatus.CLAIMED, DeliveryStatus.LEAVING)),
        )
        .with_for_update(skip_locked=True)
    ).all()
    for delivery in abandoned:
        if delivery.status == DeliveryStatus.LEAVING:
            finish_unknown(delivery, "worker lost after the text had left", now)
        else:
            finish_passing(delivery, "worker lost before the text left", now)
        delivery.next_attempt_at = min(delivery.next_attempt_at, now)
    return len(abandoned)


def due(session: Session, now: datetime, limit: int) -> list[uuid.UUID]:
    """Deliveries whose next attempt is due, the longest waiting first."""
    return list(
        session.scalars(
            sa.select(Delivery.id)
            .where(Delivery.status == DeliveryStatus.PENDING, Delivery.next_attempt_at <= now)
            .order_by(Delivery.next_attempt_at)
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
