"""What each endpoint's address names, for tests that walk every page.

An endpoint that is missing here fails tests/people/test_routes.py.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.cadres.models import DossierDocument
from recruitment.people.models import Role
from tests import factories
from tests.people.people import Account


@dataclass
class World:
    """One cadre in one county, and everybody who has to do with them.

    ``application`` is under review in ``call``; in ``candidate_call`` they may sit the exam.
    """

    people: dict[Role, Account]
    call: str
    position: str
    application: uuid.UUID
    document: uuid.UUID
    dossier_item: uuid.UUID
    grant: uuid.UUID
    candidate: uuid.UUID
    candidate_call: str

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
        later = factories.call(session)
        candidate = factories.candidate(session, later, owner=people[Role.CADRE], county_code=county)
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
            candidate=candidate.id,
            candidate_call=later.slug,
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


def of_candidate(world: World) -> dict[str, Any]:
    return {"candidate_id": world.candidate}


def of_candidate_call(world: World) -> dict[str, Any]:
    return {"slug": world.candidate_call}


def of_user(world: World) -> dict[str, Any]:
    return {"user_id": world.people[Role.COUNTY_REVIEWER].id}


def plus(base: Callable[[World], dict[str, Any]], **more: Any) -> Callable[[World], dict[str, Any]]:
    return lambda world: base(world) | more


NOWHERE = str(uuid.UUID(int=0))

# By endpoint. A room with many pages keeps its own in tests/<room>/routes.py, under the same name.
_HERE: dict[str, Sample] = {
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
    "cadres.crop": Sample(),
    "cadres.photo_preview": Sample(),
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
    "calls.import_table_upload": Sample(plus(of_call, upload_id=NOWHERE), own=False),
    "calls.figures": Sample(of_call),
    "calls.candidates": Sample(of_call),
    "calls.export": Sample(of_call),
    "calls.extensions": Sample(of_call),
    "calls.extend": Sample(of_call),
    "candidates.show": Sample(of_candidate, foreign=True),
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

SAMPLES: dict[str, Sample] = dict(_HERE)
for _path in sorted(Path(__file__).parent.glob("*/routes.py")):
    SAMPLES |= import_module(f"tests.{_path.parent.name}.routes").SAMPLES
