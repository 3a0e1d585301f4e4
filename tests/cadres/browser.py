"""A cadre in front of a browser, and counting what a page asks of the database."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context
from typing import Any

from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from recruitment.clock import now
from recruitment.database import db
from recruitment.people.models import SignIn, User
from tests.client import Client


class Browser(Client):
    """Each request gets an application context of its own, whatever context the test is in.

    Flask gives a request the context that is there; what one request keeps in ``g`` (the form token, for one)
    and in its database session would then reach the next.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return Context().run(super().open, *args, **kwargs)


def signed_in(app: Flask, user: User) -> Browser:
    """A browser of its own in which the person is signed in. The person must be committed.

    Without the sign-in page: its password check is slow on purpose.
    """
    client = Browser(app, app.response_class)
    key = uuid.uuid4()
    with app.app_context():
        db.session.add(SignIn(id=key, user_id=user.id, created_at=now()))
        db.session.commit()
    with client.session_transaction() as cookie:
        cookie["sign_in"] = str(key)
    return client


def text(page: TestResponse) -> str:
    return page.get_data(as_text=True)


def day(year: int, month: int, day: int) -> list[str]:
    """What is typed into the three boxes of a date."""
    return [str(year), str(month), str(day)]


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The SQL statements that are sent inside the block."""
    asked: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        asked.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)
