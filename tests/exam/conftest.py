"""A call on its way to the exam: who may sit it, where, and an admin at the screen."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.exam import operations, venue_operations
from recruitment.exam.operations import SubjectTimes
from recruitment.exam.venue_list import VenueRow
from recruitment.people.models import User
from tests import factories, pages
from tests.client import Client
from tests.conftest import Clock
from tests.desk import browser, counted, person, supervisor  # noqa: F401

DAY = datetime(2026, 12, 19, 1, 0, tzinfo=UTC)
WINDOW = factories.NOW - timedelta(hours=1), factories.NOW + timedelta(days=20)
TIMES = [
    SubjectTimes("xingce", "行政职业能力测验", DAY, DAY + timedelta(hours=2)),
    SubjectTimes("shenlun", "申论", DAY + timedelta(hours=5), DAY + timedelta(hours=7, minutes=30)),
]


def save_plan(session: Session, call: Call, person: User) -> None:  # noqa: F811
    operations.save_plan(
        session,
        call,
        person,
        factories.NOW,
        ticket_prefix="2026",
        tickets_from=WINDOW[0],
        tickets_until=WINDOW[1],
        rules="请提前30分钟到场。\n请带身份证。",
        subjects=TIMES,
    )


def venue_row(county: str = factories.COUNTY, code: int = 1, rooms: int = 2, capacity: int = 30) -> VenueRow:
    return VenueRow(county, code, f"第{code}中学", "学府路1号", 1, rooms, capacity, place="1号楼")


@pytest.fixture
def call(session: Session, person: User, clock: Clock) -> Call:  # noqa: F811
    """A call with a plan and two rooms in 绵阳市."""
    clock.set(factories.NOW)
    made = factories.call(session, person.actor(), slug="2026")
    save_plan(session, made, person)
    venue_operations.replace_venues(session, made, person, [venue_row()], factories.NOW)
    session.commit()
    return made


@pytest.fixture
def candidate(session: Session, call: Call) -> Candidate:
    made = factories.candidate(session, call)
    session.commit()
    return made


@pytest.fixture
def ticketed(session: Session, call: Call, candidate: Candidate, person: User) -> Candidate:  # noqa: F811
    """Somebody whose ticket has been released."""
    operations.assign_seats(session, call, person, "815", factories.NOW)
    operations.release_tickets(session, call, person, factories.NOW)
    session.commit()
    return candidate


@pytest.fixture
def cadre(app: Flask, session: Session, candidate: Candidate) -> Client:
    """The candidate's browser."""
    owner = session.get(User, candidate.owner_id)
    assert owner
    return pages.sign_in(app, session, owner)


def seats_of(session: Session, call_id: uuid.UUID) -> dict[uuid.UUID, str | None]:
    """Everybody's ticket number."""
    session.expire_all()
    return {row.id: row.ticket_number for row in session.query(Candidate).where(Candidate.call_id == call_id)}
