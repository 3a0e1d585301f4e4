"""A mail server that the application sends to, and the notices that a test is about."""

import dataclasses
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.notices import pool
from tests import factories
from tests.conftest import Clock
from tests.notices.servers import GatewayPlan, Plan, mail_server, sms_gateway
from workflows.schema import outbox


def change_settings(app: Flask, **changes: Any) -> None:
    app.config["SETTINGS"] = dataclasses.replace(app.config["SETTINGS"], **changes)


@pytest.fixture
def plan(app: Flask, clock: Clock) -> Iterator[Plan]:
    """The mail server of this test."""
    with mail_server() as made:
        change_settings(app, smtp_url=made.url)
        clock.set(factories.NOW)
        yield made
        pool.forget()


@pytest.fixture
def gateway(app: Flask, plan: Plan) -> Iterator[GatewayPlan]:
    """The gateway for text messages of this test."""
    with sms_gateway() as made:
        change_settings(app, sms_url=made.url)
        yield made


def decided(session: Session, state: str = "refused", **chosen: Any) -> uuid.UUID:
    """An application with a decision; gives the outbox row of its last notice. Earlier ones are dropped."""
    made = factories.application(session, state=state, **chosen)
    # What others were told on the way there is not this test's business.
    rows = session.scalars(
        sa.select(outbox.c.id).where(outbox.c.subject_id == made.id).order_by(outbox.c.event.desc())
    ).all()
    session.execute(sa.delete(outbox).where(outbox.c.id.in_(rows[1:])))
    session.commit()
    row: uuid.UUID = rows[0]
    return row
