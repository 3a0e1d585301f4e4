"""Who came to which paper, and what was noted: reads and writes."""

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, contains_eager, joinedload, lazyload

from recruitment.audit.operations import record
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.database import among
from recruitment.exam.attendance_list import AttendanceRow
from recruitment.exam.models import (
    Attendance,
    ExamPlan,
    ExamRoom,
    ExamSeat,
    ExamSubject,
    Incident,
)
from recruitment.exam.queries import plan_of, sitting, unseated, within
from recruitment.lists.declaration import Fault, Sound
from recruitment.lists.parsers import Wrong, quote
from recruitment.people.models import User
from workflows.terms import Reason, Refused

# Reads


@dataclass(frozen=True, slots=True)
class SeatLine:
    """Somebody in a room; ``present`` is none as long as nobody has said so."""

    candidate_id: uuid.UUID
    number: int
    ticket_number: str
    name: str
    present: bool | None


def room_lines(session: Session, room_id: uuid.UUID, subject_id: uuid.UUID) -> list[SeatLine]:
    """Everybody who sits in a room, by seat, with what is known of their coming to a paper."""
    rows = session.execute(
        sa.select(Candidate.id, ExamSeat.number, Candidate.ticket_number, User.name, Attendance.present)
        .join(Candidate, Candidate.id == ExamSeat.candidate_id)
        .join(User, User.id == Candidate.owner_id)
        .outerjoin(
            Attendance,
            sa.and_(Attendance.candidate_id == Candidate.id, Attendance.subject_id == subject_id),
        )
        .where(ExamSeat.room_id == room_id, Candidate.state.not_in(unseated()))
        .order_by(ExamSeat.number)
    )
    return [SeatLine(key, number, ticket or "", name, present) for key, number, ticket, name, present in rows]


@dataclass(frozen=True, slots=True)
class Count:
    """Of the people seated somewhere: who came to a paper, who did not, and of whom nothing is known."""

    seated: int = 0
    present: int = 0
    absent: int = 0

    @property
    def unknown(self) -> int:
        return self.seated - self.present - self.absent


# By venue or room, then by subject.
Counts = dict[uuid.UUID, dict[uuid.UUID, Count]]


def _counts(
    session: Session, by: sa.SQLColumnExpression[uuid.UUID], *conditions: sa.ColumnElement[bool]
) -> Counts:
    rows = session.execute(
        sa.select(
            by,
            ExamSubject.id,
            sa.func.count(),
            sa.func.count().filter(Attendance.present.is_(True)),
            sa.func.count().filter(Attendance.present.is_(False)),
        )
        .select_from(ExamSeat)
        .join(Candidate, Candidate.id == ExamSeat.candidate_id)
        .join(ExamRoom, ExamRoom.id == ExamSeat.room_id)
        .join(ExamPlan, ExamPlan.call_id == ExamSeat.call_id)
        .join(ExamSubject, ExamSubject.plan_id == ExamPlan.id)
        .outerjoin(
            Attendance,
            sa.and_(Attendance.candidate_id == Candidate.id, Attendance.subject_id == ExamSubject.id),
        )
        .where(Candidate.state.not_in(unseated()), *conditions)
        .group_by(by, ExamSubject.id)
    )
    found: Counts = {}
    for place, subject, seated, present, absent in rows:
        found.setdefault(place, {})[subject] = Count(seated, present, absent)
    return found


def counts_by_venue(session: Session, call_id: uuid.UUID) -> Counts:
    """For each venue of a call and each paper."""
    return _counts(session, ExamRoom.venue_id, ExamSeat.call_id == call_id)


def counts_by_room(session: Session, venue_id: uuid.UUID) -> Counts:
    """For each room of a venue and each paper."""
    return _counts(session, ExamRoom.id, ExamRoom.venue_id == venue_id)


