"""Carry account mails to the SMTP server. A task is told an id; what to do stands in the database."""

import uuid
from collections.abc import Iterable
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from celery import shared_task
from flask import current_app
from kombu.exceptions import OperationalError
from structlog import get_logger

from recruitment.clock import local, now
from recruitment.database import after_commit, db
from recruitment.forms import drafts
from recruitment.notices import pool
from recruitment.notices.channels import Final, Passing, Unknown
from recruitment.notices.mail import hand_over
from recruitment.people import letters

log = get_logger()
SWEEP_LIMIT = 200

ROUTES = {"people.send_letter": "urgent"}
SCHEDULE = {
    "send account letters that are due": {"task": "people.sweep_letters", "schedule": 30.0},
    "forget old drafts": {"task": "people.forget_drafts", "schedule": 86400.0},
}


def _queue_letters(ids: Iterable[uuid.UUID]) -> None:
    # A broker that is down is no error: the letter is in the database and the sweeper finds it.
    for letter_id in ids:
        try:
            send_letter.apply_async((str(letter_id),), retry=False)
        except (OperationalError, OSError) as error:
            log.warning("letter.not_queued", error=str(error))
            return


after_commit(letters.WRITTEN, _queue_letters)


@shared_task(name="people.send_letter", ignore_result=True)
def send_letter(letter_id: str) -> None:
    """Make one attempt at a letter."""
    session = db.session
    mail = letters.claim(session, uuid.UUID(letter_id), now())
    session.commit()
    if mail is None:
        return
    settings = current_app.config["SETTINGS"]
    outcome: dict[str, Any] = {}
    try:
        content = _compose(mail, settings.mail_from).as_bytes(policy=policy.SMTP)
        with pool.connection(settings.smtp_url) as connection:
            connection.run(
                lambda smtp: hand_over(smtp, content, settings.mail_from, mail.address, lambda: None)
            )
    except Final as error:
        outcome = {"error": str(error), "final": True}
    except (Passing, Unknown) as error:
        # Also when the answer never came: a second mail with the same link is better than none.
        outcome = {"error": f"{type(error).__name__}: {error}"}
    letters.finish(session, mail.id, now(), **outcome)
    session.commit()
    log.info("letter.attempt", letter=letter_id, error=outcome.get("error"))


def _compose(mail: letters.Mail, sender: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = mail.address
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(local(mail.created_at))
    message["Message-ID"] = f"<{mail.id}@kaolu.example>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.body)
    return message


@shared_task(name="people.sweep_letters", ignore_result=True)
def sweep_letters() -> None:
    """Find the letters that were never queued or are due again."""
    for letter_id in letters.due(db.session, now(), SWEEP_LIMIT):
        send_letter.apply_async((str(letter_id),), queue="sweeps")


@shared_task(name="people.forget_drafts", ignore_result=True)
def forget_drafts() -> None:
    """Delete what nobody will come back for."""
    drafts.forget_old(db.session, now() - drafts.KEPT)
    db.session.commit()
