"""What the tests of the admin's pages share."""

import contextvars
import io
import uuid
from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from recruitment.people.models import SignIn, User
from tests import factories
from tests.client import Client, tree, words


class Browser(Client):
    """Sends each request from outside of the test's application context.

    Inside of it a request would share the test's session and ``g``: it would see what was not committed, and who
    was signed in with the request before.
    """

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return contextvars.Context().run(super().open, *args, **kwargs)


def open_browser(app: Flask) -> Browser:
    return Browser(app, app.response_class, use_cookies=True)


def sign_in(app: Flask, session: Session, user: User) -> Client:
    """A browser in which the person is signed in, second factor and all. Commits."""
    user.totp_secret, user.totp_enabled_at = "JBSWY3DPEHPK3PXP", factories.NOW
    user.email_confirmed_at = factories.NOW
    entry = SignIn(id=uuid.uuid4(), user_id=user.id, created_at=factories.NOW)
    session.add(entry)
    session.commit()
    client = open_browser(app)
    with client.session_transaction() as cookie:
        cookie["sign_in"] = str(entry.id)
    return client


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


Counter = Callable[[Callable[[], object]], int]
