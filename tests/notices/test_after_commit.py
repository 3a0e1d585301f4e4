"""What is to be told after the commit survives a savepoint that is rolled back, and dies with its own transaction."""

import uuid

import pytest
import redis
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.notices import dispatches
from recruitment.people import letters
from recruitment.workflow import PENDING
from tests import factories

KEYS = (PENDING, dispatches.STARTED, letters.WRITTEN)


def told(app: Flask) -> int:
    """How many tasks lie at the broker."""
    broker = redis.Redis.from_url(app.config["SETTINGS"].redis_url)
    with broker:
        return sum(int(broker.llen(f"recruitment:{queue}")) for queue in ("urgent", "bulk"))


def collect(session: Session) -> None:
    """One of each kind; no such rows are needed to see whether the broker is told."""
    session.execute(sa.select(1))
    session.info.setdefault(PENDING, []).append(uuid.uuid4())
    session.info.setdefault(dispatches.STARTED, []).append((uuid.uuid4(), 1))
    letters.write(session, "a@test.example", "confirm", factories.NOW, name="王芳", link="https://x.example")


EACH = 1 + dispatches.LANES + 1


def test_a_savepoint_rolled_back_takes_nothing_from_the_transaction_around_it(
    app: Flask, session: Session
) -> None:
    collect(session)
    savepoint = session.begin_nested()
    session.execute(sa.select(1))
    savepoint.rollback()
    with pytest.raises(ZeroDivisionError), session.begin_nested(), session.begin_nested():
        raise ZeroDivisionError
    assert told(app) == 0
    session.commit()
    assert told(app) == EACH


def test_a_savepoint_released_tells_nobody_before_the_commit(app: Flask, session: Session) -> None:
    with session.begin_nested():
        collect(session)
    assert told(app) == 0
    session.commit()
    assert told(app) == EACH
    session.commit()
    assert told(app) == EACH, "told twice"


def test_a_transaction_rolled_back_is_told_to_nobody(app: Flask, session: Session) -> None:
    collect(session)
    session.begin_nested()
    session.rollback()
    assert not any(key in session.info for key in KEYS)
    session.commit()
    assert told(app) == 0
