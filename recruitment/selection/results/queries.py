"""Reads of rankings: the latest of a call, its positions, one candidate's line."""

import uuid
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, lazyload

from recruitment.calls.models import Call, Position
from recruitment.candidates.models import Candidate
from recruitment.selection.marks.attendance import overriding
from recruitment.selection.models import (
    CallRanking,
    Mark,
    MarkCorrection,
    RankedCandidate,
    Recount,
    Stage,
)


@dataclass(frozen=True, slots=True)
class PositionLine:
    """One position in figures.

    Attributes:
        entrants: how many the ranking holds.
        ranked: how many have a rank of its stage.
        entered: on the shortlist; for the final ranking, within the openings.
        tied: more entered than there are places, through equal results.
    """

    position: Position
    entrants: int
    ranked: int
    entered: int
    tied: bool


def rankings(session: Session, call: Call) -> list[CallRanking]:
    """All rankings of a call, the latest first."""
    return list(
        session.scalars(
            sa.select(CallRanking)
            .where(CallRanking.call_id == call.id)
            .order_by(CallRanking.computed_at.desc())
        )
    )


def latest(session: Session, call: Call, stage: Stage) -> CallRanking | None:
    """The one in force, else the one computed last."""
    return session.scalar(
        sa.select(CallRanking)
        .where(CallRanking.call_id == call.id, CallRanking.stage == stage, CallRanking.withdrawn_at.is_(None))
        .order_by(CallRanking.published_at.is_(None), CallRanking.computed_at.desc())
        .limit(1)
    )


def in_force(session: Session, call: Call) -> list[CallRanking]:
    """The published rankings of a call, the written one first."""
    return list(
        session.scalars(
            sa.select(CallRanking)
            .where(
                CallRanking.call_id == call.id,
                CallRanking.published_at.is_not(None),
                CallRanking.withdrawn_at.is_(None),
            )
            .order_by(CallRanking.stage.desc())
        )
    )


def positions(session: Session, ranking: CallRanking, ratio: int) -> list[PositionLine]:
    """Every position of a ranking with its figures, by code; one query."""
    final = ranking.stage == Stage.FINAL
    row = RankedCandidate
    rank = row.final_rank if final else row.written_rank
    entered = row.final_rank <= Position.openings if final else row.shortlisted
    query = (
        sa.select(
            Position,
            sa.func.count(),
            sa.func.count(rank),
            sa.func.count().filter(entered),
        )
        .join(Position, Position.id == row.position_id)
        .where(row.ranking_id == ranking.id)
        .group_by(Position.id)
        .order_by(Position.code)
        # Joined, the county would have to be grouped by as well; nobody asks for it here.
        .options(lazyload(Position.county))
    )
    lines = []
    for position, entrants, ranked, number in session.execute(query):
        places = position.openings * (1 if final else ratio)
        lines.append(PositionLine(position, entrants, ranked, number, number > places))
    return lines


def rows_of(session: Session, ranking: CallRanking, position_id: uuid.UUID) -> list[RankedCandidate]:
    """A position's lines, best first, those without a rank last."""
    rank = RankedCandidate.final_rank if ranking.stage == Stage.FINAL else RankedCandidate.written_rank
    return list(
        session.scalars(
            sa.select(RankedCandidate)
            .join(Candidate, Candidate.id == RankedCandidate.candidate_id)
            .options(joinedload(RankedCandidate.candidate))
            .where(RankedCandidate.ranking_id == ranking.id, RankedCandidate.position_id == position_id)
            .order_by(rank.nulls_last(), RankedCandidate.written_rank.nulls_last(), Candidate.ticket_number)
        )
    )


def marks_of(session: Session, candidate: Candidate) -> dict[str, tuple[Decimal | None, str]]:
    """What a candidate's papers count as, by subject: value and note. Only those that have a mark."""
    counted = overriding(session, candidate.call_id)
    marks = session.scalars(sa.select(Mark).where(Mark.candidate_id == candidate.id))
    return {
        mark.subject: counted.get((candidate.id, mark.subject), (mark.value, mark.note)) for mark in marks
    }


def line_of(session: Session, candidate: Candidate, stage: Stage) -> RankedCandidate | None:
    """The candidate's line in the published ranking of a stage."""
    return session.scalar(
        sa.select(RankedCandidate)
        .join(RankedCandidate.ranking)
        .options(joinedload(RankedCandidate.ranking))
        .where(
            RankedCandidate.candidate_id == candidate.id,
            CallRanking.stage == stage,
            CallRanking.published_at.is_not(None),
            CallRanking.withdrawn_at.is_(None),
        )
    )


def corrections(session: Session, call: Call) -> list[MarkCorrection]:
    """Corrections of a call's marks, the latest first."""
    return list(
        session.scalars(
            sa.select(MarkCorrection)
            .join(MarkCorrection.candidate)
            .options(joinedload(MarkCorrection.candidate), joinedload(MarkCorrection.person))
            .where(Candidate.call_id == call.id)
            .order_by(MarkCorrection.corrected_at.desc())
            .limit(200)
        )
    )


def recounts(session: Session, call: Call) -> list[Recount]:
    """Requests for recounts: those without an answer first, the oldest first."""
    return list(
        session.scalars(
            sa.select(Recount)
            .join(Recount.candidate)
            .options(joinedload(Recount.candidate))
            .where(Candidate.call_id == call.id)
            .order_by(Recount.answered_at.is_not(None), Recount.asked_at)
            .limit(500)
        )
    )


def recounts_of(session: Session, candidate: Candidate) -> dict[str, Recount]:
    """A candidate's own requests by subject."""
    found = session.scalars(sa.select(Recount).where(Recount.candidate_id == candidate.id))
    return {item.subject: item for item in found}
