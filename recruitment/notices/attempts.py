"""One delivery through one attempt, and what follows from its outcome.

Each step is one short transaction, so that a worker that dies between two of them leaves a state from which the
sweeper knows how to go on. An attempt is known by its number: whoever lost the delivery to somebody else in the
meantime, because everybody took it for dead, changes nothing any more.
"""

import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.notices.channels import Parcel, channels
from recruitment.notices.models import Delivery, DeliveryStatus, Dispatch, Notice
from recruitment.notices.recall import recall
from recruitment.people.models import User

# Minutes until the next attempt; after the last one the delivery has failed for good.
DELAYS = (1, 5, 15, 60, 180, 360, 720)
# A claim older than this belongs to a worker that is gone: no step of an attempt may take as long.
CLAIM_LIFE = timedelta(minutes=3)
IN_HAND = (DeliveryStatus.CLAIMED, DeliveryStatus.LEAVING)


_table: Any = Delivery.__table__
# That a mail was taken need not be on disk at once: should the database's machine fail in the next half second, the
# delivery stands as leaving, is sent once more and marked. That it is leaving must be.
_UNHURRIED = sa.func.set_config("synchronous_commit", "off", True).is_not(None)
# Statements by what they change; made once, as making one takes longer than running it.
_steps: dict[tuple[str, ...], sa.Update] = {}


class Attempt(NamedTuple):
    """A claimed delivery: what to carry, and which attempt this is, counted from 1."""

    parcel: Parcel
    number: int
    user_id: uuid.UUID


class LostClaim(Exception):
    """Somebody else has the delivery by now."""


_unpaused = ~sa.exists().where(
    Notice.id == Delivery.notice_id, Notice.dispatch_id == Dispatch.id, Dispatch.paused_at.is_not(None)
).correlate(Delivery)


def claim(session: Session, delivery_ids: Sequence[uuid.UUID], now: datetime) -> list[uuid.UUID]:
    """Take deliveries for one attempt each; those that are not due or that another worker has stay out.

    What is not to leave any more is closed first, so that a mail that waited for its retry stops when the person
    withdraws. One that is in a worker's hands at that moment, for some seconds at most, still goes.
    """
    recall(session, delivery_ids, now)
    return list(
        session.scalars(
            sa.update(Delivery)
            .where(
                Delivery.id.in_(delivery_ids),
                Delivery.status == DeliveryStatus.PENDING,
                Delivery.next_attempt_at <= now,
                _unpaused,
            )
            .values(status=DeliveryStatus.CLAIMED, claimed_at=now, attempts=Delivery.attempts + 1)
            .returning(Delivery.id)
            .execution_options(synchronize_session=False)
        )
    )


def claimed(session: Session, delivery_ids: Sequence[uuid.UUID]) -> list[Attempt]:
    """What the caller has claimed, ready to go, in the order in which it was decided."""
    rows = session.execute(
        sa.select(
            Delivery.id,
            Delivery.resends,
            Delivery.channel,
            Delivery.address,
            Delivery.text,
            Delivery.attempts,
            Notice.subject,
            Notice.body,
            Notice.body_html,
            Notice.decided_at,
            User.id.label("user_id"),
            User.phone,
        )
        .join(Delivery.notice)
        .join(Notice.user)
        .where(Delivery.id.in_(delivery_ids), Delivery.status == DeliveryStatus.CLAIMED)
        .order_by(Notice.decided_at, Delivery.id)
    )
    return [
        Attempt(
            Parcel(
                id=row.id,
                resends=row.resends,
                channel=row.channel,
                address=row.address,
                phone=row.phone,
                subject=row.subject,
                body=row.body,
                body_html=row.body_html,
                text=row.text,
                decided_at=row.decided_at,
            ),
            row.attempts,
            row.user_id,
        )
        for row in rows
    ]


def mark_leaving(connection: sa.Connection, attempt: Attempt) -> None:
    """The text is about to be handed over: from here on a silence cannot be told from a success.

    Raises:
        LostClaim: the delivery is in other hands.
    """
    if not _step(connection, attempt, (DeliveryStatus.CLAIMED,), status=DeliveryStatus.LEAVING):
        raise LostClaim


