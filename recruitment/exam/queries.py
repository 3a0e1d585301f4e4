"""Reads of the exam day."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from recruitment.applications.models import Application
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.exam import seating
from recruitment.exam.models import (
    Attendance,
    ExamAssignment,
    ExamPlan,
    ExamRoom,
    ExamSeat,
    ExamSubject,
    Venue,
)
from recruitment.people.crypto import blind_index
from recruitment.workflow import engine


def sitting() -> tuple[str, ...]:
    """The states in which a candidate may sit the exam."""
    return engine().flows["candidate"].latest.group("sitting")


def unseated() -> tuple[str, ...]:
    """The states in which a ticket is worth nothing any more."""
    return engine().flows["candidate"].latest.group("unseated")


def plan_of(session: Session, call_id: uuid.UUID) -> ExamPlan | None:
    return session.scalar(sa.select(ExamPlan).where(ExamPlan.call_id == call_id))


def released(session: Session, call_id: uuid.UUID) -> bool:
    """Whether the tickets of a call have been released."""
    return bool(
        session.scalar(
            sa.select(sa.exists().where(ExamPlan.call_id == call_id, ExamPlan.released_at.is_not(None)))
        )
    )


def tickets_open(plan: ExamPlan | None, now: datetime) -> bool:
    """Whether candidates can print their tickets."""
    return bool(plan and plan.released_at and plan.tickets_from <= now <= plan.tickets_until)


# Venues and rooms


def within(areas: Sequence[str]) -> sa.ColumnElement[bool]:
    """The venue lies in one of the areas, given as prefixes of county codes."""
    return sa.or_(sa.false(), *(Venue.county_code.startswith(area, autoescape=True) for area in areas))


@dataclass(frozen=True, slots=True)
class VenueLine:
    """A venue as lists show it: how many rooms and seats it has, how many people are seated there."""

    venue: Venue
    rooms: int
    capacity: int
    seated: int


def venues(session: Session, call_id: uuid.UUID, areas: Sequence[str]) -> list[VenueLine]:
    """The venues of a call in the areas, in their order."""
    rooms = (
        sa.select(
            ExamRoom.venue_id,
            sa.func.count().label("rooms"),
            sa.func.sum(ExamRoom.capacity).label("capacity"),
        )
        .group_by(ExamRoom.venue_id)
        .subquery()
    )
    seats = (
        sa.select(ExamRoom.venue_id, sa.func.count().label("seated"))
        .join(ExamSeat, ExamSeat.room_id == ExamRoom.id)
        .join(Candidate, Candidate.id == ExamSeat.candidate_id)
        .where(ExamSeat.call_id == call_id, Candidate.state.not_in(unseated()))
        .group_by(ExamRoom.venue_id)
        .subquery()
    )
    rows = session.execute(
        sa.select(
            Venue,
            sa.func.coalesce(rooms.c.rooms, 0),
            sa.func.coalesce(rooms.c.capacity, 0),
            sa.func.coalesce(seats.c.seated, 0),
        )
        .join(Venue.county)
        .options(contains_eager(Venue.county))
        .outerjoin(rooms, rooms.c.venue_id == Venue.id)
        .outerjoin(seats, seats.c.venue_id == Venue.id)
        .where(Venue.call_id == call_id, within(areas))
        .order_by(Venue.prefecture_code, Venue.code)
    )
    return [VenueLine(venue, count, capacity, seated) for venue, count, capacity, seated in rows]


def venue(session: Session, call_id: uuid.UUID, venue_id: uuid.UUID, areas: Sequence[str]) -> Venue | None:
    """One venue of the call, if it lies in one of the areas."""
    return session.scalar(
        sa.select(Venue).where(Venue.id == venue_id, Venue.call_id == call_id, within(areas))
    )


@dataclass(frozen=True, slots=True)
class RoomLine:
    """A room and how many people are seated there."""

    room: ExamRoom
    seated: int


def rooms(session: Session, venue_id: uuid.UUID) -> list[RoomLine]:
    """The rooms of a venue, in their order."""
    rows = session.execute(
        sa.select(ExamRoom, sa.func.count(Candidate.id))
        .outerjoin(ExamSeat, ExamSeat.room_id == ExamRoom.id)
        .outerjoin(
            Candidate, sa.and_(Candidate.id == ExamSeat.candidate_id, Candidate.state.not_in(unseated()))
        )
        .where(ExamRoom.venue_id == venue_id)
        .group_by(ExamRoom.id)
        .order_by(ExamRoom.number)
    )
    return [RoomLine(room, number) for room, number in rows]


def room(session: Session, call_id: uuid.UUID, room_id: uuid.UUID, areas: Sequence[str]) -> ExamRoom | None:
    """One room of the call with its venue, if that lies in one of the areas."""
    return session.scalar(
        sa.select(ExamRoom)
        .join(ExamRoom.venue)
        .options(contains_eager(ExamRoom.venue))
        .where(ExamRoom.id == room_id, Venue.call_id == call_id, within(areas))
    )


# Seats


def _community(call: Call) -> sa.ColumnElement[str]:
    """The community of the post held on the reference date, the one entered last where there are several."""
    day = call.reference_date.isoformat()
    tenure = sa.func.jsonb_array_elements(Application.form["tenures"]).table_valued("value").alias("tenure")
    begins, ends = tenure.c.value.op("->>")("from"), tenure.c.value.op("->>")("to")
    return (
        sa.select(tenure.c.value.op("->>")("community"))
        .where(begins <= day, sa.or_(ends.is_(None), ends >= day))
        .order_by(begins.desc())
        .limit(1)
        .correlate(Application)
        .scalar_subquery()
    )


def _label(call: Call, community: str | None) -> str:
    """A community as the published tables name it: who serves where must not be read from them."""
    return blind_index("exam community", f"{call.id}|{community}")[:16] if community else ""


def seekers(session: Session, call: Call, *, without_seat: bool = False) -> list[seating.Candidate]:
    """Who may sit the exam, as the assignment of seats takes them."""
    query = (
        sa.select(Candidate.id, Candidate.area_code, _community(call))
        .join(Application, Application.id == Candidate.application_id)
        .where(Candidate.call_id == call.id, Candidate.state.in_(sitting()))
        .order_by(Candidate.id)
    )
    if without_seat:
        query = query.where(~sa.exists().where(ExamSeat.candidate_id == Candidate.id))
    return [
        seating.Candidate(str(candidate_id), area[:4] + "00", _label(call, community))
        for candidate_id, area, community in session.execute(query)
    ]


def seating_rooms(session: Session, call_id: uuid.UUID) -> dict[seating.Room, uuid.UUID]:
    """The rooms of a call as the assignment of seats takes them, with their ids."""
    rows = session.execute(
        sa.select(ExamRoom.id, Venue.prefecture_code, Venue.code, ExamRoom.number, ExamRoom.capacity)
        .join(ExamRoom.venue)
        .where(Venue.call_id == call_id)
    )
    return {seating.Room(code, number, room, size): key for key, code, number, room, size in rows}


def seated(
    session: Session, call: Call, rooms: dict[seating.Room, uuid.UUID]
) -> list[tuple[seating.Seat, str]]:
    """Who has a seat in which of the rooms, with their community."""
    by_id = {key: room for room, key in rooms.items()}
    rows = session.execute(
        sa.select(ExamSeat.candidate_id, ExamSeat.room_id, ExamSeat.number, _community(call))
        .join(Candidate, Candidate.id == ExamSeat.candidate_id)
        .join(Application, Application.id == Candidate.application_id)
        .where(ExamSeat.call_id == call.id)
    )
    return [
        (seating.Seat(str(candidate_id), by_id[room_id], number), _label(call, community))
        for candidate_id, room_id, number, community in rows
    ]


TABLES = ("candidates", "rooms", "seats")


def table(session: Session, plan: ExamPlan, name: str) -> str | None:
    """One of :data:`TABLES` as CSV: what anybody needs to repeat the assignment, and what came out of it.

    As they were on that day: who gave up since is in them, who was seated later is not.
    """
    column = {
        "candidates": ExamAssignment.candidates,
        "rooms": ExamAssignment.rooms,
        "seats": ExamAssignment.seats,
    }[name]
    return session.scalar(sa.select(column).where(ExamAssignment.plan_id == plan.id))


@dataclass(frozen=True, slots=True)
class Demand:
    """Of a prefecture: who may sit the exam, seats there are, and people who have one."""

    prefecture_code: str
    people: int = 0
    capacity: int = 0
    seated: int = 0

    @property
    def missing(self) -> int:
        return max(self.people - self.capacity, 0)


def _counts(session: Session, query: sa.Select[Any]) -> dict[str, int]:
    return {str(code): int(number) for code, number in session.execute(query)}


def demand(session: Session, call_id: uuid.UUID) -> list[Demand]:
    """By prefecture, those without people and without seats left out."""
    code = sa.func.left(Candidate.area_code, 4)
    people = _counts(
        session,
        sa.select(code, sa.func.count())
        .where(Candidate.call_id == call_id, Candidate.state.in_(sitting()))
        .group_by(code),
    )
    capacity = _counts(
        session,
        sa.select(sa.func.left(Venue.prefecture_code, 4), sa.func.sum(ExamRoom.capacity))
        .join(ExamRoom.venue)
        .where(Venue.call_id == call_id)
        .group_by(Venue.prefecture_code),
    )
    seated = _counts(
        session,
        sa.select(code, sa.func.count())
        .join(ExamSeat, ExamSeat.candidate_id == Candidate.id)
        .where(ExamSeat.call_id == call_id, Candidate.state.in_(sitting()))
        .group_by(code),
    )
    return [
        Demand(key + "00", people.get(key, 0), capacity.get(key, 0), seated.get(key, 0))
        for key in sorted(people.keys() | capacity.keys())
    ]


def printed(session: Session, call_id: uuid.UUID) -> tuple[int, int]:
    """How many of those who have a seat and may sit the exam have printed their ticket, and how many have not."""
    row = session.execute(
        sa.select(
            sa.func.count().filter(ExamSeat.printed_at.is_not(None)),
            sa.func.count().filter(ExamSeat.printed_at.is_(None)),
        )
        .join(Candidate, Candidate.id == ExamSeat.candidate_id)
        .where(ExamSeat.call_id == call_id, Candidate.state.in_(sitting()))
    ).one()
    return row[0], row[1]


# Attendance


def absences(session: Session, call_id: uuid.UUID) -> dict[uuid.UUID, set[str]]:
    """Who did not come to which papers, by candidate: codes of subjects. Who came to all is not in it."""
    found: dict[uuid.UUID, set[str]] = {}
    rows = session.execute(
        sa.select(Attendance.candidate_id, ExamSubject.code)
        .join(ExamSubject, ExamSubject.id == Attendance.subject_id)
        .join(ExamPlan, ExamPlan.id == ExamSubject.plan_id)
        .where(ExamPlan.call_id == call_id, Attendance.present.is_(False))
    )
    for candidate_id, code in rows:
        found.setdefault(candidate_id, set()).add(code)
    return found


def attended(
    session: Session, call_id: uuid.UUID, candidate_ids: Collection[uuid.UUID]
) -> set[tuple[uuid.UUID, str]]:
    """Of these candidates, who is recorded to have come to which paper: candidate and code of the subject."""
    rows = session.execute(
        sa.select(Attendance.candidate_id, ExamSubject.code)
        .join(ExamSubject, ExamSubject.id == Attendance.subject_id)
        .join(ExamPlan, ExamPlan.id == ExamSubject.plan_id)
        .where(
            ExamPlan.call_id == call_id,
            Attendance.candidate_id.in_(candidate_ids),
            Attendance.present.is_(True),
        )
    )
    return {(candidate_id, code) for candidate_id, code in rows}
