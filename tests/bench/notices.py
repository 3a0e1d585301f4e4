"""What it costs to keep the promises about notices, beside the bare mail.

Durable PostgreSQL and Valkey of the product, a mail server and one worker, each in a process of its own.
"""

import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import redis
import sqlalchemy as sa
from celery import Celery
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.app import create_app
from recruitment.applications import operations as applications
from recruitment.applications.models import Application
from recruitment.clock import now
from recruitment.config import Settings
from recruitment.database import db
from recruitment.db_commands import load_areas, upgrade_database
from recruitment.notices.models import Delivery, Dispatch
from recruitment.people.models import Role
from recruitment.services import Postgres, Valkey, free_port, new_password
from recruitment.workflow import engine, fire_many
from tests import factories
from tests.bench.engine import Row
from tests.notices.many import copies
from workflows.schema import outbox
from workflows.terms import Actor

# Of the worker in _notices_worker.py, which makes its application when imported.
FLOOR = "bench.mail"
MAILS = 2000
ROUNDS = 3
PATIENCE = 180
PER_SECOND, SECONDS = 60, 20
MANY = 100_000


@dataclass
class Bench:
    """The house."""

    app: Flask
    settings: Settings
    folder: Path
    received: Path

    @property
    def celery(self) -> Celery:
        celery: Celery = self.app.extensions["celery"]
        return celery

    def mails(self) -> dict[str, float]:
        """Message-ID → when the server accepted it."""
        pairs = (line.split() for line in self.received.read_text().splitlines())
        return {pair[0]: float(pair[1]) for pair in pairs if len(pair) == 2}

    def wait_for(self, count: int) -> None:
        """Until the server has taken so many mails."""
        size, until = 0, time.monotonic() + PATIENCE
        while size < count:
            time.sleep(0.01)
            size = self.received.read_bytes().count(b"\n")
            if time.monotonic() > until:
                raise RuntimeError(f"{size} of {count} mails arrived in {PATIENCE} s; see {self.folder}/log")


def _python(bench: Bench, *arguments: str) -> "subprocess.Popen[bytes]":
    settings = bench.settings
    environment = os.environ | {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SMTP_URL": settings.smtp_url,
        "SECRET_KEY": settings.secret_key,
        "DATA_KEYS": ",".join(settings.data_keys),
        "INDEX_KEY": settings.index_key,
        "DATA_DIR": str(settings.data_dir),
    }
    with (bench.folder / "log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", *arguments],
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


