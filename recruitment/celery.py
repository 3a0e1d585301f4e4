"""Background work: three queues, and the rules that every task obeys.

``urgent`` is what somebody waits for (a mail with a code), ``bulk`` what may take its time (ten thousand
notices), ``sweeps`` what the schedule starts. A task is told ids only, reads the rest itself, and may be run
twice: it is acknowledged when done, so one whose worker dies runs again.

A room with tasks adds its module to :data:`TASKS`::

    ROUTES = {"notices.send": "urgent"}  # by name of the task; without a word here it goes to bulk
    SCHEDULE = {"find unsent notices": {"task": "notices.sweep", "schedule": 60.0}}  # as in beat_schedule

    @celery.shared_task(name="notices.send")
    def send(notice_id: str) -> None: ...
"""

from importlib import import_module
from typing import Any

import structlog
from celery import Celery, Task
from celery.signals import setup_logging
from flask import Flask
from kombu import Queue

from recruitment.log import configure_logging

QUEUES = ("urgent", "bulk", "sweeps")

# Modules of tasks.
TASKS: tuple[str, ...] = (
    "recruitment.fees.tasks",
    "recruitment.lists.tasks",
    "recruitment.notices.tasks",
    "recruitment.people.tasks",
    "recruitment.reminders.tasks",
    "recruitment.workflow_tasks",
)


def broker_url(redis_url: str) -> str:
    """The same URL in Celery's words: a Unix socket is ``redis+socket://`` there."""
    scheme, separator, rest = redis_url.partition("://")
    if scheme != "unix":
        return redis_url
    return f"redis+socket{separator}{rest.replace('db=', 'virtual_host=')}"


def configuration(redis_url: str) -> dict[str, Any]:
    """Celery's settings."""
    routes: dict[str, str] = {}
    schedule: dict[str, dict[str, Any]] = {}
    for name in TASKS:
        module = import_module(name)
        routes |= {entry["task"]: "sweeps" for entry in getattr(module, "SCHEDULE", {}).values()}
        routes |= getattr(module, "ROUTES", {})
        schedule |= getattr(module, "SCHEDULE", {})
    unknown = set(routes.values()) - set(QUEUES)
    if unknown:
        raise ValueError(f"tasks are routed to queues that do not exist: {', '.join(sorted(unknown))}")
    return {
        "broker_url": broker_url(redis_url),
        "broker_connection_retry_on_startup": True,
        "broker_transport_options": {
            # The server may be shared.
            "global_keyprefix": "recruitment:",
            # Urgent before bulk before sweeps, as the worker is told its queues in this order.
            "queue_order_strategy": "priority",
            # A task taken by a worker that died is given to another after this many seconds …
            "visibility_timeout": 600,
            "unacked_restore_throttle": 1,
            # … and a server that stopped talking does not hold up who wants to queue a task.
            "socket_connect_timeout": 2,
            "socket_timeout": 5,
        },
        # Who queues a task inside a request has stored it first; a sweep finds what could not be queued.
        "task_publish_retry": False,
        "task_queues": [Queue(name) for name in QUEUES],
        "task_default_queue": "bulk",
        "task_create_missing_queues": False,
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_ignore_result": True,
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "timezone": "Asia/Shanghai",
        "task_routes": routes,
        "beat_schedule": schedule,
    }


def init_celery(app: Flask) -> Celery:
    """Give ``app`` its Celery application, kept as ``app.extensions["celery"]``."""

    class AppTask(Task[Any, Any]):
        """A task that runs with the Flask application at hand."""

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            structlog.contextvars.bind_contextvars(task=self.name, task_id=self.request.id)
            try:
                with app.app_context():
                    return self.run(*args, **kwargs)
            finally:
                structlog.contextvars.unbind_contextvars("task", "task_id")

    celery: Celery = Celery(app.import_name, task_cls=AppTask)
    celery.config_from_object(configuration(app.config["SETTINGS"].redis_url))
    celery.set_default()
    app.extensions["celery"] = celery
    return celery


@setup_logging.connect
def _keep_our_logging(**_: object) -> None:
    # A receiver of this signal stops Celery from setting up logging its own way.
    configure_logging()
