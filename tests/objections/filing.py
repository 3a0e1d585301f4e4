"""Objections for tests, filed the way the public files them."""

import secrets
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.candidates.models import Candidate
from recruitment.objections import operations
from recruitment.objections.models import Objection
from recruitment.people.models import Role, User
from recruitment.public_notice.models import PublicNoticeRow
from tests import factories
from workflows.terms import Actor

LATER = factories.NOW + timedelta(hours=3)
INFORMER = {"name": "赵知情", "contact": "13911112222", "email": "zhao@test.example"}
TEXT = "此人任职期间虚报了村里的补助款，有账目为证。"
FINDING = {"reason": "已调取账目核对。", "told": "反映的情况已经核查。"}


def row_of(session: Session, candidate: Candidate) -> PublicNoticeRow:
    return session.scalars(
        sa.select(PublicNoticeRow).where(PublicNoticeRow.candidate_id == candidate.id)
    ).one()


def objection(session: Session, candidate: Candidate, at: datetime = LATER, **values: Any) -> Objection:
    """Somebody objects to a candidate on notice."""
    values.setdefault("text", TEXT)
    values.setdefault("request_key", secrets.token_hex(32))
    made, _code = operations.file(session, row_of(session, candidate), at, **values)
    return made


def reviewer(session: Session, role: Role = Role.PREFECTURE_REVIEWER, area: str = "510700") -> User:
    return factories.staff(session, role, area)


def pair(session: Session) -> tuple[Actor, Actor]:
    """Who finds, and who releases what was found."""
    return factories.actor(reviewer(session)), factories.actor(reviewer(session))


def settle(session: Session, made: Objection, trigger: str, at: datetime = LATER) -> Actor:
    """Inquire, find, and have a second person release it; returns the second."""
    first, second = pair(session)
    operations.decide(session, made, "investigate", first, at)
    operations.decide(session, made, trigger, first, at, form=FINDING)
    operations.decide(session, made, "release", second, at)
    session.refresh(made.candidate)
    return second
