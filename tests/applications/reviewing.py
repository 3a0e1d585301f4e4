"""What the tests of the reviewers' pages share."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.applications.models import Application
from tests.factories import NOW
from workflows.schema import event, outbox

# The moment at which the pages are opened: three hours after submission.
LATER = NOW + timedelta(hours=3)


def journal(session: Session, application: Application) -> list[sa.Row[Any]]:
    """The events of an application, oldest first."""
    mine = event.c.subject_id == application.id
    return list(session.execute(sa.select(event).where(mine).order_by(event.c.seq)))


def notices(session: Session, application: Application) -> list[str]:
    """The names of the notices that an application raised, in order."""
    mine = outbox.c.subject_id == application.id
    return list(session.scalars(sa.select(outbox.c.notice).where(mine).order_by(outbox.c.event)))


def state_of(session: Session, application: Application) -> str:
    session.rollback()
    return session.scalars(sa.select(Application.state).where(Application.id == application.id)).one()
