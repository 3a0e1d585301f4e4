"""Settings of gunicorn: ``gunicorn --config python:recruitment.web_server recruitment.wsgi:app``."""

import re
from typing import Any

from gunicorn.glogging import Logger

from recruitment.database import db


class AccessLog(Logger):  # type: ignore[misc]
    """Requests without what somebody searched for, and without the links that open an account."""

    _LINK = re.compile(r"^(/(?:reset|confirm)/).+")

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        atoms: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        path = self._LINK.sub(r"\1…", environ["RAW_URI"].partition("?")[0])
        return atoms | {"r": f"{environ['REQUEST_METHOD']} {path} {environ['SERVER_PROTOCOL']}", "f": "-"}


workers = 2
worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 8
control_socket_disable = True
accesslog = "-"
logger_class = AccessLog
# The application is built once and shared by all processes: half the time to start, and less memory.
preload_app = True


def post_fork(server: Any, worker: Any) -> None:
    """Leave connections that were opened before the fork, if any, to the parent process."""
    app = server.app.wsgi()
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose(close=False)
