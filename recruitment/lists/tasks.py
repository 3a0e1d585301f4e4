"""Large files are read and imported by a worker; small ones too, if their request was lost."""

import uuid
from datetime import timedelta

from celery import shared_task
from kombu.exceptions import OperationalError
from structlog import get_logger

from recruitment.clock import now
from recruitment.database import db
from recruitment.lists import uploads

log = get_logger()
SCHEDULE = {"find files that nobody is at": {"task": "lists.sweep", "schedule": 15.0}}
# A younger one is most likely on its way through the broker already.
AGE = timedelta(seconds=30)


def queue(upload_id: uuid.UUID) -> None:
    """Tell the workers of a committed row. A broker that is down is no error: the sweep finds the file."""
    try:
        work.apply_async((str(upload_id),))
    except (OperationalError, OSError) as error:
        log.warning("lists.not_queued", error=str(error))


@shared_task(name="lists.work")
def work(upload_id: str) -> None:
    """Do what a file waits for."""
    uploads.work(db.session, uuid.UUID(upload_id), now())


@shared_task(name="lists.sweep")
def sweep() -> None:
    """Find what dead workers left behind, and throw away what nobody imported."""
    moment = now()
    found = uploads.left_behind(db.session, moment - AGE, moment)
    uploads.forget_old(db.session, moment)
    db.session.commit()
    for upload_id in found:
        queue(upload_id)
