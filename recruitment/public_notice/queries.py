"""Reads of public notices."""

import tomllib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from recruitment.applications.models import Application
from recruitment.areas.catalogue import prefix
from recruitment.calls.models import Call, Position
from recruitment.candidates.models import Candidate
from recruitment.people.models import User
from recruitment.public_notice.models import NoticeSettings, PublicNotice, PublicNoticeRow

# Whom the objections of a running notice may concern.
ON_NOTICE = ("announced", "suspended")


@dataclass(frozen=True, slots=True)
class Term:
    """How many working days a notice stands and an objection takes, and why."""

    working_days: int
    inquiry_days: int
    source: str


@cache
def _defaults() -> tuple[dict[str, Any], ...]:
    text = files("recruitment.public_notice").joinpath("defaults.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["term"])


def default_term(day: date) -> Term:
    """The default in force on a day; the earliest one before any is."""
    terms = sorted(_defaults(), key=lambda term: term["from"])
    found = next((term for term in reversed(terms) if term["from"] <= day), terms[0])
    return Term(found["working_days"], found["inquiry_days"], found["source"])


def term(session: Session, call: Call) -> Term:
    """What a call's notices go by."""
    own = session.get(NoticeSettings, call.id)
    if own is not None:
        return Term(own.working_days, own.inquiry_days, f"{call.title}的设置")
    return default_term(call.reference_date)


def in_area(code: str) -> sa.ColumnElement[bool]:
    """Whether a candidate belongs to a prefecture, or to the province."""
    return Candidate.area_code.startswith(prefix(code), autoescape=True)


def cleared(session: Session, call: Call, area: str) -> Sequence[Candidate]:
    """Whom a notice of the area would show: by county, position, name."""
    return session.scalars(
        sa.select(Candidate)
        .join(Candidate.position)
        .join(Application, Application.id == Candidate.application_id)
        .join(User, User.id == Candidate.owner_id)
        .where(Candidate.call_id == call.id, Candidate.state == "cleared", in_area(area))
        .options(
            joinedload(Candidate.application),
            joinedload(Candidate.owner),
            joinedload(Candidate.position).joinedload(Position.county),
        )
        .order_by(Position.county_code, Position.code, Candidate.ticket_number, Candidate.id)
    ).all()


def cleared_by_prefecture(session: Session, call: Call) -> dict[str, int]:
    """How many wait for their notice, by prefecture."""
    code = sa.func.left(Candidate.area_code, 4)
    rows = session.execute(
        sa.select(code, sa.func.count())
        .where(Candidate.call_id == call.id, Candidate.state == "cleared")
        .group_by(code)
        .order_by(code)
    )
    return {f"{area}00": count for area, count in rows}


def of_call(session: Session, call: Call, *states: str) -> Sequence[tuple[PublicNotice, int]]:
    """A call's notices with how many people each names, the latest first."""
    number = (
        sa.select(sa.func.count())
        .where(PublicNoticeRow.notice_id == PublicNotice.id)
        .correlate(PublicNotice)
        .scalar_subquery()
    )
    query = sa.select(PublicNotice, number).where(PublicNotice.call_id == call.id)
    if states:
        query = query.where(PublicNotice.state.in_(states))
    return [
        (notice, count)
        for notice, count in session.execute(query.order_by(PublicNotice.created_at.desc(), PublicNotice.id))
    ]


def find(session: Session, call: Call, notice_id: uuid.UUID) -> PublicNotice | None:
    """A notice of the call with its rows."""
    return session.scalar(
        sa.select(PublicNotice)
        .where(PublicNotice.id == notice_id, PublicNotice.call_id == call.id)
        .options(selectinload(PublicNotice.rows))
    )


def numbers_of(session: Session, notice_id: uuid.UUID) -> frozenset[str]:
    """Identity and phone numbers of everybody on a list, to make sure that none is on it."""
    found: set[str] = set()
    people = session.execute(
        sa.select(User.id_number, User.phone)
        .join(Candidate, Candidate.owner_id == User.id)
        .join(PublicNoticeRow, PublicNoticeRow.candidate_id == Candidate.id)
        .where(PublicNoticeRow.notice_id == notice_id)
    )
    for id_number, phone in people:
        found |= {number for number in (id_number, phone) if number}
    return frozenset(found)


def running_row(session: Session, candidate_id: uuid.UUID) -> PublicNoticeRow | None:
    """The candidate's place on the notice that stands now, if any."""
    return session.scalar(
        sa.select(PublicNoticeRow)
        .join(PublicNoticeRow.notice)
        .where(PublicNoticeRow.candidate_id == candidate_id, PublicNotice.state == "running")
        .options(joinedload(PublicNoticeRow.notice))
    )
