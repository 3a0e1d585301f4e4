"""What must not leave any more: mail to somebody who has withdrawn, and reminders of what is done or over.

Everything stands in the inbox all the same; only the ways out of the house are closed.
"""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.candidates.models import Candidate
from recruitment.notices.models import Delivery, DeliveryStatus, Notice
from recruitment.notices.plan import WITHDRAWALS
from recruitment.reminders.queries import overtaken
from workflows.schema import outbox

WITHDREW = "recalled: the person withdrew"
OVERTAKEN = "recalled: done, given up or over"


def withdrawn(subject_id: Any, recipient: Any, decided_at: Any, outbox_id: Any) -> sa.ColumnElement[bool]:
    """Whether somebody has withdrawn since something was decided about them: the notice that confirms it says so.

    Giving up as a candidate closes what was decided about the application, too. The confirmation itself and
    whatever is decided after it are not closed.

    Args:
        subject_id, recipient, decided_at, outbox_id: columns of the notice in question.
    """
    later = outbox.alias("later")

    def said_of(subject: sa.ColumnElement[bool]) -> sa.Exists:
        return sa.exists().where(
            subject,
            later.c.notice.in_(WITHDRAWALS),
            later.c.recipient == recipient,
            later.c.created_at >= decided_at,
            later.c.id != outbox_id,
        )

    candidacy = (
        sa.select(Candidate.id).where(Candidate.application_id == subject_id).correlate_except(Candidate)
    )
    return sa.or_(said_of(later.c.subject_id == subject_id), said_of(later.c.subject_id.in_(candidacy)))


_notice_withdrawn = withdrawn(Notice.subject_id, Notice.user_id, Notice.decided_at, Notice.outbox_id)


def recalled(why: str) -> dict[str, Any]:
    """What to write into a delivery that is not to be sent."""
    return {"status": DeliveryStatus.RECALLED, "last_error": why}


def recall(session: Session, delivery_ids: Sequence[uuid.UUID], now: datetime) -> None:
    """Close those waiting deliveries whose time is over, before anybody takes them for an attempt."""
    waiting = (Delivery.id.in_(delivery_ids), Delivery.status == DeliveryStatus.PENDING)
    session.execute(
        sa.update(Delivery)
        .where(*waiting, Notice.id == Delivery.notice_id, _notice_withdrawn)
        .values(recalled(WITHDREW))
        .execution_options(synchronize_session=False)
    )
    reminders = session.execute(
        sa.select(Notice.id, Notice.outbox_id)
        .join(Delivery, Delivery.notice_id == Notice.id)
        .where(*waiting, Notice.template.startswith("reminder."))
    ).all()
    if late := overtaken(session, [row.outbox_id for row in reminders], now):
        session.execute(
            sa.update(Delivery)
            .where(*waiting, Delivery.notice_id.in_([row.id for row in reminders if row.outbox_id in late]))
            .values(recalled(OVERTAKEN))
            .execution_options(synchronize_session=False)
        )


def recall_earlier(session: Session, withdrawals: Iterable[sa.Row[Any]]) -> None:
    """Close what still waits, letters to be posted included, from before these outbox rows, which say that
    somebody has withdrawn.
    """
    people = {row.recipient for row in withdrawals}
    if people:
        session.execute(
            sa.update(Delivery)
            .where(
                Delivery.status.in_((DeliveryStatus.PENDING, DeliveryStatus.TO_POST)),
                Notice.id == Delivery.notice_id,
                Notice.user_id.in_(people),
                _notice_withdrawn,
            )
            .values(recalled(WITHDREW))
            .execution_options(synchronize_session=False)
        )
