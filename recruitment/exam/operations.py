"""Everything that changes the plan of an exam, its venues, its seats and its tickets."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from recruitment.areas.catalogue import prefectures
from recruitment.audit.operations import record
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.exam import queries, seating
from recruitment.exam.models import (
    Attendance,
    ExamAssignment,
    ExamPlan,
    ExamRoom,
    ExamSeat,
    ExamSubject,
    Venue,
)
from recruitment.people.models import User
from workflows.terms import Reason, Refused


@dataclass(frozen=True, slots=True)
class SubjectTimes:
    """A paper of the timetable, as the form hands it in."""

    code: str
    name: str
    starts_at: datetime
    ends_at: datetime


def save_plan(
    session: Session,
    call: Call,
    person: User,
    now: datetime,
    *,
    ticket_prefix: str,
    tickets_from: datetime,
    tickets_until: datetime,
    rules: str,
    subjects: Sequence[SubjectTimes],
) -> ExamPlan:
    """Set up the plan of a call's exam, or change it.

    Raises:
        Refused: the call is not theirs; a paper of which attendance is known would be dropped; or the prefix
            would change when tickets bear it.
    """
    in_charge(call, person)
    plan = locked(session, call)
    reasons = []
    if plan is None:
        plan = ExamPlan(call_id=call.id)
        session.add(plan)
    elif plan.released_at and plan.ticket_prefix != ticket_prefix:
        reasons.append(Reason("prefix_in_use", _("准考证已经发放，准考证号的开头不能再改。")))
    kept = {item.code: item for item in plan.subjects}
    gone = [kept[code] for code in kept.keys() - {item.code for item in subjects}]
    if gone and session.scalar(
        sa.select(sa.exists().where(Attendance.subject_id.in_([item.id for item in gone])))
    ):
        names = "、".join(item.name for item in gone)
        reasons.append(
            Reason("attendance_known", _("已经登记了%(names)s的到考情况，不能删去这个科目。", names=names))
        )
    if reasons:
        raise Refused(reasons)
    plan.ticket_prefix, plan.rules = ticket_prefix, rules
    plan.tickets_from, plan.tickets_until = tickets_from, tickets_until
    for subject in gone:
        plan.subjects.remove(subject)
    for item in subjects:
        if item.code not in kept:
            kept[item.code] = ExamSubject(code=item.code)
            plan.subjects.append(kept[item.code])
        subject = kept[item.code]
        subject.name, subject.starts_at, subject.ends_at = item.name, item.starts_at, item.ends_at
    session.flush()
    session.expire(plan, ["subjects"])
    record(session, person, "exam.plan", at=now, subject_kind="call", subject_id=call.id)
    return plan


@dataclass(frozen=True, slots=True)
class Assigned:
    """How many people got a seat, in how many rooms."""

    people: int
    rooms: int


def assign_seats(
    session: Session, call: Call, person: User, seed: str, now: datetime, *, reason: str = ""
) -> Assigned:
    """Seat everybody who may sit the exam, all anew.

    Tickets that were released before are withdrawn with their numbers: they must be released again.

    Raises:
        Refused: no plan, nobody to seat, too few seats, attendance is known already, no reason although
            tickets are released, or the call is not theirs.
    """
    in_charge(call, person)
    plan = locked(session, call)
    if plan is None:
        raise Refused([Reason("no_plan", _("请先填写考试安排。"))])
    seed, reason = seed.strip(), reason.strip()
    reasons = []
    if not seed:
        reasons.append(Reason("seed_missing", _("请填写随机种子。")))
    if plan.released_at and not reason:
        reasons.append(Reason("reason_missing", _("准考证已经发放。重新编排会改变考生的座位，请写明理由。")))
    if _attendance_known(session, call.id):
        reasons.append(Reason("attendance_known", _("已经登记了到考情况，座位不能再改。")))
    people = queries.seekers(session, call)
    if not people:
        reasons.append(Reason("nobody", _("还没有已确认参加考试的人。")))
    if reasons:
        raise Refused(reasons)
    rooms = queries.seating_rooms(session, call.id)
    try:
        seats = seating.assign(people, rooms, seed)
    except seating.Short as short:
        raise Refused(_short(short, people)) from short
    was = plan.seats_at
    _clear(session, call.id)
    _write(session, call.id, seats, rooms)
    _keep_tables(session, plan, people, rooms, seats)
    plan.seed, plan.seats_at, plan.released_at = seed, now, None
    assigned = Assigned(len(seats), len({seat.room for seat in seats}))
    record(
        session,
        person,
        "exam.seats",
        at=now,
        subject_kind="call",
        subject_id=call.id,
        reason=reason,
        detail={
            "seed": seed,
            "people": assigned.people,
            "rooms": assigned.rooms,
            "again": was is not None,
            "sha256": seating.fingerprint(seats),
        },
    )
    return assigned


def seat_latecomers(session: Session, call: Call, person: User, now: datetime) -> Assigned:
    """Seat those who were confirmed after seats had been assigned, on seats still free. Nobody else moves.

    Raises:
        Refused: seats have not been assigned, there are too few, attendance is known, or the call is not theirs.
    """
    in_charge(call, person)
    plan = locked(session, call)
    if plan is None or plan.seed is None:
        raise Refused([Reason("no_seats", _("还没有编排座位。"))])
    if _attendance_known(session, call.id):
        raise Refused([Reason("attendance_known", _("已经登记了到考情况，座位不能再改。"))])
    people = queries.seekers(session, call, without_seat=True)
    rooms = queries.seating_rooms(session, call.id)
    try:
        seats = seating.add(people, rooms, queries.seated(session, call, rooms), plan.seed)
    except seating.Short as short:
        raise Refused(_short(short, people)) from short
    _write(session, call.id, seats, rooms)
    if plan.released_at:
        _number(session, call.id, plan.ticket_prefix)
    assigned = Assigned(len(seats), len({seat.room for seat in seats}))
    record(
        session,
        person,
        "exam.latecomers",
        at=now,
        subject_kind="call",
        subject_id=call.id,
        detail={"people": assigned.people, "sha256": seating.fingerprint(seats)},
    )
    return assigned


def _short(short: seating.Short, people: Sequence[seating.Candidate]) -> list[Reason]:
    wanted: dict[str, int] = {}
    for one in people:
        wanted[one.prefecture] = wanted.get(one.prefecture, 0) + 1
    return [
        Reason(
            f"seats_missing_{code}",
            _(
                "%(area)s缺%(missing)s个座位（需要%(wanted)s个，现有%(present)s个）。",
                area=prefectures()[code],
                missing=missing,
                wanted=wanted[code],
                present=wanted[code] - missing,
            ),
        )
        for code, missing in short.missing.items()
    ]


def _clear(session: Session, call_id: uuid.UUID) -> None:
    """Take seats and numbers back first: numbers are unique row by row, not only in the end."""
    session.execute(sa.delete(ExamSeat).where(ExamSeat.call_id == call_id))
    session.execute(
        sa.update(Candidate)
        .where(Candidate.call_id == call_id, Candidate.ticket_number.is_not(None))
        .values(ticket_number=None)
        .execution_options(synchronize_session=False)
    )


def _write(
    session: Session,
    call_id: uuid.UUID,
    seats: Sequence[seating.Seat],
    rooms: dict[seating.Room, uuid.UUID],
) -> None:
    if seats:
        session.execute(
            sa.insert(ExamSeat),
            [
                {
                    "candidate_id": uuid.UUID(seat.candidate),
                    "call_id": call_id,
                    "room_id": rooms[seat.room],
                    "number": seat.number,
                }
                for seat in seats
            ],
        )


def _keep_tables(
    session: Session,
    plan: ExamPlan,
    people: Sequence[seating.Candidate],
    rooms: Iterable[seating.Room],
    seats: Sequence[seating.Seat],
) -> None:
    candidates = (f"{one.id},{one.prefecture},{one.community}" for one in people)
    places = (f"{room.prefecture},{room.venue},{room.number},{room.capacity}" for room in sorted(rooms))
    session.merge(
        ExamAssignment(
            plan_id=plan.id,
            candidates=_csv("candidate,prefecture,community", candidates),
            rooms=_csv("prefecture,venue,room,capacity", places),
            seats=_csv("candidate,prefecture,venue,room,seat", seating.lines(seats)),
        )
    )


def _csv(header: str, lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in (header, *lines))


def _number(session: Session, call_id: uuid.UUID, prefix: str) -> None:
    """Ticket numbers of those who have a seat and no number: prefix, prefecture, venue, room, seat."""
    session.execute(
        sa.update(Candidate)
        .where(
            ExamSeat.candidate_id == Candidate.id,
            ExamRoom.id == ExamSeat.room_id,
            Venue.id == ExamRoom.venue_id,
            Candidate.call_id == call_id,
            Candidate.ticket_number.is_(None),
        )
        .values(
            ticket_number=sa.func.concat(
                prefix,
                sa.func.substr(Venue.prefecture_code, 3, 2),
                sa.func.to_char(Venue.code, "FM00"),
                sa.func.to_char(ExamRoom.number, "FM000"),
                sa.func.to_char(ExamSeat.number, "FM00"),
            )
        )
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


def release_tickets(session: Session, call: Call, person: User, now: datetime) -> None:
    """Give everybody who has a seat a ticket number, and let them print within the window of the plan.

    Raises:
        Refused: no seats or no timetable, somebody who may sit the exam has no seat, or the call is not theirs.
    """
    in_charge(call, person)
    plan = locked(session, call)
    if plan is None or plan.seats_at is None:
        raise Refused([Reason("no_seats", _("还没有编排座位。"))])
    reasons = []
    if not plan.subjects:
        reasons.append(Reason("no_timetable", _("考试安排里还没有科目和时间。")))
    if left := len(queries.seekers(session, call, without_seat=True)):
        reasons.append(
            Reason("without_seat", _("还有%(left)s名已确认参加考试的人没有座位，请先补排。", left=left))
        )
    if reasons:
        raise Refused(reasons)
    if plan.released_at is None:
        plan.released_at = now
        _number(session, call.id, plan.ticket_prefix)
        record(session, person, "exam.release", at=now, subject_kind="call", subject_id=call.id)


def mark_printed(session: Session, candidate_id: uuid.UUID, now: datetime) -> None:
    """Remember when somebody first opened their ticket for printing."""
    session.execute(
        sa.update(ExamSeat)
        .where(ExamSeat.candidate_id == candidate_id, ExamSeat.printed_at.is_(None))
        .values(printed_at=now)
    )


def in_charge(call: Call, person: User) -> None:
    """:raises Refused: the person is not in charge of the call."""
    if not person.actor().covers("admin", call.area_code):
        raise Refused([Reason("not_allowed", _("这次招考不由您管理，不能修改。"))])


def locked(session: Session, call: Call) -> ExamPlan | None:
    """The plan, held until the transaction ends. The call is held too: there may be no plan yet."""
    session.execute(sa.select(Call.id).where(Call.id == call.id).with_for_update())
    plan = queries.plan_of(session, call.id)
    if plan:
        session.refresh(plan, with_for_update=True)
    return plan


def _attendance_known(session: Session, call_id: uuid.UUID) -> bool:
    return bool(
        session.scalar(
            sa.select(
                sa.exists().where(Attendance.candidate_id == Candidate.id, Candidate.call_id == call_id)
            )
        )
    )
