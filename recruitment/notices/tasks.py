"""Celery's side of notices. A task carries an id and nothing else; what to do stands in the database."""

import uuid
from collections.abc import Iterable
from datetime import timedelta

from celery import shared_task
from flask import current_app
from kombu.exceptions import OperationalError
from structlog import get_logger

from recruitment.clock import now
from recruitment.database import db
from recruitment.notices import operations
from recruitment.notices.mail import Final, Passing, compose, connected, hand_over

log = get_logger()
ROUTES = {"notices.publish": "urgent", "notices.send": "urgent"}
SCHEDULE = {"find notices that were not sent": {"task": "notices.sweep", "schedule": 15.0}}
SWEEP_LIMIT = 500
# A row younger than this is most likely on its way through the broker already.
SWEEP_AGE = timedelta(seconds=20)


def queue(outbox_ids: Iterable[uuid.UUID]) -> None:
    """Tell the workers of committed outbox rows. A broker that is down is no error: the sweeper finds them."""
    try:
        for outbox_id in outbox_ids:
            publish.apply_async((str(outbox_id),))
    except (OperationalError, OSError) as error:
        log.warning("notice.not_queued", error=str(error))


@shared_task(name="notices.publish")
def publish(outbox_id: str) -> None:
    """Make the notice and send its deliveries."""
    deliveries = operations.publish(db.session, uuid.UUID(outbox_id), now())
    db.session.commit()
    for delivery_id in deliveries:
        send_one(delivery_id)


@shared_task(name="notices.send")
def send(delivery_id: str) -> None:
    """Make one attempt at a delivery."""
    send_one(uuid.UUID(delivery_id))


def send_one(delivery_id: uuid.UUID) -> None:
    session = db.session
    delivery = operations.claim(session, delivery_id, now())
    if delivery is None:
        session.rollback()
        return
    session.commit()
    settings = current_app.config["SETTINGS"]
    message = compose(delivery, settings.mail_from)

    def leaving() -> None:
        operations.mark_leaving(delivery)
        session.commit()

    try:
        with connected(settings.smtp_url) as connection:
            hand_over(connection, message, settings.mail_from, leaving)
    except Passing as error:
        operations.finish_passing(delivery, str(error), now())
    except Final as error:
        operations.finish_final(delivery, str(error))
    except OSError as error:
        operations.finish_unknown(delivery, f"{type(error).__name__}: {error}", now())
    else:
        operations.finish_sent(delivery, now())
    session.commit()
    log.info("notice.attempt", delivery=str(delivery_id), status=delivery.status, attempts=delivery.attempts)


@shared_task(name="notices.sweep")
def sweep() -> None:
    """Find what was never queued, what is due again, and what dead workers left behind."""
    moment = now()
    session = db.session
    recovered = operations.recover(session, moment)
    session.commit()
    rows = operations.unpublished(session, moment - SWEEP_AGE, SWEEP_LIMIT)
    deliveries = operations.due(session, moment, SWEEP_LIMIT)
    session.rollback()
    for outbox_id in rows:
        publish.apply_async((str(outbox_id),), queue="sweeps")
    for delivery_id in deliveries:
        send.apply_async((str(delivery_id),), queue="sweeps")
    if recovered or rows or deliveries:
        log.info("notice.sweep", recovered=recovered, unpublished=len(rows), due=len(deliveries))
