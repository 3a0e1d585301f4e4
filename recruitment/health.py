"""``GET /healthz``: whether the parts of a running instance answer.

Each part is asked itself: the database for a row, the broker for a pong, and over the broker a worker for a
sign of life, which a dead or frozen worker cannot give. Nothing is kept from one question to the next, so an
answer is never older than its question.
"""

import threading
import time
from collections.abc import Callable, Mapping

import psycopg
import redis
from celery import Celery
from flask import Blueprint, Response, current_app, jsonify
from redis.backoff import NoBackoff
from redis.retry import Retry

from recruitment.config import Settings, libpq_url
from recruitment.people.access import public

blueprint = Blueprint("health", __name__)

# Seconds until an answer is given, also when a part takes the question and never replies.
DEADLINE = 2.5
SILENT = "does not answer"


@blueprint.get("/healthz")
@public
def healthz() -> tuple[Response, int]:
    """200 when database, broker and a worker answer; else 503, and which of them does not."""
    settings: Settings = current_app.config["SETTINGS"]
    celery: Celery = current_app.extensions["celery"]

    def worker() -> None:
        # Celery would try again and again to reach a broker that is down; so that one is asked first.
        broker_answers(settings.redis_url)
        worker_answers(celery)

    parts = ask(
        {
            "database": lambda: database_answers(settings.database_url),
            "broker": lambda: broker_answers(settings.redis_url),
            "worker": worker,
        }
    )
    healthy = all(answer == "ok" for answer in parts.values())
    response = jsonify(status="ok" if healthy else "unavailable", **parts)
    response.headers["Cache-Control"] = "no-store"
    return response, 200 if healthy else 503


def ask(checks: Mapping[str, Callable[[], None]], deadline: float = DEADLINE) -> dict[str, str]:
    """Run all checks at once and return, by name, ``"ok"`` or what is wrong, within ``deadline`` seconds."""
    answers = dict.fromkeys(checks, SILENT)

    def run(name: str, check: Callable[[], None]) -> None:
        try:
            check()
        except Exception as error:  # Whatever a check raises is its answer.
            # No more than the kind of error: its text may hold addresses, and anybody may ask.
            answers[name] = f"{SILENT} ({type(error).__name__})"
        else:
            answers[name] = "ok"

    threads = [threading.Thread(target=run, args=check, daemon=True) for check in checks.items()]
    until = time.monotonic() + deadline
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0, until - time.monotonic()))
    # A copy, as a thread that is still waiting may answer later.
    return dict(answers)


def database_answers(url: str) -> None:
    """Return when the database at ``url`` answers a query; raise when it does not."""
    # A connection of its own: those of the pool may all be busy. libpq waits two seconds at least.
    with psycopg.connect(libpq_url(url), connect_timeout=2) as connection:
        connection.execute("SELECT 1")


def broker_answers(url: str) -> None:
    """Return when the broker at ``url`` answers; raise when it does not."""
    once = Retry(NoBackoff(), 0)
    with redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1, retry=once) as connection:
        connection.ping()


def worker_answers(celery: Celery, timeout: float = 1.5) -> None:
    """Return when any worker answers over the broker within ``timeout`` seconds; raise when none does."""
    if not celery.control.ping(timeout=timeout, limit=1):
        raise TimeoutError
