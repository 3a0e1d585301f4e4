"""The schedule's task, run in the test on the test's clock."""

from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.clock import SHANGHAI
from recruitment.reminders import tasks
from recruitment.reminders.models import Reminder
from tests.conftest import Clock

Run = Callable[[str], list[str]]


def at(text: str) -> datetime:
    """A moment on a clock in Sichuan: ``at("2026-11-30 08:00")``."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture
def run(session: Session, clock: Clock) -> Run:
    """Let the schedule run at a moment in Sichuan; gives the rules that reminded somebody then."""

    def run_at(text: str) -> list[str]:
        clock.set(at(text))
        known = set(session.scalars(sa.select(Reminder.id)))
        session.commit()
        tasks.remind_all()
        rows = session.scalars(sa.select(Reminder).where(Reminder.missed.is_(None)).order_by(Reminder.rule))
        return [row.rule for row in rows if row.id not in known]

    return run_at
