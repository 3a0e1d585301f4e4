"""Asking twenty thousand people to pay takes longer than a page may: a task does it, chunk by chunk."""

import uuid

from celery import shared_task
from kombu.exceptions import OperationalError
from structlog import get_logger

from recruitment.clock import now
from recruitment.database import db
from recruitment.fees import operations, queries

log = get_logger()
# Also who qualifies later (after an appeal, or having chosen another position) is found by this.
SCHEDULE = {"ask the qualified to pay": {"task": "fees.sweep", "schedule": 60.0}}
# So many chunks, then the task ends and is queued anew, so that a worker that is asked to stop does.
CHUNKS = 20


def queue(call_id: uuid.UUID) -> None:
    """Start, or go on. A broker that is down is no error: the sweep finds the call."""
    try:
        enrol.apply_async((str(call_id),))
    except (OperationalError, OSError) as error:
        log.warning("fees.not_queued", error=str(error))


@shared_task(name="fees.enrol")
def enrol(call_id: str) -> None:
    """Ask the qualified of a call to pay. A killed one goes on where it was."""
    identity, asked = uuid.UUID(call_id), 0
    for _ in range(CHUNKS):
        number = operations.enrol_chunk(db.session, identity, now())
        db.session.commit()
        asked += number
        if number < operations.CHUNK:
            break
    else:
        queue(identity)
    if asked:
        log.info("fees.enrolled", call=call_id, number=asked)


@shared_task(name="fees.sweep")
def sweep() -> None:
    """Find the calls in which somebody qualified has not been asked."""
    calls = queries.with_unasked(db.session)
    db.session.rollback()
    for call_id in calls:
        queue(call_id)
