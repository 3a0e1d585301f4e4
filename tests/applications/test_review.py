"""What a reviewer sees and does, through the pages."""

import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.people.models import Role, SignIn, User
from tests import factories
from tests.client import Client
from tests.conftest import Clock
from tests.factories import NOW

LATER = NOW + timedelta(hours=3)


@pytest.fixture(autouse=True)
def today(clock: Clock) -> None:
    clock.set(LATER)


def enter(app: Flask, session: Session, user: User) -> Client:
    """A browser in which the person is signed in, second factor and all."""
    user.totp_secret, user.totp_enabled_at = "JBSWY3DPEHPK3PXP", NOW
    entry = SignIn(id=uuid.uuid4(), user_id=user.id, created_at=NOW)
    session.add(entry)
    session.commit()
    client = app.test_client()
    assert isinstance(client, Client)
    with client.session_transaction() as cookie:
        cookie["sign_in"] = str(entry.id)
    return client


def test_smoke(app: Flask, session: Session) -> None:
    reviewer = factories.staff(session, Role.COUNTY_REVIEWER, factories.COUNTY)
    application = factories.application(session)
    client = enter(app, session, reviewer)
    page = client.get("/review/")
    page = client.get(f"/review/{application.id}")
    assert page.status_code == 200, page.text
