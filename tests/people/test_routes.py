"""Every page × every role × own and foreign.

An endpoint that has no sample in :mod:`tests.routes`, or that says nothing about who may open it, fails here.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Blueprint, Flask

from recruitment.database import db
from recruitment.people import access
from recruitment.people.models import Role
from tests import factories
from tests.client import Client
from tests.people.people import Account, sign_in
from tests.routes import SAMPLES, World

FILES = {"static", "bootstrap.static"}


@pytest.fixture
def site(make_app: Callable[..., Flask]) -> Flask:
    app = make_app(staff_second_factor=False)
    app.extensions["clock"] = lambda: factories.NOW
    return app


@pytest.fixture
def world(site: Flask) -> World:
    with site.app_context():
        made = World.make(db.session, factories.COUNTY)
        db.session.commit()
        return made


@pytest.fixture
def foreign(site: Flask) -> World:
    with site.app_context():
        made = World.make(db.session, factories.OTHER_COUNTY)
        db.session.commit()
        return made


class Visitor:
    """Somebody who opens every page they can name."""

    def __init__(self, site: Flask, account: Account | None) -> None:
        self._site = site
        self._client = site.test_client()
        assert isinstance(self._client, Client)
        if account:
            sign_in(self._client, account)
        # What stands on the pages is the business of other tests.
        self._client.check_pages = False
        page = self._client.get("/account" if account else "/sign-in").get_data(as_text=True)
        self._token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]

    def open(
        self, endpoint: str, arguments: dict[str, Any], follow: bool = False
    ) -> Iterator[tuple[str, int, str]]:
        """Each method with its status and where it leads. The token is right, so only a rule can refuse."""
        for url_rule in self._site.url_map.iter_rules(endpoint):
            with self._site.test_request_context():
                url = self._site.url_for(endpoint, **arguments)
            for method in sorted((url_rule.methods or set()) & {"GET", "POST"}):
                data = {"csrf_token": self._token} if method == "POST" else None
                answer = self._client.open(url, method=method, data=data, follow_redirects=follow)
                answer.close()
                yield f"{method} {url}", answer.status_code, answer.headers.get("Location", "")


def test_every_endpoint_has_a_sample(site: Flask) -> None:
    endpoints = {rule.endpoint for rule in site.url_map.iter_rules()} - FILES
    assert endpoints - SAMPLES.keys() == set(), "add them to SAMPLES"
    assert SAMPLES.keys() - endpoints == set(), "these are gone"


def test_an_endpoint_without_a_rule_stops_the_start(site: Flask) -> None:
    stray = Blueprint("stray", __name__)
    stray.add_url_rule("/stray", "page", lambda: "")
    site.register_blueprint(stray)
    with pytest.raises(access.UnclassifiedEndpoint, match=r"stray\.page"):
        access.check(site)


def test_each_role_opens_what_it_may_and_nothing_else(site: Flask, world: World) -> None:
    wrong = []
    for role in (None, *Role):
        visitor = Visitor(site, world.people[role] if role else None)
        for endpoint, sample in SAMPLES.items():
            if endpoint == "people.sign_out":
                continue
            rule = access.rule_of(site, endpoint)
            for what, status, location in visitor.open(endpoint, sample.arguments(world)):
                if rule.public:
                    right = status not in (401, 403, 500)
                elif role is None:
                    right = status == 302 and location.startswith("/sign-in")
                elif role in rule.roles:
                    right = status not in (403, 500) and not (sample.own and "GET" in what and status == 404)
                else:
                    right = status == 403
                if not right:
                    wrong.append(f"{role}: {what}: {status} {location}")
    assert wrong == []


def test_what_is_foreign_does_not_exist(site: Flask, world: World, foreign: World) -> None:
    wrong = []
    for role in (Role.CADRE, Role.COUNTY_REVIEWER, Role.PREFECTURE_REVIEWER):
        visitor = Visitor(site, world.people[role])
        for endpoint, sample in SAMPLES.items():
            if sample.foreign and role in access.rule_of(site, endpoint).roles:
                for what, status, _ in visitor.open(endpoint, sample.arguments(foreign), follow=True):
                    if status != 404:
                        wrong.append(f"{role}: {what}: {status}")
    assert wrong == []


def test_a_supervisor_changes_nothing(site: Flask) -> None:
    """Every POST that a supervisor may send is about their own account and drafts."""
    sent = {
        rule.endpoint
        for rule in site.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and rule.endpoint not in FILES
        if access.rule_of(site, rule.endpoint).roles >= {Role.SUPERVISOR}
    }
    assert {endpoint.split(".")[0] for endpoint in sent} <= {"account", "forms"}


def test_managing_accounts_shows_no_applications(site: Flask) -> None:
    rooms = {
        rule.endpoint.split(".")[0]
        for rule in site.url_map.iter_rules()
        if rule.endpoint not in FILES
        if not access.rule_of(site, rule.endpoint).public
        if Role.SYSTEM_ADMIN in access.rule_of(site, rule.endpoint).roles
    }
    assert rooms == {"account", "forms", "users"}


def test_the_database_refuses_a_get_that_writes(site: Flask) -> None:
    pages = Blueprint("pages", __name__)

    @pages.get("/writes")
    @access.public
    def writes() -> str:
        db.session.execute(sa.text("UPDATE user_account SET failed_logins = 1"))
        db.session.commit()
        return ""

    site.register_blueprint(pages)
    with pytest.raises(sa.exc.InternalError, match="read-only transaction"):
        site.test_client().get("/writes")


def test_allow_needs_a_role() -> None:
    with pytest.raises(TypeError, match="at least one role"):
        access.allow()
