"""Candidates ready for their notice, and notices, for tests."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.people.models import Role
from recruitment.public_notice import operations
from recruitment.public_notice.models import PublicNotice
from tests import factories
from workflows.terms import Actor


def stand(session: Session, candidate: Candidate, state: str) -> Candidate:
    """Let a candidate stand in a state, whatever the stages before it ask for."""
    session.flush()
    values = {"state": state, "public_state": state}
    session.execute(sa.update(Candidate).where(Candidate.id == candidate.id).values(values))
    session.refresh(candidate)
    return candidate


def cleared(session: Session, of: Call | None = None, **chosen: Any) -> Candidate:
    """Somebody whose background inspection is passed."""
    return stand(session, factories.candidate(session, of, **chosen), "cleared")


def admin(session: Session, area: str = factories.PROVINCE) -> Actor:
    return factories.actor(factories.staff(session, Role.ADMIN, area))


def running(session: Session, *candidates: Candidate, at: datetime = factories.NOW) -> PublicNotice:
    """A published notice of everybody who is cleared in the first one's call."""
    actor = admin(session)
    notice = operations.prepare(session, candidates[0].call, factories.PROVINCE, actor, at)
    operations.publish(session, notice, actor, at)
    for candidate in candidates:
        session.refresh(candidate)
    return notice
