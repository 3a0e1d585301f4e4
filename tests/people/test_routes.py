"""Every page × every role × an own and a foreign area.

A page of another room is added to ``SAMPLES`` with what it needs to be opened; one that is missing there, or that
says nothing about who may open it, fails here.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Blueprint, Flask
from sqlalchemy.orm import Session

from recruitment.config import Settings
from recruitment.database import db
from recruitment.people import access
from recruitment.people.models import Role
from tests.client import Client
from tests.people.people import Account, make_account, sign_in

Arguments = dict[str, Any]
OWN, FOREIGN = "510722", "510802"


def nothing(session: Session, area: str) -> Arguments:
    """For a page without parts in its address."""
    return {}


def somebody(session: Session, area: str) -> Arguments:
    from tests.people.people import make_user

    return {"user_id": make_user(session, Role.COUNTY_REVIEWER, area=area).id}


def somebodys_grant(session: Session, area: str) -> Arguments:
    from tests.people.people import make_user

    user = make_user(session, Role.COUNTY_REVIEWER, area=area)
    return {"user_id": user.id, "grant_id": user.grants[0].id}


@dataclass(frozen=True)
class Sample:
    """How to open one endpoint.

    Attributes:
        make: builds what the address names, in the area given, and returns the address's arguments.
        foreign: the status for somebody with the right role and the wrong area; none where areas do not matter.
    """

    make: Callable[[Session, str], Arguments] = nothing
    foreign: int | None = None


# By endpoint. Keep it sorted by room.
SAMPLES: dict[str, Sample] = {
    "health.healthz": Sample(),
    "forms.keep": Sample(),
    "forms.discard": Sample(),
    "people.sign_up": Sample(),
    "people.sign_in": Sample(),
    "people.sign_out": Sample(),
    "people.code": Sample(),
    "people.confirm": Sample(lambda session, area: {"token": "x"}),
    "people.forgotten": Sample(),
    "people.forgotten_sent": Sample(),
    "people.reset": Sample(lambda session, area: {"token": "x"}),
    "account.show": Sample(),
    "account.reveal": Sample(),
    "account.confirm_email": Sample(),
    "account.change_password": Sample(),
    "account.end_others": Sample(),
    "account.set_up_second_factor": Sample(),
    "account.start_second_factor": Sample(),
    "account.enable_second_factor": Sample(),
    "account.disable_second_factor": Sample(),
    "users.index": Sample(),
    "users.search": Sample(),
    "users.create": Sample(),
    "users.show": Sample(somebody),
    "users.give": Sample(somebody),
    "users.revoke": Sample(somebodys_grant),
    "users.act": Sample(somebody),
    "users.correct": Sample(somebody),
    "notices.inbox": Sample(),
    "notices.show": Sample(lambda session, area: {"notice_id": uuid.uuid4()}),
    "notices.open_notice": Sample(lambda session, area: {"notice_id": uuid.uuid4()}),
    "notices.demo_mail": Sample(),
    "notices.demo_mail_show": Sample(lambda session, area: {"key": "x"}),
}
FILES = {"static", "bootstrap.static"}
ROLES: tuple[Role | None, ...] = (None, *Role)


@pytest.fixture
def site(make_app: Callable[..., Flask]) -> Flask:
    return make_app(staff_second_factor=False)


@pytest.fixture
def accounts(site: Flask) -> dict[Role, Account]:
    return {role: make_account(site, role) for role in Role}


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


def browser_of(site: Flask, account: Account | None) -> Client:
    client = site.test_client()
    assert isinstance(client, Client)
    if account:
        sign_in(client, account)
    return client


@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_what_it_may_and_nothing_else(
    site: Flask, accounts: dict[Role, Account], role: Role | None
) -> None:
    client = browser_of(site, accounts[role] if role else None)
    page = client.get("/account") if role else client.get("/sign-in")
    token = page.get_data(as_text=True).split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    for url_rule in site.url_map.iter_rules():
        if url_rule.endpoint in FILES | {"people.sign_out"}:
            continue
        rule = access.rule_of(site, url_rule.endpoint)
        sample = SAMPLES[url_rule.endpoint]
        with site.app_context():
            arguments = sample.make(db.session, OWN)
            db.session.commit()
        with site.test_request_context():
            url = site.url_for(url_rule.endpoint, **arguments)
        for method in sorted((url_rule.methods or set()) & {"GET", "POST"}):
            # A token that is right, so that only the access rule can be what refuses.
            data = {"csrf_token": token} if method == "POST" else None
            answer = client.open(url, method=method, data=data)
            what = f"{method} {url} as {role}: {answer.status_code}"
            assert answer.status_code != 500, what
            if rule.public:
                assert answer.status_code not in (401, 403), what
            elif role is None:
                assert answer.headers.get("Location", "").startswith("/sign-in"), what
            elif role in rule.roles:
                assert answer.status_code != 403, what
            else:
                assert answer.status_code == 403, what


def test_what_is_foreign_answers_404(site: Flask) -> None:
    for endpoint, sample in SAMPLES.items():
        if sample.foreign is None:
            continue
        rule = access.rule_of(site, endpoint)
        with site.app_context():
            arguments = sample.make(db.session, FOREIGN)
            db.session.commit()
        with site.test_request_context():
            url = site.url_for(endpoint, **arguments)
        for role in sorted(rule.roles & {Role.CADRE, Role.COUNTY_REVIEWER, Role.PREFECTURE_REVIEWER}):
            client = browser_of(site, make_account(site, role))
            assert client.get(url).status_code == sample.foreign, f"{url} as a foreign {role}"


def test_the_database_refuses_a_get_that_writes(site: Flask, settings: Settings) -> None:
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
