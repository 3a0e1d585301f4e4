"""The health page tells the truth about each part, quickly."""

import socket
import time
from collections.abc import Callable, Iterator

import pytest
import redis
from celery import Celery
from flask import Flask

from recruitment.config import Settings
from recruitment.services import free_port
from tests.client import Client


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as server:
        yield server.getsockname()[1]


def test_all_parts_answer(client: Client, celery_worker: Celery) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "database": "ok", "broker": "ok", "worker": "ok"}


def test_without_a_worker(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json == {
        "status": "unavailable",
        "database": "ok",
        "broker": "ok",
        "worker": "does not answer (TimeoutError)",
    }


@pytest.mark.parametrize("silent", [False, True], ids=["down", "silent"])
def test_without_database_and_broker(make_app: Callable[..., Flask], silent_port: int, silent: bool) -> None:
    port = silent_port if silent else free_port()
    app = make_app(
        database_url=f"postgresql://u:p@127.0.0.1:{port}/x", redis_url=f"redis://127.0.0.1:{port}/0"
    )
    started = time.monotonic()
    answer = app.test_client().get("/healthz")
    assert time.monotonic() - started < 3
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["database"].startswith("does not answer")
    assert answer.json["broker"].startswith("does not answer")
    assert answer.json["worker"].startswith("does not answer")
    assert "127.0.0.1" not in answer.get_data(as_text=True)


def test_asking_leaves_nothing_behind(client: Client, celery_worker: Celery, settings: Settings) -> None:
    client.get("/healthz")
    with redis.Redis.from_url(settings.redis_url) as connection:
        before = connection.dbsize()
        for _ in range(5):
            client.get("/healthz")
        assert connection.dbsize() <= before
