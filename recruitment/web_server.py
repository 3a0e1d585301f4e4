"""Settings of gunicorn: ``gunicorn --config python:recruitment.web_server recruitment.wsgi:app``."""

from typing import Any

from recruitment.database import db

workers = 2
worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 8
control_socket_disable = True
accesslog = "-"
# The application is built once and shared by all processes: half the time to start, and less memory.
preload_app = True


def post_fork(server: Any, worker: Any) -> None:
    """Leave connections that were opened before the fork, if any, to the parent process."""
    app = server.app.wsgi()
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose(close=False)