@contextmanager
def _house(worker: bool = True) -> Iterator[Bench]:
    with tempfile.TemporaryDirectory(prefix="notices-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres = Postgres(folder / "postgres", new_password(), folder / "log")
        valkey = Valkey(folder / "valkey", new_password(), folder / "log")
        postgres.start()
        valkey.start()
        upgrade_database(postgres.url())
        load_areas(postgres.url())
        port = free_port()
        settings = Settings(
            database_url=postgres.url(),
            redis_url=valkey.url(),
            smtp_url=f"smtp://127.0.0.1:{port}",
            secret_key="bench",
            data_keys=(Fernet.generate_key().decode(),),
            index_key="bench",
            data_dir=folder,
            secure_cookies=False,
        )
        bench = Bench(create_app(settings), settings, folder, folder / "received")
        bench.received.touch()
        processes = [_python(bench, "tests.bench._notices_mail", str(port), str(bench.received))]
        if worker:
            options = ("--concurrency=2", "--without-gossip", "--without-mingle", "--loglevel=WARNING")
            processes.append(
                _python(bench, "celery", "--app=tests.bench._notices_worker", "worker", *options)
            )
            with redis.Redis.from_url(settings.redis_url):
                while not bench.celery.control.ping(timeout=1.0):
                    pass
        try:
            yield bench
        finally:
            for process in processes:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            with bench.app.app_context():
                db.engine.dispose()
            valkey.stop()
            postgres.stop()


def _submitted(session: Session, count: int) -> tuple[list[uuid.UUID], Actor]:
    """Applications that wait for a decision, and the reviewer whose they are."""
    made = factories.application(session, at=factories.NOW)
    reviewer = factories.actor(factories.staff(session, Role.COUNTY_REVIEWER, factories.COUNTY))
    ids = copies(session, made, count)
    session.execute(sa.delete(outbox))
    session.commit()
    return ids, reviewer


def _settle(session: Session) -> None:
    with session.get_bind().connect().execution_options(isolation_level="AUTOCOMMIT") as connection:  # type: ignore[union-attr]
        connection.execute(sa.text("VACUUM ANALYZE"))


def throughput() -> list[Row]:
    """Notices of one act to many, from the outbox to the mail server; the floor is that many tasks with a mail.

    A second row has them as single decisions, each with a task of its own.
    """
    floor, many, single = [], [], []
    with _house() as bench, bench.app.app_context():
        ids, reviewer = _submitted(db.session, 2 * MAILS * (ROUNDS + 1))
        taken = 0
        for number in range(ROUNDS + 1):
            _settle(db.session)
            start = time.perf_counter()
            for _ in range(MAILS):
                bench.celery.send_task(FLOOR, queue="urgent")
            bench.wait_for(taken := taken + MAILS)
            floor.append(MAILS / (time.perf_counter() - start))

            chosen, ids = ids[:MAILS], ids[MAILS:]
            _pass(chosen, reviewer)
            start = time.perf_counter()
            db.session.commit()
            bench.wait_for(taken := taken + MAILS)
            many.append(MAILS / (time.perf_counter() - start))

            chosen, ids = ids[:MAILS], ids[MAILS:]
            _pass(chosen, reviewer, as_many=False)
            start = time.perf_counter()
            db.session.commit()
            bench.wait_for(taken := taken + MAILS)
            single.append(MAILS / (time.perf_counter() - start))
            if not number:  # it warmed up
                floor, many, single = [], [], []
        undone = db.session.scalar(sa.select(sa.func.count()).where(Delivery.status != "sent"))
        if undone:
            time.sleep(1)
    least = statistics.median(floor)
    return [
        _row("notices.throughput", "/s", statistics.median(many), least, "ratio >= 0.8"),
        _row("notices.throughput_single", "/s", statistics.median(single), least, "(no goal)"),
    ]


def _pass(ids: list[uuid.UUID], reviewer: Actor, as_many: bool = True) -> None:
    """Decide, without the commit; ``as_many=False`` queues each notice by itself."""
    from recruitment.notices import dispatches
    from recruitment.workflow import PENDING

    moment = now()
    fire_many(db.session, "application", "pass", ids, now=moment, actor=reviewer, form={"explanation": ""})
    if not as_many:
        db.session.info.pop(dispatches.STARTED)
        db.session.execute(sa.delete(Dispatch).where(Dispatch.released_at == moment))
        rows = db.session.scalars(sa.select(outbox.c.id).where(outbox.c.released_at == moment))
        db.session.info.setdefault(PENDING, []).extend(rows)


def latency() -> list[Row]:
    """Sixty decisions a second by single reviewers: from the commit to the server's yes."""
    with _house() as bench, bench.app.app_context():
        ids, reviewer = _submitted(db.session, PER_SECOND * (SECONDS + 2))
        decided: dict[uuid.UUID, float] = {}
        form = {"codes": ["tenure"], "explanation": "任职时间不够。"}
        begun, behind = time.perf_counter(), 0.0
        for number, application in enumerate(ids):
            due = begun + number / PER_SECOND
            if (left := due - time.perf_counter()) > 0:
                time.sleep(left)
            behind = max(behind, -left)
            subject = db.session.get_one(Application, application)
            applications.decide(db.session, subject, "refuse", reviewer, now(), form=form, key=str(number))
            db.session.commit()
            if number >= 2 * PER_SECOND:
                decided[application] = time.time()
        bench.wait_for(len(ids))
        query = sa.select(Delivery).join(Delivery.notice)
        accepted = bench.mails()
        waited = sorted(
            accepted[delivery.message_id] - decided[delivery.notice.subject_id]
            for delivery in db.session.scalars(query)
            if delivery.notice.subject_id in decided
        )
    print(f"  the decisions themselves were at most {behind:.2f} s behind their time")  # noqa: T201
    return [
        Row(
            name=f"notices.latency_p{percent}",
            unit="s",
            ours=waited[len(waited) * percent // 100],
            floor=None,
            ratio=None,
            goal=f"ours <= {goal}",
        )
        for percent, goal in ((95, 2), (99, 10))
    ]


BY_HAND = """
INSERT INTO workflow_outbox (workflow, subject_id, event, notice, recipient, held, created_at, released_at)
SELECT 'application', id, state_version + 1, 'application.county_passed', owner_id, false, :now, :now
FROM application WHERE id = ANY(:ids)
"""


def outbox_100k() -> list[Row]:
    """What ``fire_many`` takes for its hundred thousand notices, with the dispatch that will send them: the
    same firing with the notice, less the firing without. The floor inserts the same rows.
    """
    ours, floor = [], []
    with _house(worker=False) as bench, bench.app.app_context():
        ids, reviewer = _submitted(db.session, MANY)
        flow = engine().flows["application"]
        quiet = _without_notices(flow)
        for number in range(2 * ROUNDS):
            moment = factories.NOW + timedelta(seconds=number + 1)
            times = []
            for work in (
                lambda at=moment: _fire(flow, ids, reviewer, at),
                lambda at=moment: _fire(quiet, ids, reviewer, at),
                lambda at=moment: db.session.execute(sa.text(BY_HAND), {"now": at, "ids": ids}),
            ):
                _settle(db.session)
                db.session.connection()
                start = time.perf_counter()
                work()
                db.session.flush()
                times.append(time.perf_counter() - start)
                db.session.rollback()
            ours.append(times[0] - times[1])
            floor.append(times[2])
    return [
        _row("notices.outbox_100k", "s", statistics.median(ours), statistics.median(floor), "ratio <= 1.3")
    ]


def _without_notices(flow: Any) -> Any:
    import dataclasses

    definition = flow.latest
    steps = {name: dataclasses.replace(step, notices=()) for name, step in definition.transitions.items()}
    silent = dataclasses.replace(definition, transitions=steps)
    return dataclasses.replace(flow, versions={**flow.versions, definition.version: silent})


def _fire(flow: Any, ids: list[uuid.UUID], reviewer: Actor, at: datetime) -> None:
    from recruitment.notices import dispatches
    from workflows import bulk

    request = bulk.Request(flow, "pass", ids, reviewer, at, {"explanation": ""})
    fired = bulk.fire(db.session, request, partial=False, token=None)
    if fired.moved != len(ids):
        raise RuntimeError("not all were moved")
    dispatches.begin(db.session, "application", at, "pass", reviewer.id)


BENCHES: tuple[Callable[[], list[Row]], ...] = (throughput, latency, outbox_100k)


def _row(name: str, unit: str, ours: float, floor: float, goal: str) -> Row:
    return Row(name=name, unit=unit, ours=ours, floor=floor, ratio=ours / floor, goal=goal)
