"""Mails about an account: to confirm an address, to set a new password, to say that something changed.

Notices about an application go another way, as they also stand in the inbox. A link in one of these opens an
account, so the text is encrypted while it waits and forgotten once it is sent.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app, render_template
from sqlalchemy import orm

from recruitment.people.models import Letter
from recruitment.wording import official

# In ``session.info``: ids of letters to be queued after the commit.
WRITTEN = "letters to queue after commit"
# Minutes until the next attempt; after the last it is given up, as its link will have expired.
DELAYS = (1, 2, 5, 15, 60, 180)


@dataclass(frozen=True, slots=True)
class Mail:
    """What one attempt needs."""

    id: uuid.UUID
    address: str
    subject: str
    body: str
    created_at: datetime


def write(session: orm.Session, address: str, template: str, at: datetime, **context: Any) -> Letter:
    """Add a letter in the caller's transaction. The first line of the template is the subject.

    Args:
        template: ``templates/people/mail/<template>.txt``.
    """
    # Not always read by whoever caused it: a lock is caused by a stranger, an invitation by an admin.
    with official():
        text = render_template(f"people/mail/{template}.txt", **context).strip()
    subject, _, body = text.partition("\n")
    letter = Letter(
        id=uuid.uuid4(),
        address=address,
        subject=subject.strip(),
        body=body.strip() + "\n",
        created_at=at,
        next_attempt_at=at,
    )
    session.add(letter)
    session.info.setdefault(WRITTEN, []).append(letter.id)
    return letter


def on_site(path: str) -> str:
    """A path of this site as an address that a letter can carry."""
    site: str = current_app.config["SETTINGS"].site_url
    return site.rstrip("/") + path


def claim(session: orm.Session, letter_id: uuid.UUID, at: datetime) -> Mail | None:
    """Take a letter for one attempt; none when it is not due or another worker has it.

    The next attempt is set now: a worker that dies has thereby given the letter back.
    """
    letter = session.scalar(
        sa.select(Letter)
        .where(Letter.id == letter_id, Letter.body.is_not(None), Letter.next_attempt_at <= at)
        .with_for_update(skip_locked=True)
    )
    if letter is None or letter.body is None:
        return None
    letter.attempts += 1
    letter.next_attempt_at = at + timedelta(minutes=DELAYS[min(letter.attempts, len(DELAYS)) - 1])
    return Mail(letter.id, letter.address, letter.subject, letter.body, letter.created_at)


def finish(
    session: orm.Session, letter_id: uuid.UUID, at: datetime, error: str = "", final: bool = False
) -> None:
    """Note how an attempt ended; no error means that the server took it."""
    letter = session.get_one(Letter, letter_id)
    letter.last_error = error[:500] or None
    if not error:
        letter.sent_at = at
    if not error or final or letter.attempts > len(DELAYS):
        letter.body = None
        letter.next_attempt_at = None


def due(session: orm.Session, at: datetime, limit: int) -> list[uuid.UUID]:
    return list(
        session.scalars(
            sa.select(Letter.id)
            .where(Letter.body.is_not(None), Letter.next_attempt_at <= at)
            .order_by(Letter.next_attempt_at)
            .limit(limit)
        )
    )
