"""Reads of the interview: the drawn order, the examiners, one candidate's place."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload

from recruitment.calls.models import Call, Position
from recruitment.candidates.models import Candidate
from recruitment.selection.models import (
    Examiner,
    InterviewGroup,
    InterviewMark,
    InterviewPosition,
    InterviewSlot,
)


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group with its positions, drawn examiners and drawn candidates, in their orders."""

    group: InterviewGroup
    positions: list[Position]
    examiners: list[Examiner]
    slots: list[InterviewSlot]


def group_views(session: Session, call: Call) -> list[GroupView]:
    """Every group of a call; four queries whatever their number."""
    groups = session.scalars(
        sa.select(InterviewGroup)
        .where(InterviewGroup.call_id == call.id)
        .order_by(InterviewGroup.begins_at, InterviewGroup.name)
    ).all()
    positions = session.scalars(
        sa.select(InterviewPosition)
        .join(InterviewPosition.position)
        .options(contains_eager(InterviewPosition.position).joinedload(Position.county))
        .where(Position.call_id == call.id)
        .order_by(Position.code)
    ).all()
    examiners = session.scalars(
        sa.select(Examiner)
        .where(Examiner.call_id == call.id, Examiner.group_id.is_not(None))
        .order_by(Examiner.seat)
    ).all()
    slots = session.scalars(
        sa.select(InterviewSlot)
        .join(InterviewSlot.candidate)
        .options(
            contains_eager(InterviewSlot.candidate).options(
                joinedload(Candidate.position).joinedload(Position.county), joinedload(Candidate.owner)
            )
        )
        .where(Candidate.call_id == call.id)
        .order_by(InterviewSlot.number)
    ).all()
    return [
        GroupView(
            group,
            [row.position for row in positions if row.group_id == group.id],
            [row for row in examiners if row.group_id == group.id],
            [row for row in slots if row.group_id == group.id],
        )
        for group in groups
    ]


def reserve_examiners(session: Session, call: Call) -> int:
    """How many examiners have no seat."""
    return (
        session.scalar(
            sa.select(sa.func.count())
            .select_from(Examiner)
            .where(Examiner.call_id == call.id, Examiner.group_id.is_(None))
        )
        or 0
    )


def marks_of_call(session: Session, call: Call) -> Mapping[str, InterviewMark]:
    """Interview marks by ticket number."""
    rows = session.execute(
        sa.select(Candidate.ticket_number, InterviewMark)
        .join(Candidate, Candidate.id == InterviewMark.candidate_id)
        .where(Candidate.call_id == call.id)
    )
    return {str(ticket): mark for ticket, mark in rows}


def slot_of(session: Session, candidate: Candidate) -> InterviewSlot | None:
    """The candidate's place in the drawn order."""
    return session.scalar(
        sa.select(InterviewSlot)
        .options(joinedload(InterviewSlot.group))
        .where(InterviewSlot.candidate_id == candidate.id)
    )
