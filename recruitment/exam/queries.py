"""Reads of the exam day."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, lazyload

from recruitment.applications.models import Application
from recruitment.calls.models import Call, Position
from recruitment.candidates.models import Candidate
from recruitment.exam import seating
from recruitment.exam.models import Attendance, ExamPlan, ExamRoom, ExamSeat, ExamSubject, Venue
from recruitment.exam.tickets import Sitting, Ticket, genuine, number_in, sign
from recruitment.people.models import User
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
        .where(ExamSeat.call_id == call_id)
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
    seated = sa.func.count(ExamSeat.candidate_id)
    rows = session.execute(
        sa.select(ExamRoom, seated)
        .outerjoin(ExamSeat, ExamSeat.room_id == ExamRoom.id)
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
        seating.Candidate(str(candidate_id), area[:4] + "00", community or "")
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
        (seating.Seat(str(candidate_id), by_id[room_id], number), community or "")
        for candidate_id, room_id, number, community in rows
    ]


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


# Tickets


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


@dataclass(frozen=True, slots=True)
class Figures:
    """People seated, and by subject: absent, present, and not yet recorded."""

    seated: int
    absent: dict[uuid.UUID, int] = field(default_factory=dict)
    present: dict[uuid.UUID, int] = field(default_factory=dict)

    def unrecorded(self, subject_id: uuid.UUID) -> int:
        return self.seated - self.absent.get(subject_id, 0) - self.present.get(subject_id, 0)
