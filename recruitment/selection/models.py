"""Schemes, marks, rankings and interviews of a call's candidates. Marks are NUMERIC, never floating point."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from recruitment.calls.models import Call, Position
from recruitment.candidates.models import Candidate
from recruitment.database import Base, Id
from recruitment.people.models import User

ABSENT, VIOLATION = "absent", "violation"


class Stage(StrEnum):
    """What a ranking and an entry of marks are about."""

    WRITTEN = "written"
    FINAL = "final"


class SelectionPlan(Base):
    """How one call makes an order of marks, and until when people may ask about theirs.

    Attributes:
        scheme: TOML as :mod:`recruitment.selection.scheme` reads it.
        bonus_rules: the policy bonuses that exist, as ``{"name": …, "points": "2"}``.
        bonus_proof_by: proof after this day is too late; none = no such limit.
        query_opens_at, query_closes_at: when candidates see their marks and may ask for a recount; none = from
            publication on, without end.
        consent_hours: time to answer a call to substitute.
    """

    __tablename__ = "selection_plan"
    __table_args__ = (
        CheckConstraint("consent_hours > 0", name="hours"),
        CheckConstraint("query_closes_at > query_opens_at", name="query_order"),
    )

    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"), primary_key=True)
    scheme: Mapped[str]
    bonus_rules: Mapped[list[Any]] = mapped_column(server_default=sa.text("'[]'"), default=list)
    bonus_proof_by: Mapped[date | None]
    query_opens_at: Mapped[datetime | None]
    query_closes_at: Mapped[datetime | None]
    consent_hours: Mapped[int] = mapped_column(server_default=sa.text("48"), default=48)
    changed_at: Mapped[datetime]


class PolicyBonus(Base):
    """One policy bonus that a candidate has proven. They are not added up: the highest one counts."""

    __tablename__ = "policy_bonus"
    __table_args__ = (
        UniqueConstraint("candidate_id", "name"),
        CheckConstraint("points > 0", name="points"),
    )

    id: Mapped[Id]
    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidate.id"))
    name: Mapped[str]
    points: Mapped[Decimal] = mapped_column(sa.Numeric)
    proven_on: Mapped[date]
    entered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    entered_at: Mapped[datetime]


class MarkEntry(Base):
    """One person's reading of a sheet of marks. Two of them by different people must agree before anything counts.

    Attributes:
        rows: ticket number → column → the cell in its canonical form.
        confirmed_at: none while it is only a dry run.
        agreed_at: when it was found to agree with another person's and the marks were written.
        lines: ticket number → its row in the file.
    """

    __tablename__ = "mark_entry"
    __table_args__ = (
        Index(
            "uq_mark_entry_open",
            "call_id",
            "stage",
            "entered_by",
            unique=True,
            postgresql_where=sa.text("agreed_at IS NULL"),
        ),
        CheckConstraint("agreed_at IS NULL OR confirmed_at IS NOT NULL", name="confirmed_first"),
    )

    id: Mapped[Id]
    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"))
    stage: Mapped[str]
    filename: Mapped[str]
    sha256: Mapped[str]
    rows: Mapped[dict[str, Any]]
    lines: Mapped[dict[str, Any]] = mapped_column(server_default=sa.text("'{}'"), default=dict)
    entered_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    entered_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    agreed_at: Mapped[datetime | None]

    person: Mapped[User] = relationship()


class AttendanceRuling(Base):
    """Whether somebody came to a paper, as an admin has ruled where attendance and marks contradict each other.

    Attributes:
        came: if not, the paper counts as absent whatever the sheet of marks says.
    """

    __tablename__ = "attendance_ruling"
    __table_args__ = (CheckConstraint("btrim(reason) <> ''", name="reason_given"),)

    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidate.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    came: Mapped[bool]
    reason: Mapped[str]
    ruled_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    ruled_at: Mapped[datetime]

    person: Mapped[User] = relationship()
    candidate: Mapped[Candidate] = relationship()


class Mark(Base):
    """One candidate's mark in one written subject as the sheet has it, or why there is none.

    What it counts as is said by :func:`recruitment.selection.marks.attendance.overriding` as well.

    Attributes:
        value: none for who was absent; 0 for who broke the rules.
        note: ``absent``, ``violation`` or empty.
    """

    __tablename__ = "mark"
    __table_args__ = (
        CheckConstraint("note IN ('', 'absent', 'violation')", name="note_known"),
        CheckConstraint("(value IS NULL) = (note = 'absent')", name="value_unless_absent"),
        CheckConstraint("value >= 0", name="value_positive"),
    )

    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidate.id"), primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Decimal | None] = mapped_column(sa.Numeric)
    note: Mapped[str] = mapped_column(server_default="", default="")


class MarkCorrection(Base):
    """A mark changed after it was written. ``subject`` is a written subject, or ``interview``."""

    __tablename__ = "mark_correction"
    __table_args__ = (CheckConstraint("btrim(reason) <> ''", name="reason_given"),)

    id: Mapped[Id]
    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidate.id"), index=True)
    subject: Mapped[str]
    before: Mapped[str]
    after: Mapped[str]
    reason: Mapped[str]
    corrected_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    corrected_at: Mapped[datetime]

    person: Mapped[User] = relationship()
    candidate: Mapped[Candidate] = relationship()


class CallRanking(Base):
    """One computed ranking of a call: what went in, what came out, and whether it was published.

    Attributes:
        scores: the CSV that was ranked, under ticket numbers; it tells whether marks have changed since.
        certificate: what :func:`recruitment.selection.certificate.certify` made; never changed.
        hash: the certificate's own.
    """

    __tablename__ = "call_ranking"
    __table_args__ = (
        Index(
            "uq_call_ranking_published",
            "call_id",
            "stage",
            unique=True,
            postgresql_where=sa.text("published_at IS NOT NULL AND withdrawn_at IS NULL"),
        ),
        Index("ix_call_ranking_call", "call_id", "stage", "computed_at"),
        CheckConstraint("stage IN ('written', 'final')", name="stage_known"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawn_with_reason"),
    )

    id: Mapped[Id]
    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"))
    stage: Mapped[str]
    scheme: Mapped[str]
    scores: Mapped[str] = mapped_column(deferred=True)
    certificate: Mapped[bytes] = mapped_column(deferred=True)
    hash: Mapped[str]
    computed_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    computed_at: Mapped[datetime]
    published_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None]

    call: Mapped[Call] = relationship()

    @property
    def in_force(self) -> bool:
        """Published and not withdrawn."""
        return self.published_at is not None and self.withdrawn_at is None


class RankedCandidate(Base):
    """One line of a ranking, as :class:`recruitment.selection.ranking.Result`, with its words."""

    __tablename__ = "ranked_candidate"
    __table_args__ = (Index("ix_ranked_candidate_position", "ranking_id", "position_id"),)

    ranking_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("call_ranking.id", ondelete="CASCADE"), primary_key=True
    )
    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidate.id"), primary_key=True, index=True)
    position_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("position.id"))
    written: Mapped[Decimal | None] = mapped_column(sa.Numeric)
    written_rank: Mapped[int | None]
    shortlisted: Mapped[bool]
    substitution_round: Mapped[int]
    total: Mapped[Decimal | None] = mapped_column(sa.Numeric)
    final_rank: Mapped[int | None]
    exclusion: Mapped[str | None]
    explanation: Mapped[str]

    candidate: Mapped[Candidate] = relationship()
    ranking: Mapped[CallRanking] = relationship()
    position: Mapped[Position] = relationship()


class Recount(Base):
    """A candidate's request to have one mark counted again, and its answer."""

    __tablename__ = "recount"
    __table_args__ = (
        UniqueConstraint("candidate_id", "subject"),
        CheckConstraint("btrim(reason) <> ''", name="reason_given"),
        CheckConstraint("outcome IN ('unchanged', 'corrected')", name="outcome_known"),
        CheckConstraint("(outcome IS NULL) = (answered_at IS NULL)", name="answered_whole"),
    )

    id: Mapped[Id]
    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidate.id"))
    subject: Mapped[str]
    reason: Mapped[str]
    asked_at: Mapped[datetime]
    outcome: Mapped[str | None]
    answer: Mapped[str | None]
    answered_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None]

    candidate: Mapped[Candidate] = relationship()


