"""Remind whoever is due: the record and the notice in one statement, so that neither is without the other."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from recruitment.reminders.declaration import ReminderRule
from recruitment.reminders.models import Reminder
from recruitment.reminders.queries import due
from recruitment.workflow import PENDING
from workflows.schema import outbox

# Names the lock that lets one worker at a time decide about one rule.
_LOCK = 0x52454D49


def remind(session: Session, rule: ReminderRule, now: datetime) -> list[uuid.UUID]:
    """Decide on every reminder of a rule that is due; the notices leave after the caller's commit.

    Any number of workers may do so at once: one decides while the others wait and find nothing left, and the
    unique key of the records holds whatever happens.

    Returns:
        The ids of the outbox rows.
    """
    lock = sa.func.pg_advisory_xact_lock(_LOCK, sa.func.hashtext(rule.name))
    session.execute(sa.select(lock))
    found = due(rule, now).add_columns(sa.func.uuidv7().label("outbox_id")).cte("due")
    row = found.c
    moment = sa.literal(now, sa.DateTime(timezone=True))
    noted = (
        insert(Reminder)
        .from_select(
            [
                "call_id",
                "rule",
                "workflow",
                "subject_id",
                "user_id",
                "deadline",
                "planned_at",
                "created_at",
                "outbox_id",
            ],
            sa.select(
                row.call_id,
                sa.literal(rule.name),
                sa.literal(rule.workflow),
                row.subject_id,
                row.user_id,
                row.deadline,
                row.planned_at,
                moment,
                row.outbox_id,
            ),
            include_defaults=False,
        )
        .on_conflict_do_nothing()
        .returning(Reminder.outbox_id)
        .cte("noted")
    )
    decided = insert(outbox).from_select(
        ["id", "workflow", "subject_id", "event", "notice", "recipient", "held", "created_at", "released_at"],
        sa.select(
            row.outbox_id,
            sa.literal(rule.workflow),
            row.subject_id,
            row.version,
            sa.literal(rule.notice),
            row.user_id,
            sa.false(),
            moment,
            moment,
        ).join(noted, noted.c.outbox_id == row.outbox_id),
    )
    ids = list(session.scalars(decided.returning(outbox.c.id)))
    session.info.setdefault(PENDING, []).extend(ids)
    return ids
