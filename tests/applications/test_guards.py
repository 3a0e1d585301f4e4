"""A guard says the same in Python, for one row with reasons, and in SQL, for many; and of two who decide one wins."""

import os
import random
import threading
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.applications import operations
from recruitment.applications.models import Application, Recusal
from recruitment.calls.models import Extension
from recruitment.database import db
from recruitment.people.models import Role, User
from recruitment.workflow import engine
from tests import factories
from tests.applications.reviewing import LATER, journal, notices, state_of
from tests.factories import COUNTY, NOW, OTHER_COUNTY
from workflows.judge import Flow
from workflows.registry import Given, Scope
from workflows.schema import timer
from workflows.terms import Actor, Refused, Stale

HOUR = timedelta(hours=1)
CALL_STATES = ("draft", "published", "registration_open", "registration_closed", "finished", "cancelled")
MOMENTS = [NOW + hours * HOUR for hours in (-2, -1, 0, 1, 2)]


def random_rows(session: Session, draw: random.Random, number: int) -> list[User]:
    """Calls, extensions, refusals, recusals and forms in every combination; returns people who may act."""
    people = [factories.staff(session, Role.COUNTY_REVIEWER, COUNTY, name=f"审核人{n}") for n in range(4)]
    owners = [factories.cadre(session, name=f"报考人{n}") for n in range(4)]
    places = [factories.community_of(session, code) for code in (COUNTY, "510725", OTHER_COUNTY)]
    for person in people:
        person.community_code = draw.choice([None, *places])
    admin = factories.actor(factories.staff(session, Role.ADMIN))
    calls = []
    for _ in range(6):
        call = factories.call(session, admin, second_review=draw.random() < 0.5)
        call.state = draw.choice(CALL_STATES)
        call.registration_opens_at = draw.choice(MOMENTS[:3])
        call.registration_closes_at = call.registration_opens_at + draw.choice((1, 2)) * HOUR
        calls.append(call)
    session.flush()
    for _ in range(8):
        scope: dict[str, Any] = draw.choice(
            [{}, {"county_code": COUNTY}, {"user_id": draw.choice(owners).id}]
        )
        session.add(
            Extension(
                call_id=draw.choice(calls).id,
                closes_at=draw.choice(MOMENTS),
                reason="延长",
                created_by=people[0].id,
                **scope,
            )
        )
    for _ in range(6):
        session.merge(
            Recusal(reviewer_id=draw.choice(people).id, cadre_id=draw.choice(owners).id, reason="亲属")
        )
    definition = engine().flows["application"].latest
    for _ in range(number):
        call, county = draw.choice(calls), draw.choice([COUNTY, OTHER_COUNTY])
        # States in which any number of applications of a person may stand.
        state = draw.choice(["refused", "refused", "withdrawn", "lapsed"])
        application = Application(
            id=uuid.uuid4(),
            call_id=call.id,
            position_id=factories.first_position(session, call, county).id,
            owner_id=draw.choice([*owners, *people]).id,
            area_code=county,
            form=random_form(draw, places, people) if state == "refused" else draw.choice([None, {}]),
            receipt_number=uuid.uuid4().hex,
            submitted_at=NOW,
            state=state,
            public_state=state,
            state_since=NOW,
            state_version=1,
            definition_version=definition.version,
            last_hash=b"",
        )
        session.add(application)
        session.flush()
        if draw.random() < 0.5:
            session.execute(
                sa.insert(timer).values(
                    workflow="application",
                    subject_id=application.id,
                    name="correction_deadline",
                    set_by=1,
                    set_at=NOW,
                    due_at=(due := draw.choice(MOMENTS)),
                    next_at=due,
                    ended_at=draw.choice([None, None, NOW]),
                )
            )
    session.flush()
    return people


def random_form(draw: random.Random, places: list[str], people: list[User]) -> dict[str, Any]:
    return {
        "tenures": [{"post": "other", "community": draw.choice(places)} for _ in range(draw.randint(0, 2))],
        "relatives": [
            {"relation": "亲属", "name": draw.choice([*(p.name for p in people), "外人"])}
            for _ in range(draw.randint(0, 2))
        ],
    }