class InterviewPlan(Base):
    """How one call interviews.

    Attributes:
        elements: of the score sheet, as ``{"name": …, "full_mark": "20", "weight": "1"}``.
        examiners: how many score each candidate.
        dropped: how many highest and how many lowest marks of each element do not count.
        digits, mode: rounding of the interview's mark; none = unrounded, which needs a mean without a remainder.
        seed: published before the draw; the order follows from it alone.
        drawn_at: when the draw was made.
    """

    __tablename__ = "interview_plan"
    __table_args__ = (
        CheckConstraint("examiners > 2 * dropped AND dropped >= 0", name="some_count"),
        CheckConstraint("(digits IS NULL) = (mode IS NULL)", name="rounding_whole"),
        CheckConstraint("drawn_at IS NULL OR btrim(seed) <> ''", name="seed_before_draw"),
    )

    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"), primary_key=True)
    elements: Mapped[list[Any]]
    examiners: Mapped[int] = mapped_column(server_default=sa.text("7"), default=7)
    dropped: Mapped[int] = mapped_column(server_default=sa.text("1"), default=1)
    digits: Mapped[int | None]
    mode: Mapped[str | None]
    seed: Mapped[str] = mapped_column(server_default="", default="")
    drawn_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]


class InterviewGroup(Base):
    """One room of interviews: when, where, and with whom."""

    __tablename__ = "interview_group"
    __table_args__ = (UniqueConstraint("call_id", "name"),)

    id: Mapped[Id]
    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"))
    name: Mapped[str]
    begins_at: Mapped[datetime]
    place: Mapped[str]


