"""Every page × every role × own and foreign.

``SAMPLES`` says for each endpoint what its address names. An endpoint that is missing there, or that says nothing
about who may open it, fails here.
"""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Blueprint, Flask
from sqlalchemy.orm import Session

from recruitment.cadres.models import DossierDocument
from recruitment.database import db
from recruitment.people import access
from recruitment.people.models import Role
from tests import factories
from tests.client import Client
from tests.people.people import Account, sign_in

FILES = {"static", "bootstrap.static"}


@dataclass
class World:
    """One cadre's application in one county, and everybody who has to do with it."""

    people: dict[Role, Account]
    call: str
    position: str
    application: uuid.UUID
    document: uuid.UUID
    dossier_item: uuid.UUID
    grant: uuid.UUID

    @classmethod
    def make(cls, session: Session, county: str) -> "World":
        def account(user: Any) -> Account:
            return Account(user.id, user.email, factories.PASSWORD)

        people = {Role.CADRE: factories.cadre(session)}
        for role in set(Role) - {Role.CADRE}:
            area = {Role.COUNTY_REVIEWER: county, Role.PREFECTURE_REVIEWER: county[:4] + "00"}.get(role)
            people[role] = factories.staff(session, role, area or factories.PROVINCE)
        dossier = factories.dossier(session, people[Role.CADRE], county)
        call = factories.call(session)
        application = factories.application(session, call, people[Role.CADRE], county_code=county)
        item = session.scalars(
            sa.select(DossierDocument).where(DossierDocument.dossier_id == dossier.id)
        ).one()
        return cls(
            people={role: account(user) for role, user in people.items()},
            call=call.slug,
            position=factories.first_position(session, call, county).code,
            application=application.id,
            document=item.document_id,
            dossier_item=item.id,
            grant=people[Role.COUNTY_REVIEWER].grants[0].id,
        )


@dataclass(frozen=True)
class Sample:
    """How to open one endpoint.

    Attributes:
        arguments: of its address, out of a world.
        own: GET finds something in one's own world.
        foreign: what the address names may be foreign to somebody, who must then get 404.
    """

    arguments: Callable[[World], dict[str, Any]] = field(default=lambda world: {})
    own: bool = True
    foreign: bool = False


def of_call(world: World) -> dict[str, Any]:
    return {"slug": world.call}


def of_application(world: World) -> dict[str, Any]:
    return {"application_id": world.application}


def of_user(world: World) -> dict[str, Any]:
    return {"user_id": world.people[Role.COUNTY_REVIEWER].id}


def plus(base: Callable[[World], dict[str, Any]], **more: Any) -> Callable[[World], dict[str, Any]]:
    return lambda world: base(world) | more


NOWHERE = str(uuid.UUID(int=0))

# By endpoint, a room after the other.
SAMPLES: dict[str, Sample] = {
    "health.healthz": Sample(),
    "public.home": Sample(),
    "public.call": Sample(of_call),
    "public.positions": Sample(of_call),
    "public.position": Sample(plus(of_call, code=NOWHERE), own=False),
    "language.choose": Sample(),
    "forms.keep": Sample(),
    "forms.discard": Sample(),
    "people.sign_up": Sample(),
    "people.sign_in": Sample(),
    "people.sign_out": Sample(),
    "people.code": Sample(),
    "people.confirm": Sample(lambda world: {"token": "x"}, own=False),
    "people.forgotten": Sample(),
    "people.forgotten_sent": Sample(),
    "people.reset": Sample(lambda world: {"token": "x"}, own=False),
    "account.show": Sample(),
    "account.reveal": Sample(),
    "account.confirm_email": Sample(),
    "account.change_password": Sample(),
    "account.end_others": Sample(),
    "account.set_up_second_factor": Sample(),
    "account.start_second_factor": Sample(),
    "account.enable_second_factor": Sample(),
    "account.disable_second_factor": Sample(own=False),
    "users.index": Sample(),
    "users.search": Sample(),
    "users.create": Sample(),
    "users.show": Sample(of_user),
    "users.give": Sample(of_user),
    "users.revoke": Sample(lambda world: of_user(world) | {"grant_id": world.grant}),
    "users.act": Sample(of_user),
    "users.correct": Sample(of_user),
    "cadres.overview": Sample(),
    "cadres.section": Sample(lambda world: {"name": "tenures"}),
    "cadres.documents": Sample(),
    "cadres.upload": Sample(lambda world: {"kind": "photo"}),
    "cadres.document": Sample(lambda world: {"document_id": world.document}, foreign=True),
    "cadres.remove": Sample(lambda world: {"item_id": world.dossier_item}, foreign=True),
    "applications.index": Sample(),
    "applications.choose": Sample(of_call),
    "applications.show": Sample(of_application, foreign=True),
    "applications.check": Sample(of_application, foreign=True),
    "applications.receipt": Sample(of_application, foreign=True),
    "applications.submit": Sample(of_application, foreign=True),
    "applications.withdraw": Sample(of_application, foreign=True),
    "review.queue": Sample(),
    "review.next_file": Sample(),
    "review.preview": Sample(),
    "review.confirm": Sample(),
    "review.show": Sample(of_application, foreign=True),
    "review.step": Sample(plus(of_application, step="pass"), foreign=True),
    "review.decide": Sample(plus(of_application, trigger="pass"), foreign=True),
    "review.unmask": Sample(of_application, foreign=True),
    "review.recuse": Sample(of_application, foreign=True),
    "review.document": Sample(
        lambda world: of_application(world) | {"document_id": world.document}, foreign=True
    ),
    "calls.index": Sample(),
    "calls.create": Sample(),
    "calls.template": Sample(),
    "calls.show": Sample(of_call),
    "calls.edit": Sample(of_call, own=False),
    "calls.step": Sample(plus(of_call, trigger="publish"), own=False),
    "calls.positions": Sample(of_call),
    "calls.import_table": Sample(of_call, own=False),
    "calls.dry_run": Sample(plus(of_call, name=NOWHERE), own=False),
    "calls.confirm_import": Sample(plus(of_call, name=NOWHERE), own=False),
    "calls.figures": Sample(of_call),
    "calls.candidates": Sample(of_call),
    "calls.export": Sample(of_call),
    "calls.extensions": Sample(of_call),
    "calls.extend": Sample(of_call),
    "calendar.index": Sample(),
    "calendar.set_day": Sample(),
    "calendar.remove_day": Sample(lambda world: {"day": "2027-01-01"}),
    "calendar.template": Sample(),
    "calendar.upload": Sample(),
    "calendar.dry_run": Sample(lambda world: {"year": 2027, "name": NOWHERE}, own=False),
    "calendar.confirm_import": Sample(lambda world: {"year": 2027, "name": NOWHERE}, own=False),
    "notices.inbox": Sample(),
    "notices.show": Sample(lambda world: {"notice_id": NOWHERE}, own=False),
    "notices.open_notice": Sample(lambda world: {"notice_id": NOWHERE}, own=False),
    "notices.demo_mail": Sample(own=False),
    "notices.demo_mail_show": Sample(lambda world: {"key": "x"}, own=False),
    "audit.index": Sample(),
    "rules.coverage": Sample(),
    "self_check.current": Sample(),
    "self_check.check": Sample(of_call),
    "self_check.shared": Sample(
        plus(of_call, born="2", education="bachelor", post="none", commended="no"),
    ),
}


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
