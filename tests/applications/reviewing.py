"""What the tests of the reviewers' pages share."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from recruitment.applications.models import Application
from recruitment.database import db
from recruitment.people.models import SignIn, User
from tests.client import Client
from tests.factories import NOW
from workflows.schema import event, outbox

# The moment at which the pages are opened: three hours after submission.
LATER = NOW + timedelta(hours=3)


class Browser(Client):
    """Opens pages as a server would: outside the application context, and so the session, of the test."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return Context().run(super().open, *args, **kwargs)


def enter(app: Flask, session: Session, user: User) -> Browser:
    """A browser in which the person is signed in, second factor and all."""
    user.totp_secret, user.totp_enabled_at, user.email_confirmed_at = "JBSWY3DPEHPK3PXP", NOW, NOW
    entry = SignIn(id=uuid.uuid4(), user_id=user.id, created_at=NOW)
    session.add(entry)
    session.commit()
    client = Browser(app, app.response_class)
    with client.session_transaction() as cookie:
        cookie["sign_in"] = str(entry.id)
    return client


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


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that the application sends to the database meanwhile."""
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        statements.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", note)