class InterviewPosition(Base):
    """Which group a position is interviewed in; all its candidates meet the same examiners."""

    __tablename__ = "interview_position"

    position_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("position.id"), primary_key=True)
    group_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("interview_group.id", ondelete="CASCADE"), index=True
    )

    group: Mapped[InterviewGroup] = relationship()
    position: Mapped[Position] = relationship()


class Examiner(Base):
    """Somebody who may be drawn as an examiner.

    Attributes:
        code: what the draw goes by; unique in the call.
        group_id, seat: drawn; none = in reserve.
    """

    __tablename__ = "examiner"
    __table_args__ = (
        UniqueConstraint("call_id", "code"),
        UniqueConstraint("group_id", "seat"),
        CheckConstraint("(group_id IS NULL) = (seat IS NULL)", name="seat_in_group"),
    )

    id: Mapped[Id]
    call_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("call.id"))
    code: Mapped[str]
    name: Mapped[str]
    unit: Mapped[str] = mapped_column(server_default="", default="")
    group_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("interview_group.id", ondelete="SET NULL"))
    seat: Mapped[int | None]


class InterviewSlot(Base):
    """A candidate's place in the order of a group, as drawn."""

    __tablename__ = "interview_slot"
    __table_args__ = (UniqueConstraint("group_id", "number"),)

    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidate.id"), primary_key=True)
    group_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("interview_group.id", ondelete="CASCADE"))
    number: Mapped[int]

    candidate: Mapped[Candidate] = relationship()
    group: Mapped[InterviewGroup] = relationship()


class InterviewMark(Base):
    """What a candidate's interview gave.

    Attributes:
        sheet: every examiner's mark by column; empty for who was absent.
        value: none for who was absent.
        extra: mark of an extra interview that settles a tie.
    """

    __tablename__ = "interview_mark"
    __table_args__ = (CheckConstraint("value >= 0 AND extra >= 0", name="values_positive"),)

    candidate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("candidate.id"), primary_key=True)
    sheet: Mapped[dict[str, Any]]
    value: Mapped[Decimal | None] = mapped_column(sa.Numeric)
    extra: Mapped[Decimal | None] = mapped_column(sa.Numeric)
