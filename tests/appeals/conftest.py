"""An admin at the screen, on the day that the factories live in."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.database import db
from recruitment.people.models import Role, User
from tests import factories
from tests.calls import pages
from tests.client import Client
from tests.conftest import Clock


@pytest.fixture(autouse=True)
def today(clock: Clock) -> None:
    clock.set(factories.NOW)


@pytest.fixture
def client(app: Flask) -> Client:
    """A browser that nobody is signed in with."""
    return pages.open_browser(app)


@pytest.fixture
def person(session: Session) -> User:
    """An admin of the province."""
    return factories.staff(session, Role.ADMIN, name="罗管理")


@pytest.fixture
def browser(app: Flask, session: Session, person: User) -> Client:
    """The admin's browser."""
    return pages.sign_in(app, session, person)


@pytest.fixture
def supervisor(app: Flask, session: Session) -> Client:
    """The browser of somebody who reads everything and changes nothing."""
    return pages.sign_in(app, session, factories.staff(session, Role.SUPERVISOR))


@pytest.fixture
def counted(app: Flask) -> pages.Counter:
    """How many statements the database was sent while something was done."""

    def count(act: Callable[[], object]) -> int:
        sent: list[str] = []

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            if not statement.startswith("SET TRANSACTION"):
                sent.append(statement)

        with app.app_context():
            engine = db.engine
        sa.event.listen(engine, "before_cursor_execute", note)
        try:
            act()
        finally:
            sa.event.remove(engine, "before_cursor_execute", note)
        return len(sent)

    return count