def finish_sent(connection: sa.Connection, attempt: Attempt, provider_id: str | None, now: datetime) -> None:
    # Also when it was given up for lost in the meantime: it need not go out a second time.
    _step(
        connection,
        attempt,
        (*IN_HAND, DeliveryStatus.PENDING),
        status=DeliveryStatus.SENT,
        sent_at=now,
        provider_id=provider_id,
        last_error=None,
    )


def finish_passing(
    connection: sa.Connection, attempt: Attempt, error: str, now: datetime, **more: Any
) -> None:
    """The attempt failed in a way that may pass: try again later, or give up after the last delay."""
    _step(connection, attempt, IN_HAND, **_later(attempt.number, error, now), **more)


def finish_final(connection: sa.Connection, attempt: Attempt, error: str, now: datetime) -> None:
    _step(connection, attempt, IN_HAND, status=DeliveryStatus.FAILED, failed_at=now, last_error=error[:500])


def finish_unknown(connection: sa.Connection, attempt: Attempt, error: str, now: datetime) -> None:
    """The connection broke after the text left: it goes out once more under the same id, and is marked so
    where the far side does not recognise it.

    A mail that comes twice is a nuisance; one that never comes may cost a person the year.
    """
    doubt = {} if channels()[attempt.parcel.channel].can_tell else {"doubtful": True}
    finish_passing(connection, attempt, error, now, **doubt)


def give_back(connection: sa.Connection, attempts: Sequence[Attempt], at: datetime) -> None:
    """What was claimed and not tried goes back as it was, to be tried at ``at``."""
    for attempt in attempts:
        _step(
            connection,
            attempt,
            (DeliveryStatus.CLAIMED,),
            status=DeliveryStatus.PENDING,
            attempts=attempt.number - 1,
            next_attempt_at=at,
        )


def _step(
    connection: sa.Connection, attempt: Attempt, stands: Sequence[DeliveryStatus], **values: Any
) -> bool:
    """Change a delivery that still stands there in this attempt; whether it does."""
    step = _steps.get(key := (*values, *stands))
    if step is None:
        step = _steps[key] = (
            sa.update(_table)
            .where(
                _table.c.id == sa.bindparam("this"),
                _table.c.attempts == sa.bindparam("number"),
                _table.c.status.in_([str(status) for status in stands]),
                *([_UNHURRIED] if "sent_at" in values else []),
            )
            .values({name: sa.bindparam(f"new_{name}") for name in values})
        )
    given = {f"new_{name}": value for name, value in values.items()}
    this = {"this": attempt.parcel.id, "number": attempt.number}
    return bool(connection.execute(step, this | given).rowcount)


def _later(attempts: int, error: str, now: datetime) -> dict[str, Any]:
    if attempts > len(DELAYS):
        return {"status": DeliveryStatus.FAILED, "failed_at": now, "last_error": error[:500]}
    # Spread out, so that a server that comes back is not met by everything at once.
    minutes = DELAYS[attempts - 1] * random.uniform(0.8, 1.2)  # noqa: S311
    return {
        "status": DeliveryStatus.PENDING,
        "next_attempt_at": now + timedelta(minutes=minutes),
        "last_error": error[:500],
    }


def recover(session: Session, now: datetime) -> int:
    """Give back what dead workers had claimed, to be tried at once; returns how many."""
    abandoned = session.scalars(
        sa.select(Delivery)
        .where(Delivery.claimed_at < now - CLAIM_LIFE, Delivery.status.in_(IN_HAND))
        .with_for_update(skip_locked=True)
    ).all()
    for delivery in abandoned:
        left = delivery.status == DeliveryStatus.LEAVING
        if left and not channels()[delivery.channel].can_tell:
            delivery.doubtful = True
        where = "after" if left else "before"
        for name, value in _later(delivery.attempts, f"worker lost {where} the text had left", now).items():
            setattr(delivery, name, value)
        delivery.next_attempt_at = min(delivery.next_attempt_at, now)
    return len(abandoned)


def due(session: Session, now: datetime, limit: int) -> list[uuid.UUID]:
    """Deliveries whose next attempt is due, the longest waiting first."""
    return list(
        session.scalars(
            sa.select(Delivery.id)
            .where(Delivery.status == DeliveryStatus.PENDING, Delivery.next_attempt_at <= now, _unpaused)
            .order_by(Delivery.next_attempt_at)
            .limit(limit)
        )
    )
