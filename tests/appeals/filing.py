"""Decisions to appeal against, and appeals, for tests."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from recruitment.appeals import operations, queries
from recruitment.appeals.kinds import KINDS
from recruitment.appeals.models import Appeal
from recruitment.appeals.queries import Decision
from recruitment.candidates.models import Candidate
from recruitment.people.models import Role, User
from recruitment.workflow import engine
from tests import factories
from tests.factories import NOW
from tests.public_notice import board
from workflows.definition import Transition
from workflows.journal import body_of, hash_of, tail_of
from workflows.schema import event
from workflows.terms import Actor

LATER = NOW + timedelta(hours=2)
RULING = {"reason": "已调阅原件。", "told": "经复核，原件有效。"}
# Where a decision is made, and who makes it, by kind; what the stages themselves ask for is their own tests' business.
BEFORE = {
    "scores": "confirmed",
    "recheck": "shortlisted",
    "medical": "medical",
    "inspection": "inspection",
    "rejection": "announced",
    "void": "rechecked",
    "cancellation": "approved",
}


def decided(session: Session, kind: str, by: User | None = None, at: datetime = NOW) -> Decision:
    """Somebody about whom a decision of the kind was made by ``by``."""
    if kind == "refusal":
        application = factories.application(session, state="refused", at=at)
        return queries.decisions(session, application, None)[0]
    candidate = factories.candidate(session)
    record(session, candidate, kind, by or reviewer(session), at)
    (found,) = [d for d in queries.decisions(session, candidate.application, candidate) if d.kind == kind]
    return found


def record(session: Session, candidate: Candidate, kind: str, by: User, at: datetime) -> None:
    """Let a decision about a candidate stand in the journal, without the stages that lead to it."""
    definition_version = candidate.definition_version
    step = _step(kind)
    actor = factories.actor(by)
    seq = candidate.state_version + 1
    target = KINDS[kind].states[-1]
    body = body_of(
        BEFORE[kind], target, "prefecture_reviewer", tail_of(step, definition_version, actor, None)
    )
    digest = hash_of(candidate.last_hash, "candidate", candidate.id, seq, at, body)
    session.execute(
        event.insert().values(
            workflow="candidate",
            subject_id=candidate.id,
            seq=seq,
            at=at,
            body=body,
            prev_hash=candidate.last_hash,
            hash=digest,
        )
    )
    board.stand(session, candidate, target)
    candidate.state_version, candidate.last_hash = seq, digest
    session.flush()


def _step(kind: str) -> Transition:
    name = KINDS[kind].decisions[-1] if kind == "scores" else KINDS[kind].decisions[0]
    return engine().flows["candidate"].latest.transitions[name]


def reviewer(session: Session, role: Role = Role.PREFECTURE_REVIEWER, area: str = "510700") -> User:
    return factories.staff(session, role, area)


def owner(decision: Decision) -> Actor:
    return factories.actor(decision.application.owner)


def appeal(session: Session, decision: Decision, at: datetime = LATER) -> Appeal:
    return operations.file(session, decision, owner(decision), at, text="我的任职证明是真的，请再核实。")


def ruled(session: Session, made: Appeal, trigger: str, at: datetime = LATER) -> tuple[Actor, Actor]:
    """Accepted and ruled on, not yet released; who ruled and who may release."""
    first, second = factories.actor(reviewer(session)), factories.actor(reviewer(session))
    operations.decide(session, made, "accept", first, at)
    operations.decide(session, made, trigger, first, at, form=RULING)
    return first, second
