"""Everything that changes venues and rooms."""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from recruitment.audit.operations import record
from recruitment.calls.models import Call
from recruitment.exam.models import ExamRoom, ExamSeat, Venue
from recruitment.exam.operations import in_charge, locked
from recruitment.exam.venue_list import VenueRow
from recruitment.people.models import User
from workflows.terms import Reason, Refused


def replace_venues(
    session: Session, call: Call, person: User, rows: Iterable[VenueRow], now: datetime
) -> int:
    """Put a checked list of venues in place of the present one, whole; returns how many rooms.

    Raises:
        Refused: seats have been assigned, or the call is not theirs.
    """
    in_charge(call, person)
    plan = locked(session, call)
    if plan and plan.seats_at:
        raise Refused([Reason("seats_assigned", _("座位已经编排，不能整体替换考点；可以逐个增加或修改。"))])
    session.execute(sa.delete(Venue).where(Venue.call_id == call.id))
    venues: dict[tuple[str, int], dict[str, Any]] = {}
    rooms: list[dict[str, Any]] = []
    for row in rows:
        venue = venues.setdefault(
            (row.prefecture_code, row.code),
            {
                "id": uuid.uuid4(),
                "call_id": call.id,
                "prefecture_code": row.prefecture_code,
                "county_code": row.county_code,
                "code": row.code,
                "name": row.name,
                "address": row.address,
                "directions": row.directions,
            },
        )
        rooms += [
            {"venue_id": venue["id"], "number": number, "place": row.place, "capacity": row.capacity}
            for number in row.rooms
        ]
    if venues:
        session.execute(sa.insert(Venue), list(venues.values()))
        session.execute(sa.insert(ExamRoom), rooms)
    record(
        session,
        person,
        "exam.venues",
        at=now,
        subject_kind="call",
        subject_id=call.id,
        detail={"venues": len(venues), "rooms": len(rooms)},
    )
    return len(rooms)


def save_venue(
    session: Session, call: Call, person: User, venue: Venue | None, rows: Sequence[VenueRow], now: datetime
) -> Venue:
    """Add a venue, or change one; the rows are its runs of rooms and agree in all else.

    Raises:
        Refused: a room in which people sit would go or become too small, people sit there and county or code
            would change, or the call is not theirs.
        sqlalchemy.exc.IntegrityError: another venue of the prefecture has the code.
    """
    in_charge(call, person)
    locked(session, call)
    head = rows[0]
    if venue is None:
        venue = Venue(call_id=call.id, county_code=head.county_code, code=head.code)
        session.add(venue)
    wanted = {number: row for row in rows for number in row.rooms}
    reasons = list(_seats_lost(session, venue, wanted)) if venue.id else []
    if (
        venue.id
        and _seated_in(session, venue)
        and (venue.county_code, venue.code)
        != (
            head.county_code,
            head.code,
        )
    ):
        reasons.append(Reason("seats_assigned", _("座位已经编排，考点所在县和编号不能再改。")))
    if reasons:
        raise Refused(reasons)
    venue.county_code, venue.prefecture_code, venue.code = head.county_code, head.prefecture_code, head.code
    venue.name, venue.address, venue.directions = head.name, head.address, head.directions
    session.flush()
    known = {room.number: room for room in venue.rooms}
    for number in known.keys() - wanted.keys():
        venue.rooms.remove(known[number])
    for number, row in wanted.items():
        room = known.get(number)
        if room is None:
            venue.rooms.append(ExamRoom(number=number, capacity=row.capacity, place=row.place))
        else:
            room.capacity, room.place = row.capacity, row.place
    session.flush()
    record(session, person, "exam.venue", at=now, subject_kind="exam_venue", subject_id=venue.id)
    return venue


def _seated_in(session: Session, venue: Venue) -> bool:
    return bool(
        session.scalar(
            sa.select(sa.exists().where(ExamSeat.room_id == ExamRoom.id, ExamRoom.venue_id == venue.id))
        )
    )


def _seats_lost(session: Session, venue: Venue, wanted: dict[int, VenueRow]) -> Iterator[Reason]:
    highest = session.execute(
        sa.select(ExamRoom.number, sa.func.max(ExamSeat.number))
        .join(ExamSeat, ExamSeat.room_id == ExamRoom.id)
        .where(ExamRoom.venue_id == venue.id)
        .group_by(ExamRoom.number)
        .order_by(ExamRoom.number)
    )
    for number, seat in highest:
        if number not in wanted:
            yield Reason(f"room_{number}", _("第%(number)s考场已经编排了考生，不能删去。", number=number))
        elif wanted[number].capacity < seat:
            yield Reason(
                f"room_{number}",
                _("第%(number)s考场已经编排到%(seat)s号座位，座位数不能更少。", number=number, seat=seat),
            )
