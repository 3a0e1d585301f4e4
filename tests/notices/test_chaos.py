"""Real workers that are killed, and a broker that forgets: nothing is lost, nothing doubled without a mark."""

import os
import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from celery import Celery
from flask import Flask
from sqlalchemy.orm import Session
from structlog import get_logger

from recruitment.applications import operations as applications
from recruitment.applications.models import Application
from recruitment.database import db
from recruitment.notices.models import Delivery, DeliveryStatus, message_id
from recruitment.people.models import Role
from recruitment.workflow import fire_many
from tests import factories
from tests.instance import eventually
from tests.notices.house import House, house
from tests.notices.many import copies
from tests.servers import Address
from workflows.schema import outbox
from workflows.terms import Actor

log = get_logger()
FULL = os.environ.get("PROOF") == "full"
NOTICES = 2000 if FULL else 60
# Kills are this many seconds apart; a worker needs some of them to come up.
APART = (2.0, 7.0) if FULL else (3.0, 5.0)
BLOWS = 12 if FULL else 3


@pytest.fixture
def place(
    servers: Address, app: Flask, tmp_path: Path, worker_number: int, request: pytest.FixtureRequest
) -> Iterator[House]:
    name = f"house_{worker_number}_{uuid.uuid4().hex[:8]}"
    with house(servers, tmp_path, name) as made:
        yield made
    celery: Celery = app.extensions["celery"]
    celery.set_default()
    celery.set_current()


def submitted(session: Session, count: int) -> tuple[list[uuid.UUID], Actor]:
    """Applications that wait for a decision, and the reviewer whose they are."""
    made = factories.application(session)
    reviewer = factories.actor(factories.staff(session, Role.COUNTY_REVIEWER, factories.COUNTY))
    ids = copies(session, made, count)
    session.execute(sa.delete(outbox))
    session.commit()
    return ids, reviewer


def decide(session: Session, application_id: uuid.UUID, reviewer: Actor) -> None:
    form = {"codes": ["tenure"], "explanation": "任职时间不够。"}
    made = session.get_one(Application, application_id)
    applications.decide(session, made, "refuse", reviewer, factories.NOW, form=form, key=str(uuid.uuid4()))
    session.commit()


def arrived(place: House) -> Counter[str]:
    return Counter(mail["Message-ID"] for mail in place.mail.taken)


@pytest.mark.parametrize("step", ["recipient", "data"])
def test_a_worker_killed_between_a_decision_and_its_mail(place: House, step: str) -> None:
    """Before the text has left nothing is doubled; after it, one copy more under the same id, and marked."""
    setattr(place.mail, step, ["hold"])
    place.start_beat()
    place.start_worker()
    with place.app.app_context():
        (application,), reviewer = submitted(db.session, 1)
        decide(db.session, application, reviewer)
    assert place.mail.held.wait(60)
    place.kill_worker(place.workers[0])
    place.start_worker()
    eventually(place.quiet, timeout=60)
    with place.app.app_context():
        delivery = db.session.scalars(sa.select(Delivery)).one()
        assert delivery.status == DeliveryStatus.SENT
        assert delivery.doubtful is (step == "data")
        assert arrived(place) == {delivery.message_id: 2 if step == "data" else 1}


def test_whatever_dies_every_notice_arrives_once(place: House) -> None:
    seed = os.environ.get("CHAOS_SEED") or str(random.randrange(10**9))
    chance, began = random.Random(seed), time.monotonic()
    place.mail.slow = 0.02
    place.start_beat()
    for _ in range(2):
        place.start_worker()
    with place.app.app_context():
        ids, reviewer = submitted(db.session, NOTICES)
    half = NOTICES // 2
    blows = [chance.choice(["worker", "worker", "broker"]) for _ in range(BLOWS)]
    if "broker" not in blows:
        blows[-1] = "broker"
    struck = Counter(blows)
    next_blow, singles = time.monotonic() + chance.uniform(*APART), iter(ids[:half])
    left, bulk = half, iter((ids[half : half + half // 2], ids[half + half // 2 :]))
    faults = NOTICES // 20
    pause = threading.Event()
    while left or blows:
        pause.wait(0.05)
        for _ in range(max(1, NOTICES // 200)):
            if application := next(singles, None):
                left -= 1
                with place.app.app_context():
                    decide(db.session, application, reviewer)
        if chance.random() < 0.05 and (many := next(bulk, None)):
            pass_many(place, many, reviewer)
        if faults and chance.random() < 0.3:
            faults -= 1
            # A busy server, and now and then a lost answer.
            lost = chance.random() < 0.2
            (place.mail.data if lost else place.mail.recipient).append("drop" if lost else "451 busy")
        if blows and time.monotonic() > next_blow:
            next_blow = time.monotonic() + chance.uniform(*APART)
            if blows.pop() == "broker":
                place.lose_broker()
            else:
                place.kill_worker(chance.choice(place.workers))
                place.start_worker()
    for many in bulk:
        pass_many(place, many, reviewer)
    eventually(place.quiet, timeout=300 if FULL else 90)

    copies_of = arrived(place)
    with place.app.app_context():
        deliveries = db.session.execute(sa.select(Delivery.id, Delivery.status, Delivery.doubtful)).all()
    assert len(deliveries) == NOTICES
    assert {delivery.status for delivery in deliveries} == {DeliveryStatus.SENT}
    assert copies_of.keys() == {message_id(delivery.id) for delivery in deliveries}, (
        "one was lost, or made up"
    )
    doubled = {name for name, count in copies_of.items() if count > 1}
    doubtful = {message_id(delivery.id) for delivery in deliveries if delivery.doubtful}
    assert doubled <= doubtful, "one came twice and nothing says so"
    log.info(
        "chaos",
        seed=seed,
        notices=len(deliveries),
        workers_killed=struck["worker"],
        brokers_emptied=struck["broker"],
        mails=sum(copies_of.values()),
        came_twice=len(doubled),
        doubtful=len(doubtful),
        seconds=round(time.monotonic() - began),
    )
    # What was in flight when something broke, and no more.
    assert len(doubtful) < NOTICES // 4


def pass_many(place: House, ids: list[uuid.UUID], reviewer: Actor) -> None:
    with place.app.app_context():
        moment = factories.NOW.replace(microsecond=random.randrange(10**6))
        fired = fire_many(
            db.session, "application", "pass", ids, now=moment, actor=reviewer, form={"explanation": ""}
        )
        db.session.commit()
        assert fired.moved == len(ids)
