"""Random histories of objections and appeals against a model that knows nothing of the engine."""

import os
import random
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.appeals import operations as appeals
from recruitment.applications.models import Recusal
from recruitment.candidates.models import Candidate
from recruitment.database import db
from recruitment.objections import operations as objections
from recruitment.workflow import engine, fire
from tests import factories
from tests.appeals import filing as appealing
from tests.objections import filing as objecting
from tests.objections.filing import FINDING, LATER
from tests.objections.test_objection import AFTER
from tests.public_notice import board
from workflows.schema import event
from workflows.terms import Actor, Refused
from workflows.verify import verify

FULL = os.environ.get("PROOF") == "full"
OUTCOMES = {"find_serious": "serious", "suspend": "unproven", "dismiss": "dismissed"}
RULINGS = {"uphold": "upheld", "reject": "rejected"}


def attempt(session: Session, act: Any) -> bool:
    """Whether it was done; if not, nothing of it stays."""
    with suppress(Refused), session.begin_nested():
        act()
        return True
    session.expire_all()
    return False


@dataclass
class Case:
    """What is decided in private and known in public; ``by`` while it is held."""

    state: str
    public: str
    by: str = ""

    @property
    def settled(self) -> bool:
        return not self.by and self.state in ("serious", "dismissed")


@dataclass
class World:
    candidate: str
    cases: list[Case] = field(default_factory=list)

    def may(self, case: Case, step: str, who: str) -> bool:
        if who == "recused":
            return False
        if step == "investigate":
            return not case.by and case.state in ("received", "unproven")
        if step in OUTCOMES:
            return not case.by and case.state == "investigating"
        return bool(case.by) and (step == "take_back" or case.by != who)

    def do(self, case: Case, step: str, who: str) -> None:
        if step == "investigate":
            case.state = case.public = "investigating"
        elif step in OUTCOMES:
            case.state, case.by = OUTCOMES[step], who
        elif step == "take_back":
            case.state, case.by = case.public, ""
        else:
            case.public, case.by = case.state, ""
            self.follow(case.state)

    def follow(self, outcome: str) -> None:
        if outcome == "serious" and self.candidate in ("announced", "suspended"):
            self.candidate = "rejected"
        elif outcome == "unproven" and self.candidate == "announced":
            self.candidate = "suspended"
        elif outcome == "dismissed" and self.candidate == "suspended" and all(c.settled for c in self.cases):
            self.candidate = "announced"


@pytest.mark.parametrize("seed", range(60 if FULL else 3))
def test_objections(session: Session, seed: int) -> None:
    draw = random.Random(seed)
    candidate = board.cleared(session)
    board.running(session, candidate)
    people = {name: objecting.reviewer(session) for name in ("one", "two", "recused")}
    session.add(Recusal(reviewer_id=people["recused"].id, cadre_id=candidate.owner_id, reason="亲属"))
    actors = {name: factories.actor(person) for name, person in people.items()}
    rows = [objecting.objection(session, candidate) for _ in range(2)]
    world = World("announced", [Case("received", "received") for _ in rows])
    steps = ["investigate", "release", "release", "take_back", *OUTCOMES]
    for _ in range(25):
        if draw.random() < 0.08:
            done = attempt(
                session,
                lambda: fire(session, candidate, "approve", actor=actors["one"], now=AFTER),
            )
            assert done == (world.candidate == "announced" and all(case.settled for case in world.cases))
            if done:
                world.candidate = "approved"
        elif draw.random() < 0.03 and world.candidate in ("announced", "suspended"):
            fire(session, candidate, "give_up", actor=factories.actor(candidate.owner), now=LATER)
            world.candidate = "gave_up"
        else:
            place, step, who = draw.randrange(len(rows)), draw.choice(steps), draw.choice(list(actors))
            case = world.cases[place]
            form: Any = FINDING if step in OUTCOMES else {"reason": "有误"} if step == "take_back" else None
            expected = world.may(case, step, who)
            row, actor = rows[place], actors[who]
            done = attempt(session, _step(objections, session, row, step, actor, form))
            assert done == expected, (step, who, case)
            if done:
                world.do(case, step, who)
        session.refresh(candidate)
        assert candidate.state == world.candidate
        assert [(row.state, row.public_state) for row in rows] == [(c.state, c.public) for c in world.cases]
    session.commit()
    _whole()


def _step(room: Any, session: Session, row: Any, step: str, actor: Actor, form: Any) -> Any:
    return lambda: room.decide(session, row, step, actor, LATER, form=form)


def _whole() -> None:
    """The journal of everything that happened is unbroken."""
    tables = {name: flow.table for name, flow in engine().flows.items()}
    assert verify(db.engine, tables).findings == ()


@pytest.mark.parametrize("seed", range(60 if FULL else 3))
def test_appeals(session: Session, seed: int) -> None:
    draw = random.Random(seed)
    first_decider = appealing.reviewer(session)
    decision = appealing.decided(session, "recheck", first_decider)
    people = {"one": appealing.reviewer(session), "two": appealing.reviewer(session), "first": first_decider}
    actors = {name: factories.actor(person) for name, person in people.items()}
    actors["owner"] = appealing.owner(decision)
    row = appealing.appeal(session, decision)
    state, public, by, standing = "filed", "filed", "", "recheck_failed"
    steps = ["accept", "uphold", "reject", "release", "release", "take_back", "withdraw"]
    for _ in range(25):
        step, who = draw.choice(steps), draw.choice(list(actors))
        if step == "withdraw":
            may = who == "owner" and not by and state in ("filed", "accepted")
            done = attempt(session, lambda: appeals.withdraw(session, row, actors[who], LATER))  # noqa: B023
        else:
            form: Any = FINDING if step in RULINGS else {"reason": "有误"} if step == "take_back" else None
            may = (
                who in ("one", "two")
                and {
                    "accept": not by and state == "filed",
                    "uphold": not by and state == "accepted",
                    "reject": not by and state == "accepted",
                    "release": bool(by) and by != who,
                    "take_back": bool(by),
                }[step]
            )
            done = attempt(session, _step(appeals, session, row, step, actors[who], form))
        assert done == may, (step, who, state, by)
        if done and step in RULINGS:
            state, by = RULINGS[step], who
        elif done and step == "release":
            public, by = state, ""
            standing = "shortlisted" if state == "upheld" else standing
        elif done and step == "take_back":
            state, by = public, ""
        elif done:
            state = public = {"accept": "accepted", "withdraw": "withdrawn"}[step]
        assert (row.state, row.public_state) == (state, public)
        assert session.scalar(sa.select(Candidate.state).where(Candidate.id == row.candidate_id)) == standing
    told = session.scalar(
        sa.select(sa.func.count()).where(event.c.workflow == "candidate", event.c.transition == "reverse")
    )
    assert told == (standing == "shortlisted")
