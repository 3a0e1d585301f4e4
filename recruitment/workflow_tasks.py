"""The engine's work by the clock: deadlines that are due, and the daily seal of the journal."""

import sqlalchemy as sa
from celery import shared_task
from celery.schedules import crontab
from sqlalchemy.orm import sessionmaker
from structlog import get_logger

from recruitment.clock import now
from recruitment.database import db
from recruitment.reminders import tasks as reminders
from recruitment.workflow import engine, queue_notices
from workflows import seals, timers
from workflows.schema import timer

log = get_logger()
SCHEDULE = {
    "fire deadlines that are due": {"task": "workflow.run_timers", "schedule": 15.0},
    "seal the journal": {"task": "workflow.seal", "schedule": crontab(hour="0", minute="10")},
}
# Then the task ends, so that a worker that is asked to stop does; the next run goes on.
LIMIT = 2000


@shared_task(name="workflow.run_timers")
def run_timers() -> None:
    """Fire what is due. Any number of workers may do so at once."""

    def report(rung: timers.Rung) -> None:
        queue_notices(rung.notices)
        log.info(
            "timer",
            workflow=rung.workflow,
            subject=str(rung.subject_id),
            name=rung.timer,
            outcome=rung.outcome,
        )

    due = sa.exists().where(timer.c.ended_at.is_(None), timer.c.next_at <= now())
    if db.session.scalar(sa.select(due)):
        # After a standstill: who was not reminded of a deadline can be told only until it takes its effect.
        reminders.note_missed()
    timers.run(engine(), sessionmaker(db.engine), now=now, limit=LIMIT, report=report)


@shared_task(name="workflow.seal")
def seal() -> None:
    """Seal every chain head that moved since the last seal; the root is logged, to be published."""
    tables = {name: flow.table for name, flow in engine().flows.items()}
    made = seals.make(db.session, tables, now())
    db.session.commit()
    log.info("journal.sealed", seal=made.id, heads=made.leaves, root=made.root.hex())
