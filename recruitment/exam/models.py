"""The exam day of a call: its plan, where it takes place, who sits where, and who came."""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recruitment.areas.models import County
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.database import Base, Id

ROOM_CAPACITY = 30


class ExamPlan(Base):
    """When and how the written exam of a call takes place.

    Attributes:
        ticket_prefix: two to six digits that ticket numbers of the call begin with.
        tickets_from, tickets_until: when candidates can print their admission tickets.
        rules: what the ticket says below the timetable, a line each.
        seed: what seats were assigned from; public from then on. None before.
        seats_at: when seats were assigned.
        released_at: when tickets were released; from then on seats change only with a reason.
    """

    __tablename__ = "exam_plan"
    __table_args__ = (
        CheckConstraint("ticket_prefix ~ '^[0-9]{2,6}$'", name="ticket_prefix_form"),
        CheckConstraint("tickets_until > tickets_from", name="ticket_window"),
        CheckConstraint("(seed IS NULL) = (seats_at IS NULL)", name="seed_with_seats"),
        CheckConstraint("released_at IS NULL OR seats_at IS NOT NULL", name="released_after_seats"),
    )

    id: Mapped[Id]
    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"), unique=True)
    ticket_prefix: Mapped[str]
    tickets_from: Mapped[datetime]
    tickets_until: Mapped[datetime]
    rules: Mapped[str] = mapped_column(server_default="")
    seed: Mapped[str | None]
    seats_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]

    call: Mapped[Call] = relationship()
    subjects: Mapped[list["ExamSubject"]] = relationship(
        cascade="all, delete-orphan", order_by="ExamSubject.starts_at", lazy="selectin"
    )


class ExamAssignment(Base):
    """The tables of an assignment of seats as they were, so that it can be repeated whatever changes later.

    Attributes:
        candidates, rooms, seats: CSV, as :func:`recruitment.exam.queries.table` gives them.
    """

    __tablename__ = "exam_assignment"

    plan_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("exam_plan.id", ondelete="CASCADE"), primary_key=True
    )
    candidates: Mapped[str]
    rooms: Mapped[str]
    seats: Mapped[str]


class ExamSubject(Base):
    """A paper in the timetable; ``code`` is the subject's code in the scheme of marks."""

    __tablename__ = "exam_subject"
    __table_args__ = (
        UniqueConstraint("plan_id", "code"),
        CheckConstraint("ends_at > starts_at", name="order"),
    )

    id: Mapped[Id]
    plan_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("exam_plan.id", ondelete="CASCADE"))
    code: Mapped[str]
    name: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]


class Venue(Base):
    """A place with exam rooms. Candidates are seated in venues of their position's prefecture.

    Attributes:
        code: 1 to 99, unique in its prefecture and call; part of the ticket number.
        prefecture_code: of the county, repeated for constraint and queries.
        directions: how to get there; may be empty.
    """

    __tablename__ = "exam_venue"
    __table_args__ = (
        UniqueConstraint("call_id", "prefecture_code", "code"),
        CheckConstraint("code BETWEEN 1 AND 99", name="code_range"),
        CheckConstraint("prefecture_code = left(county_code, 4) || '00'", name="prefecture_of_county"),
    )

    id: Mapped[Id]
    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"))
    prefecture_code: Mapped[str]
    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"))
    code: Mapped[int]
    name: Mapped[str]
    address: Mapped[str]
    directions: Mapped[str] = mapped_column(server_default="")

    county: Mapped[County] = relationship()
    rooms: Mapped[list["ExamRoom"]] = relationship(
        cascade="all, delete-orphan", order_by="ExamRoom.number", back_populates="venue"
    )


class ExamRoom(Base):
    """A room; ``place`` says where in the venue it is (building, floor), and may be empty."""

    __tablename__ = "exam_room"
    __table_args__ = (
        UniqueConstraint("venue_id", "number"),
        CheckConstraint("number BETWEEN 1 AND 999", name="number_range"),
        CheckConstraint("capacity BETWEEN 1 AND 99", name="capacity_range"),
    )

    id: Mapped[Id]
    venue_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("exam_venue.id", ondelete="CASCADE"))
    number: Mapped[int]
    place: Mapped[str] = mapped_column(server_default="")
    capacity: Mapped[int] = mapped_column(server_default=sa.text(str(ROOM_CAPACITY)), default=ROOM_CAPACITY)

    venue: Mapped[Venue] = relationship(back_populates="rooms")


class ExamSeat(Base):
    """A candidate's seat. ``printed_at`` is when the ticket for it was first opened for printing."""

    __tablename__ = "exam_seat"
    __table_args__ = (
        UniqueConstraint("room_id", "number"),
        CheckConstraint("number BETWEEN 1 AND 99", name="number_range"),
        Index("ix_exam_seat_call", "call_id", "candidate_id"),
    )

    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidate.id"), primary_key=True)
    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"))
    room_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("exam_room.id"))
    number: Mapped[int]
    printed_at: Mapped[datetime | None]

    candidate: Mapped[Candidate] = relationship()
    room: Mapped[ExamRoom] = relationship()


class Attendance(Base):
    """Whether somebody came to a paper. Without a row nobody has said so yet, which is neither yes nor no."""

    __tablename__ = "exam_attendance"
    __table_args__ = (
        ForeignKeyConstraint(["candidate_id"], ["candidate.id"]),
        Index("ix_exam_attendance_absent", "subject_id", postgresql_where=sa.text("NOT present")),
    )

    candidate_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("exam_subject.id"), primary_key=True)
    present: Mapped[bool]
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]


class Incident(Base):
    """What was noted in a room about somebody; what follows from it is decided elsewhere.

    Attributes:
        kind: one of :data:`recruitment.exam.incidents.KINDS`.
    """

    __tablename__ = "exam_incident"

    id: Mapped[Id]
    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidate.id"), index=True)
    subject_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("exam_subject.id"))
    kind: Mapped[str]
    description: Mapped[str]
    recorded_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]

    candidate: Mapped[Candidate] = relationship()
    subject: Mapped[ExamSubject] = relationship()
