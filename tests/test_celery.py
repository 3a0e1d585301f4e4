"""Tasks run with the application at hand, the urgent ones first."""

from queue import Queue as Results

import pytest
from celery import Celery, shared_task
from flask import Flask, current_app

from recruitment.celery import QUEUES, broker_url, configuration
from recruitment.config import Settings

results: "Results[tuple[str, str]]" = Results()


@shared_task(name="tests.report")
def report(word: str) -> None:
    settings: Settings = current_app.config["SETTINGS"]
    results.put((word, settings.site_url))


def test_a_task_has_the_application(app: Flask, celery_worker: Celery, settings: Settings) -> None:
    report.apply_async(("hello",), queue="urgent")
    assert results.get(timeout=10) == ("hello", settings.site_url)


def test_a_worker_takes_urgent_tasks_first(app: Flask, request: pytest.FixtureRequest) -> None:
    for queue in reversed(QUEUES):
        for _ in range(2):
            report.apply_async((queue,), queue=queue)
    request.getfixturevalue("celery_worker")
    order = [results.get(timeout=10)[0] for _ in range(6)]
    assert order == ["urgent", "urgent", "bulk", "bulk", "sweeps", "sweeps"]


def test_tasks_are_acknowledged_late_and_told_in_json(app: Flask, settings: Settings) -> None:
    conf = app.extensions["celery"].conf
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1
    assert conf.accept_content == ["json"]
    assert {queue.name for queue in configuration(settings.redis_url)["task_queues"]} == set(QUEUES)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("redis://:p@h:1/2", "redis://:p@h:1/2"),
        ("rediss://h/0", "rediss://h/0"),
        ("unix:///run/valkey.sock?db=3", "redis+socket:///run/valkey.sock?virtual_host=3"),
    ],
)
def test_every_form_of_redis_url_is_understood(given: str, expected: str) -> None:
    assert broker_url(given) == expected
