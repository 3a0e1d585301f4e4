"""What the log of requests keeps, and what it must not."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from gunicorn.config import Config

from recruitment.web_server import AccessLog


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("/admin/calls/2026/candidates?text=%E5%8D%93%E7%8E%9B", "GET /admin/calls/2026/candidates HTTP/1.1"),
        ("/reset/WyJhIl0.token", "GET /reset/… HTTP/1.1"),
        ("/confirm/WyJhIl0.token?x=1", "GET /confirm/… HTTP/1.1"),
        ("/applications/", "GET /applications/ HTTP/1.1"),
    ],
)
def test_neither_searches_nor_links_that_open_an_account_are_kept(asked: str, kept: str) -> None:
    config = Config()
    log = AccessLog(config)
    environ = {
        "REQUEST_METHOD": "GET",
        "RAW_URI": asked,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "10.0.0.1",
        "HTTP_REFERER": f"http://127.0.0.1{asked}",
    }
    response = SimpleNamespace(status="200 OK", headers=[], sent=5)
    atoms = log.atoms(response, SimpleNamespace(headers=[]), environ, timedelta(seconds=1))
    line = config.access_log_format % log.atoms_wrapper_class(atoms)
    assert f'"{kept}" 200 5 "-"' in line
    assert "token" not in line
    assert "%E5" not in line
