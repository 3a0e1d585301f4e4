"""Candidates brought to the medical and beyond by the operations that the product uses."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.medical import operations
from recruitment.medical.models import Outcome
from recruitment.notices.models import Notice
from recruitment.notices.operations import publish
from recruitment.people.models import Role, User
from recruitment.workflow import fire
from tests import factories
from tests.factories import COUNTY, NOW
from workflows.schema import event, outbox

PREFECTURE = COUNTY[:4] + "00"
DAY = date(2026, 11, 21)


def interviewed(session: Session, of: Call | None = None, **chosen: Any) -> Candidate:
    """Somebody who has been interviewed; how they got there is the business of other stages."""
    made = factories.candidate(session, of, **chosen)
    made.state = made.public_state = "interviewed"
    made.ticket_number = f"2026{sum(map(ord, str(made.id))):04d}{str(made.id)[:6]}"
    session.flush()
    return made


def officer(session: Session, area: str = PREFECTURE) -> User:
    """A reviewer of the prefecture."""
    return factories.staff(session, Role.PREFECTURE_REVIEWER, area)


def in_medical(session: Session, of: Call | None = None, at: datetime = NOW, **chosen: Any) -> Candidate:
    """Somebody whose medical is still to come."""
    made = interviewed(session, of, **chosen)
    admin = factories.actor(factories.staff(session, Role.ADMIN))
    fire(session, made, "to_medical", actor=admin, now=at)
    return made


def enter(
    session: Session,
    candidate: Candidate,
    outcome: str,
    at: datetime = NOW,
    person: User | None = None,
    **more: Any,
) -> Any:
    """Enter a result as a reviewer of the prefecture would."""
    return operations.enter_result(
        session,
        candidate,
        person or officer(session, candidate.area_code[:4] + "00"),
        at,
        outcome=Outcome(outcome),
        item=more.pop("item", "视力" if outcome == "fail" else None),
        examined_on=more.pop("examined_on", DAY),
        **more,
    )


def in_inspection(session: Session, of: Call | None = None, **chosen: Any) -> Candidate:
    """Somebody who passed the medical."""
    made = in_medical(session, of, **chosen)
    enter(session, made, "pass")
    return made


def notices(session: Session, candidate: Candidate) -> list[str]:
    """The names of the notices that a candidate's steps raised, in order; from the medical on for who came that far."""
    mine = outbox.c.subject_id == candidate.id
    found = session.scalars(sa.select(outbox.c.notice).where(mine).order_by(outbox.c.event))
    names = [name.removeprefix("candidate.") for name in found]
    return names[names.index("to_medical") :] if "to_medical" in names else names


def told(session: Session, candidate: Candidate, notice: str, now: datetime = NOW) -> Notice:
    """The text of a notice, as its reader gets it."""
    row = session.scalars(
        sa.select(outbox.c.id)
        .where(outbox.c.subject_id == candidate.id, outbox.c.notice == f"candidate.{notice}")
        .order_by(outbox.c.event.desc())
    ).first()
    assert row is not None
    publish(session, row, now)
    session.flush()
    return session.scalars(sa.select(Notice).where(Notice.outbox_id == row)).one()


def steps(session: Session, candidate: Candidate) -> list[str]:
    """The transitions a candidate went through."""
    mine = event.c.subject_id == candidate.id
    return list(session.scalars(sa.select(event.c.transition).where(mine).order_by(event.c.seq)))


def key() -> str:
    return uuid.uuid4().hex


HOUR = timedelta(hours=1)
