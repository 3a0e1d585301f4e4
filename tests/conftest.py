"""What every test can ask for: the application on real servers, empty before each test.

* ``app``: the application; its database, Valkey and mailbox are empty. ``clock.set(moment)`` turns its clock.
* ``client``: a browser without JavaScript that checks every page it opens (:mod:`tests.client`).
* ``session``: a database session inside an application context. Commit what the application shall see.
* ``smtp``: the mails that a real SMTP server received.
* ``celery_worker``: a real worker, for tests that need tasks done.
* ``make_app``: another application with other settings.
"""

import dataclasses
import os
from collections.abc import Callable, Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import redis
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from celery import Celery
from celery.contrib.testing.worker import start_worker
from cryptography.fernet import Fernet
from flask import Flask
from flask.ctx import AppContext
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import orm

from recruitment.app import create_app
from recruitment.config import Settings
from recruitment.database import db
from recruitment.services import free_port
from tests.client import Client
from tests.servers import Address, Cleaner, Servers, create_database

# How fast examples are made depends on what else the machine does; a test fails for what it found, not for that.
hypothesis_settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("any machine")

servers_key = pytest.StashKey[Servers]()


def _start_servers(config: pytest.Config) -> Address:
    config.stash[servers_key] = Servers()
    return config.stash[servers_key].start()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """With xdist, the controller owns the servers and tells each worker where they are."""
    address = getattr(node.config, "server_address", None)
    if address is None:
        address = node.config.server_address = _start_servers(node.config)
    node.workerinput["servers"] = dataclasses.asdict(address)


def pytest_unconfigure(config: pytest.Config) -> None:
    if servers_key in config.stash:
        config.stash[servers_key].stop()


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> Address:
    """Where PostgreSQL and Valkey of this run are."""
    worker_input = getattr(request.config, "workerinput", None)
    return Address(**worker_input["servers"]) if worker_input else _start_servers(request.config)


@pytest.fixture(scope="session")
def worker_number() -> int:
    """0, 1, … for each of xdist's workers; 0 without xdist."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


class Mailbox:
    """Takes every mail that reaches the SMTP server."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        assert isinstance(message, EmailMessage)
        message["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.messages.append(message)
        return "250 OK"


@pytest.fixture(scope="session")
def smtp_server() -> Iterator[tuple[str, Mailbox]]:
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield f"smtp://127.0.0.1:{controller.port}", mailbox
    controller.stop()


@pytest.fixture
def smtp(smtp_server: tuple[str, Mailbox]) -> list[EmailMessage]:
    """Mails received during this test, oldest first."""
    mailbox = smtp_server[1]
    mailbox.messages.clear()
    return mailbox.messages


@pytest.fixture(scope="session")
def settings(
    servers: Address,
    worker_number: int,
    smtp_server: tuple[str, Mailbox],
    tmp_path_factory: pytest.TempPathFactory,
) -> Settings:
    """Settings of an application with a database and a Valkey number of this test process's own."""
    name = f"test_{worker_number}"
    create_database(servers, name)
    return Settings(
        database_url=servers.postgres(name),
        redis_url=servers.valkey(worker_number),
        smtp_url=smtp_server[0],
        secret_key="signs sessions in tests",
        data_keys=(Fernet.generate_key().decode(),),
        index_key="keys indexes in tests",
        data_dir=tmp_path_factory.mktemp("data"),
        site_url="http://localhost",
        secure_cookies=False,
    )


@pytest.fixture(scope="session")
def _app(settings: Settings) -> Iterator[Flask]:
    app = create_app(settings)
    app.testing = True
    app.test_client_class = Client
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="session")
def _cleaner(servers: Address, settings: Settings) -> Iterator[Cleaner]:
    cleaner = Cleaner(servers.postgres(settings.database_url.rsplit("/", 1)[1], "postgres"))
    yield cleaner
    cleaner.close()


@pytest.fixture(scope="session")
def _redis(settings: Settings) -> Iterator["redis.Redis"]:
    connection = redis.Redis.from_url(settings.redis_url)
    yield connection
    connection.close()


@pytest.fixture
def app(_app: Flask, _cleaner: Cleaner, _redis: "redis.Redis") -> Iterator[Flask]:
    """The application, with nothing in its database."""
    config = dict(_app.config)
    # A task called by name runs in whichever application was made last, unless told.
    celery: Celery = _app.extensions["celery"]
    celery.set_default()
    celery.set_current()
    _redis.flushdb()
    yield _app
    _app.config.clear()
    _app.config.update(config)
    _app.extensions.pop("clock", None)
    _cleaner.clean()


@pytest.fixture
def make_app(app: Flask, settings: Settings) -> Iterator[Callable[..., Flask]]:
    """Make another application on the same servers: ``make_app(demo=True)``."""
    made: list[Flask] = []

    def make(**changes: Any) -> Flask:
        other = create_app(dataclasses.replace(settings, **changes))
        other.testing = True
        other.test_client_class = Client
        made.append(other)
        return other

    yield make
    for other in made:
        with other.app_context():
            db.engine.dispose()
    app.extensions["celery"].set_default()
    app.extensions["celery"].set_current()


@pytest.fixture
def app_context(app: Flask) -> Iterator[AppContext]:
    with app.app_context() as context:
        yield context


@pytest.fixture
def session(app_context: AppContext) -> orm.Session:
    """The session of an application context that lasts as long as the test."""
    return db.session


@pytest.fixture
def client(app: Flask) -> Client:
    """A browser that nobody is signed in with."""
    client = app.test_client()
    assert isinstance(client, Client)
    return client


class Clock:
    """The application's clock, in the test's hand."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def set(self, moment: datetime) -> None:
        """Let it be ``moment`` (aware) until said otherwise."""
        assert moment.tzinfo is not None
        self._app.extensions["clock"] = lambda: moment


@pytest.fixture
def clock(app: Flask) -> Clock:
    return Clock(app)


@pytest.fixture
def celery_worker(app: Flask) -> Iterator[Celery]:
    """A worker in a thread that does what the application queues."""
    celery: Celery = app.extensions["celery"]
    with start_worker(celery, pool="solo", perform_ping_check=False):
        yield celery


@pytest.fixture
def data_dir(settings: Settings) -> Path:
    return settings.data_dir