def incidents(
    session: Session, call_id: uuid.UUID, areas: Sequence[str], room_id: uuid.UUID | None = None
) -> list[Incident]:
    """What was noted in the rooms of the areas, or in one of them, with candidate, person and paper; by time."""
    query = (
        sa.select(Incident)
        .join(Incident.candidate)
        .join(ExamSeat, ExamSeat.candidate_id == Candidate.id)
        .join(ExamRoom, ExamRoom.id == ExamSeat.room_id)
        .join(ExamRoom.venue)
        .options(
            contains_eager(Incident.candidate).options(
                joinedload(Candidate.owner).options(lazyload(User.grants))
            ),
            joinedload(Incident.subject),
        )
        .where(Candidate.call_id == call_id, within(areas))
        .order_by(Incident.recorded_at, Incident.id)
    )
    if room_id:
        query = query.where(ExamRoom.id == room_id)
    return list(session.scalars(query))


def incident_of(session: Session, call_id: uuid.UUID, incident_id: uuid.UUID) -> Incident | None:
    """One note of a call, with candidate and paper."""
    return session.scalar(
        sa.select(Incident)
        .join(Incident.candidate)
        .options(contains_eager(Incident.candidate), joinedload(Incident.subject))
        .where(Incident.id == incident_id, Candidate.call_id == call_id)
    )


# Writes


def record_room(
    session: Session,
    room: ExamRoom,
    subject: ExamSubject,
    person: User,
    absent: Collection[uuid.UUID],
    now: datetime,
) -> Count:
    """Take down who of a room did not come to a paper; all others in the room came. May be corrected later.

    Args:
        absent: candidates; all of them sit in the room.

    Raises:
        Refused: the venue is not theirs, the paper has not begun, somebody does not sit there, or ranking has
            begun for somebody of whom it would change.
    """
    _check_place(room, person)
    _check_time(subject, now)
    inside = {line.candidate_id: line for line in room_lines(session, room.id, subject.id)}
    if set(absent) - inside.keys():
        raise Refused([Reason("not_in_room", _("名单里有人不在这个考场，请刷新页面后重试。"))])
    _write(session, {(key, subject.id): key not in absent for key in inside}, person, now)
    record(
        session,
        person,
        "exam.attendance",
        at=now,
        subject_kind="exam_room",
        subject_id=room.id,
        detail={"subject": subject.code, "seated": len(inside), "absent": len(absent)},
    )
    return Count(len(inside), len(inside) - len(absent), len(absent))


def against_tickets(session: Session, call: Call, sound: Sound[AttendanceRow]) -> Iterator[Fault]:
    """Rows of a spreadsheet, held against the call's tickets and papers."""
    subjects = _subjects(session, call)
    known = _by_number(session, call, {row.number for row in sound.rows})
    seen: dict[tuple[str, uuid.UUID], int] = {}
    for number, row in sound:
        if row.number not in known:
            yield Fault(number, "number", Wrong(f"没有准考证号{quote(row.number)}", "请核对"))
        subject = subjects.get(row.subject)
        if subject is None:
            expected = f"应为其一：{'、'.join(subjects)}"
            yield Fault(number, "subject", Wrong(f"没有科目{quote(row.subject)}", expected))
        elif (before := seen.setdefault((row.number, subject.id), number)) != number:
            yield Fault(number, "number", Wrong(f"与第 {before} 行是同一人同一科目", "每人每科只写一行"))


def import_attendance(
    session: Session, call: Call, person: User, rows: Iterable[AttendanceRow], now: datetime
) -> Count:
    """Take down what a checked spreadsheet says; nothing changes for those who are not in it.

    Raises:
        Refused: the call is not theirs, a paper has not begun, or ranking has begun for somebody of whom it would
            change.
    """
    if not person.actor().covers("admin", call.area_code):
        raise Refused([Reason("not_allowed", _("这次招考不由您管理，不能导入。"))])
    rows = list(rows)
    subjects = _subjects(session, call)
    for subject in {subjects[row.subject] for row in rows}:
        _check_time(subject, now)
    people = _by_number(session, call, {row.number for row in rows})
    wanted = {(people[row.number], subjects[row.subject].id): row.present for row in rows}
    _write(session, wanted, person, now)
    absent = sum(not present for present in wanted.values())
    return Count(len(wanted), len(wanted) - absent, absent)


