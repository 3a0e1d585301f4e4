"""Reminders by the clock."""

from celery import shared_task
from structlog import get_logger

from recruitment.clock import now
from recruitment.database import db
from recruitment.reminders import context as _facts_of_texts  # noqa: F401 (registers them)
from recruitment.reminders.operations import note_all_missed, remind
from recruitment.reminders.rules import rules

log = get_logger()
SCHEDULE = {"remind people of their deadlines": {"task": "reminders.remind", "schedule": 300.0}}


@shared_task(name="reminders.remind")
def remind_all() -> None:
    """Decide on every reminder that is due, a rule at a time, and note those that nothing sent in time.

    Any number of workers may do so at once.
    """
    for rule in rules().values():
        decided = remind(db.session, rule, now())
        db.session.commit()
        if decided:
            log.info("reminders.decided", rule=rule.name, number=len(decided))
    note_missed()


def note_missed() -> None:
    """Put on record, and in the log, what was to leave while nothing ran and can leave no more."""
    if noted := note_all_missed(db.session, now()):
        log.warning("reminders.missed", **noted)
    db.session.commit()
