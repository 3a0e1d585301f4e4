"""Somebody with an account, signed in, at :data:`tests.factories.NOW`."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.people.models import User
from tests import factories as make
from tests.client import Client
from tests.conftest import Clock
from tests.pages import signed_in


@pytest.fixture
def person(session: Session, clock: Clock) -> User:
    clock.set(make.NOW)
    user = make.cadre(session)
    session.commit()
    return user


@pytest.fixture
def browser(app: Flask, person: User) -> Client:
    return signed_in(app, person)
