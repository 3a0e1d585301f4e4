"""What the tests of pages share: signing somebody in, reading what a page shows, counting what it asks for."""

import io
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from recruitment.clock import now
from recruitment.database import db
from recruitment.people.models import SignIn, User
from tests import factories
from tests.client import Client, tree, words

Counter = Callable[[Callable[[], object]], int]


def visitor(app: Flask) -> Client:
    """A browser that nobody is signed in with."""
    client = app.test_client()
    assert isinstance(client, Client)
    return client


def signed_in(app: Flask, user: User) -> Client:
    """A browser of its own in which the person is signed in. The person must be committed.

    Without the sign-in page: its password check is slow on purpose.
    """
    client = visitor(app)
    key = uuid.uuid4()
    with app.app_context():
        db.session.add(SignIn(id=key, user_id=user.id, created_at=now()))
        db.session.commit()
    with client.session_transaction() as cookie:
        cookie["sign_in"] = str(key)
    return client


def sign_in(app: Flask, session: Session, user: User) -> Client:
    """A browser in which a member of staff is signed in, second factor and all. Commits."""
    user.totp_secret, user.totp_enabled_at = "JBSWY3DPEHPK3PXP", factories.NOW
    user.email_confirmed_at = factories.NOW
    session.commit()
    return signed_in(app, user)


def text(page: TestResponse) -> str:
    """The page as it was sent."""
    return page.get_data(as_text=True)


def text_of(page: TestResponse) -> str:
    """The words of the main part of a page."""
    main = next(element for element in tree(page).iter("main"))
    return words(main)


def rows_of(page: TestResponse, number: int = 0) -> list[list[str]]:
    """The cells of a table of the page, without its headings."""
    table = list(tree(page).iter("table"))[number]
    body = next(table.iter("tbody"))
    return [[words(cell) for cell in row.iter() if cell.tag in ("td", "th")] for row in body.iter("tr")]


def buttons(page: TestResponse) -> list[str]:
    """The words of the buttons in the main part."""
    main = next(element for element in tree(page).iter("main"))
    return [words(button) for button in main.iter("button")]


def errors_beside(page: TestResponse) -> dict[str, str]:
    """Errors by the id of the field that they stand beside."""
    found = {}
    for element in tree(page).iter("p"):
        if "field-error" in (element.get("class") or ""):
            found[(element.get("id") or "").removesuffix("-error")] = words(element)
    return found


def upload(content: bytes, name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def day(year: int, month: int, day: int) -> list[str]:
    """What is typed into the three boxes of a date."""
    return [str(year), str(month), str(day)]


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The SQL statements that are sent inside the block."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("SET TRANSACTION"):
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)
