"""Remind whoever is due: the record and the notice in one statement, so that neither is without the other."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from recruitment.reminders.declaration import ReminderRule
from recruitment.reminders.models import Reminder
from recruitment.reminders.queries import due, missed
from recruitment.reminders.rules import rules
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
    _lock(session, rule)
    found = due(rule, now).add_columns(sa.func.uuidv7().label("outbox_id")).cte("due")
    row = found.c
    moment = sa.literal(now, sa.DateTime(timezone=True))
    noted = _note(rule, row, moment, "outbox_id").returning(Reminder.outbox_id).cte("noted")
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


def note_missed(session: Session, rule: ReminderRule, now: datetime) -> int:
    """Put on record who should have been reminded and never will be, and why; returns how many that are."""
    _lock(session, rule)
    row = missed(rule, now).cte("missed").c
    moment = sa.literal(now, sa.DateTime(timezone=True))
    return len(session.scalars(_note(rule, row, moment, "missed").returning(Reminder.id)).all())


def note_all_missed(session: Session, now: datetime) -> dict[str, int]:
    """The same for every rule; returns how many by the name of the rule, those without any left out."""
    noted = {name: note_missed(session, rule, now) for name, rule in rules().items()}
    return {name: number for name, number in noted.items() if number}


def _lock(session: Session, rule: ReminderRule) -> None:
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK, sa.func.hashtext(rule.name))))


def _note(rule: ReminderRule, row: Any, moment: sa.ColumnElement[datetime], end: str) -> Any:
    """Insert a record for each row; ``end`` is the column that says how it ended."""
    given = ("call_id", "subject_id", "user_id", "deadline", "planned_at", end)
    return (
        insert(Reminder)
        .from_select(
            ["rule", "workflow", "created_at", *given],
            sa.select(
                sa.literal(rule.name), sa.literal(rule.workflow), moment, *(row[name] for name in given)
            ),
            include_defaults=False,
        )
        .on_conflict_do_nothing()
    )
