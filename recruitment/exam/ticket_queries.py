"""Reads of admission tickets."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, lazyload

from recruitment.applications.models import Application
from recruitment.calls.models import Call, Position
from recruitment.candidates.models import Candidate
from recruitment.exam.models import ExamPlan, ExamRoom, ExamSeat, Venue
from recruitment.exam.queries import plan_of, rooms, unseated
from recruitment.exam.tickets import Sitting, Ticket, genuine, number_in, sign
from recruitment.people.models import User


def _photo() -> sa.ColumnElement[Any]:
    return sa.func.jsonb_path_query_first(
        Application.form, sa.text("""'$.documents[*] ? (@.kind == "photo").id'""")
    ).op("#>>")(sa.text("'{}'"))


def _ticket_rows(*conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    return (
        sa.select(ExamSeat, Candidate, User, Position, ExamRoom, Venue, _photo().label("photo"))
        .join(Candidate, Candidate.id == ExamSeat.candidate_id)
        .join(Application, Application.id == Candidate.application_id)
        .join(User, User.id == Candidate.owner_id)
        .join(Position, Position.id == Candidate.position_id)
        .join(ExamRoom, ExamRoom.id == ExamSeat.room_id)
        .join(Venue, Venue.id == ExamRoom.venue_id)
        .options(lazyload(User.grants), lazyload(Position.county))
        .where(Candidate.ticket_number.is_not(None), *conditions)
        .order_by(Venue.prefecture_code, Venue.code, ExamRoom.number, ExamSeat.number)
    )


def _ticket(row: Any, call: Call, plan: ExamPlan) -> Ticket:
    seat, candidate, owner, position, room, venue, photo = row
    return Ticket(
        candidate_id=candidate.id,
        call_title=call.title,
        hotline=call.hotline,
        number=candidate.ticket_number,
        name=owner.name,
        sex=owner.sex or "",
        id_number=owner.masked_id_number,
        organ=position.organ,
        position=position.name,
        position_code=position.code,
        venue=venue.name,
        venue_code=venue.code,
        address=venue.address,
        directions=venue.directions,
        room=room.number,
        room_place=room.place,
        seat=seat.number,
        photo=uuid.UUID(photo) if photo else None,
        timetable=tuple(Sitting(item.name, item.starts_at, item.ends_at) for item in plan.subjects),
        rules=tuple(line.strip() for line in plan.rules.splitlines() if line.strip()),
        code=sign(candidate.id, candidate.ticket_number),
    )


def ticket(session: Session, candidate: Candidate) -> Ticket | None:
    """A candidate's admission ticket; none without a seat, or when it is worth nothing any more."""
    plan = plan_of(session, candidate.call_id)
    row = session.execute(
        _ticket_rows(ExamSeat.candidate_id == candidate.id, Candidate.state.not_in(unseated()))
    ).one_or_none()
    return _ticket(row, candidate.call, plan) if plan and row else None


def tickets_in(session: Session, call: Call, plan: ExamPlan, room_id: uuid.UUID) -> list[Ticket]:
    """The tickets of everybody who sits in a room, by seat."""
    rows = session.execute(_ticket_rows(ExamSeat.room_id == room_id, Candidate.state.not_in(unseated())))
    return [_ticket(row, call, plan) for row in rows]


def tickets_by_room(
    session: Session, call: Call, plan: ExamPlan, venue_id: uuid.UUID
) -> Iterator[tuple[ExamRoom, list[Ticket]]]:
    """The same for each room of a venue where somebody sits, one room in memory at a time."""
    for line in rooms(session, venue_id):
        if line.seated:
            found = tickets_in(session, call, plan, line.room.id)
            if found:
                yield line.room, found


@dataclass(frozen=True, slots=True)
class Checked:
    """What the public learns of a genuine ticket."""

    call_title: str
    number: str
    name: str
    venue: str
    room: int
    seat: int


def check(session: Session, code: str) -> Checked | None:
    """The ticket of a code; none if there is no such ticket or it is worth nothing any more."""
    number = number_in(code)
    if number is None:
        return None
    rows = session.execute(
        sa.select(Candidate.id, User.name, Call.title, Venue.name, ExamRoom.number, ExamSeat.number)
        .join(User, User.id == Candidate.owner_id)
        .join(Call, Call.id == Candidate.call_id)
        .join(ExamSeat, ExamSeat.candidate_id == Candidate.id)
        .join(ExamRoom, ExamRoom.id == ExamSeat.room_id)
        .join(Venue, Venue.id == ExamRoom.venue_id)
        .join(ExamPlan, ExamPlan.call_id == Call.id)
        .where(
            Candidate.ticket_number == number,
            Candidate.state.not_in(unseated()),
            ExamPlan.released_at.is_not(None),
        )
    )
    for candidate_id, name, title, venue_name, room_number, seat in rows:
        if genuine(code, candidate_id, number):
            return Checked(title, number, name, venue_name, room_number, seat)
    return None