@pytest.mark.parametrize("seed", range(40 if os.environ.get("PROOF") == "full" else 2))
def test_python_and_sql_say_the_same(session: Session, seed: int) -> None:
    draw = random.Random(seed)
    people = random_rows(session, draw, 60)
    actors = [*(Actor(person.id, (("county_reviewer", "51"),)) for person in people), Actor.system("test")]
    said_yes, said_no = set(), set()
    for flow in engine().flows.values():
        for actor in actors:
            for now in MOMENTS:
                for name, in_sql, in_python, rows in both(session, flow, actor, now):
                    assert in_sql == in_python, (flow.name, name, actor, now)
                    said_yes |= {name} if in_sql else set()
                    said_no |= {name} if len(in_sql) < rows else set()
    # The rows were varied enough to tell the answers apart.
    varied = {"registration_open", "correction_open", "not_refused_here", "second_review", "not_recused"}
    assert varied <= said_yes & said_no


def both(
    session: Session, flow: Flow, actor: Actor, now: datetime
) -> Iterator[tuple[str, set[uuid.UUID], set[uuid.UUID], int]]:
    """For each guard with two forms the ids for which each of them says yes, and the number of rows."""
    registry = engine().registry
    steps = [step for version in flow.versions.values() for step in version.transitions.values()]
    used = {use.name for step in steps for use in step.guards}
    subjects = list(session.scalars(sa.select(flow.model)))
    for name in sorted(used):
        guard = registry.guards[name]
        if guard.holds is None:
            continue
        scope = Scope(flow.table, sa.literal(now, sa.DateTime(timezone=True)), sa.literal(actor.id, sa.Uuid))
        condition = sa.func.coalesce(guard.holds(scope), sa.false())
        in_sql = set(session.scalars(sa.select(flow.table.c.id).where(condition)))
        facts = flow.facts(session, subjects, [name], actor, now)
        in_python = {
            id_ for id_, known in facts.items() if not list(guard.reasons(Given(known[name], actor, now)))
        }
        yield name, in_sql, in_python, len(subjects)


# Two at once


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(app: Flask, session: Session) -> None:
    application = factories.application(session)
    people = [factories.staff(session, Role.COUNTY_REVIEWER, COUNTY) for _ in range(2)]
    session.commit()
    id_, actors = application.id, [person.actor() for person in people]
    forms: list[tuple[str, dict[str, Any]]] = [
        ("pass", {}),
        ("refuse", {"codes": ["tenure"], "explanation": ""}),
    ]
    outcome: dict[int, object] = {}
    ready = threading.Barrier(2)

    def decide(number: int) -> None:
        trigger, form = forms[number]
        with app.app_context():
            mine = db.session.get_one(Application, id_)
            version = mine.state_version
            ready.wait(timeout=30)
            try:
                outcome[number] = operations.decide(
                    db.session, mine, trigger, actors[number], LATER, form=form, expected_version=version
                )
                db.session.commit()
            except Refused as refused:
                outcome[number] = refused
                db.session.rollback()

    threads = [threading.Thread(target=decide, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    loser, winner = sorted(outcome, key=lambda number: not isinstance(outcome[number], Stale))
    stale = outcome[loser]
    assert isinstance(stale, Stale)
    assert not isinstance(outcome[winner], Refused)
    assert stale.last is not None
    assert stale.last.actor == str(actors[winner].id)
    assert stale.state == state_of(session, application)
    assert len(journal(session, application)) == 3
    assert len(notices(session, application)) == 2


def test_the_same_request_at_once_has_one_effect(app: Flask, session: Session) -> None:
    application = factories.application(session)
    person = factories.staff(session, Role.COUNTY_REVIEWER, COUNTY)
    session.commit()
    id_, actor = application.id, person.actor()
    done: list[bool] = []
    ready = threading.Barrier(3)

    def decide() -> None:
        with app.app_context():
            mine = db.session.get_one(Application, id_)
            version = mine.state_version
            ready.wait(timeout=30)
            fired = operations.decide(
                db.session, mine, "pass", actor, LATER, expected_version=version, key="one press of a button"
            )
            db.session.commit()
            done.append(fired.replayed)

    threads = [threading.Thread(target=decide) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(done) == [False, True, True]
    assert len(journal(session, application)) == 3
    assert notices(session, application) == ["application.submitted", "application.county_passed"]
