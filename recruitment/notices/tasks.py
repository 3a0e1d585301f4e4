"""Celery's side of notices. A task carries ids and nothing else; what to do stands in the database."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from celery import shared_task
from kombu.exceptions import OperationalError
from structlog import get_logger

from recruitment.clock import now
from recruitment.database import after_commit, db
from recruitment.notices import attempts, dispatches, operations
from recruitment.notices.carrying import carry
from recruitment.notices.channels import Final, Passing, Unknown, channels
from recruitment.notices.channels.sms import Sms
from recruitment.notices.render import render_short
from recruitment.people import phone
from recruitment.people.models import User

log = get_logger()
ROUTES = {
    "notices.publish": "urgent",
    "notices.send": "urgent",
    "notices.carry": "sweeps",
    "notices.pump": "bulk",
    "notices.phone_code": "urgent",
}
SCHEDULE = {"find notices that were not sent": {"task": "notices.sweep", "schedule": 15.0}}
SWEEP_LIMIT = 2000
# A row younger than this is most likely on its way through the broker already.
SWEEP_AGE = timedelta(seconds=20)
CHUNK = 50
# A decision that waited this long in the queue takes so many others along.
BEHIND = timedelta(seconds=0.5)
TOGETHER = 20


def queue(outbox_ids: Iterable[uuid.UUID]) -> None:
    """Tell the workers of committed outbox rows. A broker that is down is no error: the sweeper finds them."""
    try:
        for outbox_id in outbox_ids:
            publish.apply_async((str(outbox_id),), headers={"queued_at": now().isoformat()})
    except (OperationalError, OSError) as error:
        log.warning("notice.not_queued", error=str(error))


def _start_dispatches(begun: Iterable[tuple[uuid.UUID, int]]) -> None:
    for dispatch_id, generation in begun:
        try:
            for _ in range(dispatches.LANES):
                pump.apply_async((str(dispatch_id), generation))
        except (OperationalError, OSError) as error:
            log.warning("dispatch.not_queued", dispatch=str(dispatch_id), error=str(error))


after_commit(dispatches.STARTED, _start_dispatches)


@shared_task(name="notices.publish", bind=True)
def publish(self: Any, outbox_id: str) -> None:
    """Make one notice and carry out its deliveries."""
    ids = [uuid.UUID(outbox_id)]
    text = self.request.get("queued_at")
    queued_at = datetime.fromisoformat(text) if text else None
    if queued_at and now() - queued_at > BEHIND:
        # Many wait. Together they take a fraction of the time; their own tasks then find nothing to do.
        ids += operations.unpublished(db.session, now() - BEHIND, TOGETHER)
        db.session.rollback()
    publish_and_carry(ids, queued_at)


@shared_task(name="notices.send")
def send(delivery_id: str) -> None:
    """Make one attempt at a delivery."""
    claim_and_carry([uuid.UUID(delivery_id)])


@shared_task(name="notices.carry")
def carry_many(outbox_ids: list[str], delivery_ids: list[str]) -> None:
    """What the sweeper found."""
    if outbox_ids:
        publish_and_carry([uuid.UUID(text) for text in outbox_ids])
    if delivery_ids:
        claim_and_carry([uuid.UUID(text) for text in delivery_ids])


def publish_and_carry(outbox_ids: Sequence[uuid.UUID], queued_at: datetime | None = None) -> None:
    """Make the notices of these rows; one that cannot be made keeps no other from it."""
    session = db.session
    try:
        claimed = operations.publish_many(session, outbox_ids, now(), take=True, queued_at=queued_at)
        session.commit()
    except Exception as error:
        session.rollback()
        if len(outbox_ids) > 1:
            for outbox_id in outbox_ids:
                publish_and_carry([outbox_id])
            return
        operations.note_unpublished(session, outbox_ids[0], f"{type(error).__name__}: {error}", now())
        session.commit()
        log.exception("notice.not_published", outbox=str(outbox_ids[0]))
        return
    carry(session, claimed)


def claim_and_carry(delivery_ids: Sequence[uuid.UUID]) -> None:
    claimed = attempts.claim(db.session, delivery_ids, now())
    db.session.commit()
    carry(db.session, claimed)


@shared_task(name="notices.pump")
def pump(dispatch_id: str, generation: int) -> None:
    """One stretch of a lane of a dispatch; the lane goes on with the next until nothing is left."""
    session, this = db.session, uuid.UUID(dispatch_id)
    try:
        stretch = dispatches.next_stretch(session, this, generation, CHUNK, now())
        session.commit()
    except Exception:
        # One of them cannot be made: find out which, so that it keeps no other from it.
        session.rollback()
        log.exception("dispatch.not_published", dispatch=dispatch_id)
        rows = dispatches.next_rows(session, this, CHUNK, now())
        session.rollback()
        for row in rows:
            publish_and_carry([row])
        stretch = []
    if stretch is None:
        return
    ends = carry(session, stretch)
    further = dispatches.go_on(session, this, ends, now())
    session.commit()
    if further:
        pump.apply_async((dispatch_id, generation), countdown=1.0 if ends["waiting"] else 0.0)


@shared_task(name="notices.phone_code")
def phone_code(user_id: str, request_id: str) -> None:
    """Send somebody the code that proves their number. Lost, it is asked for again; told twice, it goes once."""
    channel, user = channels().get("sms"), db.session.get(User, uuid.UUID(user_id))
    if not isinstance(channel, Sms) or user is None or not user.phone:
        return
    text = render_short("phone_code", code=phone.code(user, now())).strip()
    try:
        channel.hand_in(request_id, user.phone, text)
    except (Passing, Final, Unknown) as error:
        log.warning("phone_code.not_sent", user=user_id, error=str(error))


@shared_task(name="notices.sweep")
def sweep() -> None:
    """Find what was never queued, what is due again, and what dead workers left behind."""
    moment = now()
    session = db.session
    recovered = attempts.recover(session, moment)
    session.commit()
    revived = dispatches.revive(session, moment)
    rows = operations.unpublished(session, moment - SWEEP_AGE, SWEEP_LIMIT)
    operations.mark_queued(session, rows, moment)
    deliveries = attempts.due(session, moment, SWEEP_LIMIT)
    session.commit()
    for first in range(0, len(rows), CHUNK):
        carry_many.apply_async(([str(row) for row in rows[first : first + CHUNK]], []))
    for first in range(0, len(deliveries), CHUNK):
        carry_many.apply_async(([], [str(delivery) for delivery in deliveries[first : first + CHUNK]]))
    if recovered or revived or rows or deliveries:
        log.info(
            "notice.sweep",
            recovered=recovered,
            revived=revived,
            unpublished=len(rows),
            due=len(deliveries),
        )
