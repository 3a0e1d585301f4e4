"""Fixtures of an admin at the screen, on the day that the factories live in.

A folder that wants them imports them in its ``conftest.py``.
"""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.people.models import Role, User
from tests import factories, pages
from tests.client import Client
from tests.conftest import Clock


@pytest.fixture(autouse=True)
def today(clock: Clock) -> None:
    clock.set(factories.NOW)


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
        with pages.counted(app) as sent:
            act()
        return len(sent)

    return count
