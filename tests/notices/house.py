"""A house of its own for a test of notices: database, Valkey, mail server, worker processes, all of them real."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from cryptography.fernet import Fernet
from flask import Flask

from recruitment.app import create_app
from recruitment.config import Settings
from recruitment.database import db
from recruitment.notices import pool
from recruitment.notices.models import Delivery
from recruitment.services import Valkey, new_password
from tests.notices.servers import Plan, mail_server
from tests.servers import Address, create_database
from workflows.schema import outbox


@dataclass
class House:
    """What a test can do to it."""

    settings: Settings
    app: Flask
    mail: Plan
    valkey: Valkey
    folder: Path
    workers: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    beat: "subprocess.Popen[bytes] | None" = None

    def start_worker(self, concurrency: int = 2) -> None:
        """One more worker, a process with children in a session of its own."""
        name = f"{len(self.workers)}-{random.randrange(10**6)}@test"
        self.workers.append(
            self._celery(
                "worker",
                f"--concurrency={concurrency}",
                f"--hostname={name}",
                "--without-gossip",
                "--without-mingle",
                "--loglevel=INFO",
            )
        )

    def start_beat(self) -> None:
        self.beat = self._celery("beat", f"--schedule={self.folder / 'beat'}", "--pidfile=")

    def _celery(self, *arguments: str) -> "subprocess.Popen[bytes]":
        settings = self.settings
        environment = os.environ | {
            "DATABASE_URL": settings.database_url,
            "REDIS_URL": settings.redis_url,
            "SMTP_URL": settings.smtp_url,
            "SECRET_KEY": settings.secret_key,
            "DATA_KEYS": ",".join(settings.data_keys),
            "INDEX_KEY": settings.index_key,
            "DATA_DIR": str(settings.data_dir),
            "SMS_URL": settings.sms_url,
            "NOTICE_RATES": settings.notice_rates,
        }
        with (self.folder / f"{arguments[0]}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "celery", "--app=tests.notices.worker", *arguments],
                env=environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def kill_worker(self, worker: "subprocess.Popen[bytes]") -> None:
        """At once, with all its children."""
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        self.workers.remove(worker)

    def lose_broker(self) -> None:
        """Kill Valkey and start it again: it has forgotten everything."""
        self.valkey.process.stop()
        self.valkey.start()

    def quiet(self) -> bool:
        """Whether nothing is left to do."""
        with self.app.app_context():
            waiting = sa.select(outbox.c.id).where(
                outbox.c.finished_at.is_(None), outbox.c.released_at.is_not(None)
            )
            underway = sa.select(Delivery.id).where(Delivery.status.in_(("pending", "claimed", "leaving")))
            return not db.session.scalar(sa.select(sa.or_(sa.exists(waiting), sa.exists(underway))))

    def close(self) -> None:
        for worker in list(self.workers):
            self.kill_worker(worker)
        if self.beat:
            os.killpg(self.beat.pid, signal.SIGKILL)
            self.beat.wait()


@contextmanager
def house(servers: Address, folder: Path, name: str, **changes: str) -> Iterator[House]:
    """Build it in an empty folder; ``changes`` are settings."""
    create_database(servers, name)
    valkey = Valkey(folder / "valkey", new_password(), folder / "valkey.log", durable=False)
    valkey.start()
    with mail_server() as mail:
        settings = Settings(
            database_url=servers.postgres(name),
            redis_url=valkey.url(),
            smtp_url=mail.url,
            secret_key="signs sessions in tests",
            data_keys=(Fernet.generate_key().decode(),),
            index_key="keys indexes in tests",
            data_dir=folder,
            site_url="http://localhost",
            secure_cookies=False,
            **changes,  # type: ignore[arg-type]
        )
        app = create_app(settings)
        made = House(settings, app, mail, valkey, folder)
        try:
            yield made
        finally:
            made.close()
            pool.forget()
            with app.app_context():
                db.engine.dispose()
            app.extensions["celery"].close()
            valkey.stop()
