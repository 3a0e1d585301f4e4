"""Browser tests: the application on a real port, with a worker and a mail server, in Chromium.

* ``live``: the address of the application; a Celery worker does what it queues.
* ``page``: a desktop page; ``phone``: one of 360 px. Both fail the test on any error in the browser.
* ``axe``: ``axe(page)`` fails unless axe-core finds nothing.

Data is made through ``session`` and must be committed; the server has its own sessions.
"""

import dataclasses
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

import pytest
from celery import Celery
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from werkzeug.serving import BaseWSGIServer, make_server

from recruitment.app import create_app
from recruitment.config import Settings
from recruitment.database import db
from tests.client import Client
from tests.e2e import chromium

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
# A page that is not there, or not allowed, is a line in the browser's console and no fault of the page.
EXPECTED = re.compile(r"the server responded with a status of 4\d\d")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/e2e/" in item.path.as_posix():
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def _server() -> Iterator[BaseWSGIServer]:
    """A threaded server whose application comes later, as that one has to know the port."""
    server = make_server("127.0.0.1", 0, Flask("placeholder"), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def _app(settings: Settings, _server: BaseWSGIServer) -> Iterator[Flask]:
    """As elsewhere, but the links in its mails lead to the live server."""
    app = create_app(dataclasses.replace(settings, site_url=f"http://127.0.0.1:{_server.port}"))
    app.testing = True
    app.test_client_class = Client
    _server.app = app
    yield app
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def live(app: Flask, celery_worker: Celery, smtp: object) -> str:
    """The address of the running application, without a slash at the end."""
    settings: Settings = app.config["SETTINGS"]
    return settings.site_url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium.find()
    if not path:
        pytest.fail("no Chromium; `python -m tests.e2e.chromium` installs it or says how")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def watched_page(context: BrowserContext) -> Iterator[Page]:
    """A page that fails the test when the browser reports an error, a refused script among them."""
    faults: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type == "error" and not EXPECTED.search(message.text):
            faults.append(f"{message.location.get('url')}: {message.text}")

    context.on("console", on_console)
    context.on("weberror", lambda error: faults.append(str(error.error)))
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def new_context(browser: Browser, live: str) -> Callable[..., BrowserContext]:
    """Open another browser profile, for a second person: ``new_context(viewport={…})``."""

    def new(**options: Any) -> BrowserContext:
        return browser.new_context(
            **{"base_url": live, "locale": "zh-CN", "timezone_id": "Asia/Shanghai", **options}
        )

    return new


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Iterator[Page]:
    """A page on a desktop."""
    with watched_page(new_context(viewport={"width": 1280, "height": 900})) as page:
        yield page


@pytest.fixture
def phone(new_context: Callable[..., BrowserContext]) -> Iterator[Page]:
    """A page on a phone."""
    options = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    with watched_page(new_context(**options)) as page:
        yield page


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], None]:
    """Fail unless axe-core finds nothing wrong with the page as it stands, in all its rules."""
    source = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")

    def check(page: Page) -> None:
        # Through the debugger, to which the page's content security policy does not apply.
        page.evaluate(source)
        results = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        found = [
            f"{violation['id']}: {violation['help']}\n    {node['html'][:200]}"
            for violation in results["violations"]
            for node in violation["nodes"]
        ]
        assert not found, f"{page.url}\n" + "\n".join(found)

    return check