def note_incident(
    session: Session,
    room: ExamRoom,
    person: User,
    *,
    candidate_id: uuid.UUID,
    subject: ExamSubject,
    kind: str,
    description: str,
    now: datetime,
) -> Incident:
    """Write down what happened in a room. What follows from it is decided with the violations.

    Raises:
        Refused: the venue is not theirs, the paper has not begun, or the candidate does not sit there.
    """
    _check_place(room, person)
    _check_time(subject, now)
    seated = session.scalar(
        sa.select(ExamSeat).where(ExamSeat.room_id == room.id, ExamSeat.candidate_id == candidate_id)
    )
    if seated is None:
        raise Refused([Reason("not_in_room", _("这个人不在这个考场。"))])
    incident = Incident(
        candidate_id=candidate_id,
        subject_id=subject.id,
        kind=kind,
        description=description,
        recorded_by=person.id,
        recorded_at=now,
    )
    session.add(incident)
    session.flush()
    record(session, person, "exam.incident", at=now, subject_kind="candidate", subject_id=candidate_id)
    return incident


def _check_place(room: ExamRoom, person: User) -> None:
    if not person.actor().covers("admin", room.venue.county_code):
        raise Refused([Reason("not_allowed", _("这个考点不由您管理，不能登记。"))])


def _check_time(subject: ExamSubject, now: datetime) -> None:
    if now < subject.starts_at:
        raise Refused([Reason("not_begun", _("%(name)s还没有开考，不能登记。", name=subject.name))])


def _subjects(session: Session, call: Call) -> dict[str, ExamSubject]:
    """The papers of a call by name and by code."""
    plan = plan_of(session, call.id)
    found = plan.subjects if plan else []
    return {item.name: item for item in found} | {item.code: item for item in found}


def _by_number(session: Session, call: Call, numbers: set[str]) -> dict[str, uuid.UUID]:
    rows = session.execute(
        sa.select(Candidate.ticket_number, Candidate.id)
        .join(ExamSeat, ExamSeat.candidate_id == Candidate.id)
        .where(Candidate.call_id == call.id, among(Candidate.ticket_number, numbers))
    )
    return {number: key for number, key in rows if number}


def _write(
    session: Session,
    wanted: Mapping[tuple[uuid.UUID, uuid.UUID], bool],
    person: User,
    now: datetime,
) -> None:
    people = {candidate for candidate, _ in wanted}
    known = {
        (candidate, subject): present
        for candidate, subject, present in session.execute(
            sa.select(Attendance.candidate_id, Attendance.subject_id, Attendance.present)
            .where(among(Attendance.candidate_id, people))
            .with_for_update()
        )
    }
    changed = {key: present for key, present in wanted.items() if known.get(key) is not present}
    settled = session.scalar(
        sa.select(sa.func.count()).where(
            among(Candidate.id, {candidate for candidate, _ in changed}),
            Candidate.state.not_in([*sitting(), *unseated()]),
        )
    )
    if settled:
        raise Refused(
            [
                Reason(
                    "ranked",
                    _(
                        "有%(settled)s人的笔试结果已经确定，不能再改到考情况；要改请先撤回笔试排名。",
                        settled=settled,
                    ),
                )
            ]
        )
    if not changed:
        return
    statement = insert(Attendance)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["candidate_id", "subject_id"],
            set_={name: statement.excluded[name] for name in ("present", "recorded_by", "recorded_at")},
        ),
        [
            {
                "candidate_id": candidate,
                "subject_id": subject,
                "present": present,
                "recorded_by": person.id,
                "recorded_at": now,
            }
            for (candidate, subject), present in changed.items()
        ],
    )
