"""The table that a call's ranking is computed from, as ``recruitment rank`` reads it.

It names candidates by ticket number and holds nothing else about them, so it can be published.
"""

import csv
import io
import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.calls.models import Call, Position
from recruitment.candidates.models import Candidate
from recruitment.selection import plans
from recruitment.selection.marks.attendance import overriding
from recruitment.selection.marks.operations import counting
from recruitment.selection.models import (
    ABSENT,
    VIOLATION,
    CallRanking,
    InterviewMark,
    Mark,
    PolicyBonus,
    RankedCandidate,
    Stage,
)
from recruitment.selection.numbers import as_entered
from recruitment.selection.scheme import EXTRA_INTERVIEW, Scheme
from workflows.schema import event

# Who dropped out between the shortlist and the interview, in whatever way.
DROPPED = frozenset({"recheck_failed", "gave_up", "void"})
UNDECIDED = frozenset({"shortlisted", "called_up", "reserve", "eliminated", "not_selected"})


@dataclass(frozen=True, slots=True)
class Inputs:
    """What is ranked, and who is behind each ticket number."""

    scores: str
    scheme_text: str
    candidates: dict[str, tuple[uuid.UUID, uuid.UUID]]
    """Ticket number → candidate, position."""


KEPT = "kept"


def without_kept(scores: str) -> str:
    """A table without its column of who keeps a place, which is the last one where there is one."""
    lines = scores.splitlines(keepends=True)
    if not lines or not lines[0].rstrip().endswith(f",{KEPT}"):
        return scores
    return "".join(line.rpartition(",")[0] + "\n" for line in lines)


def inputs(session: Session, call: Call, stage: Stage, positions: list[uuid.UUID] | None = None) -> Inputs:
    """Everything that the ranking of a stage depends on, in a constant number of queries.

    Written: those who may sit the exam and have marks. Final: those of the published written ranking, with how the
    recheck ended and the marks of the interview.

    Args:
        positions: only these; for what concerns single positions.
    """
    plan = plans.plan_of(session, call)
    scheme = plans.scheme_of(session, call)
    query = (
        sa.select(Candidate.ticket_number, Candidate.id, Candidate.state, Position)
        .join(Position, Position.id == Candidate.position_id)
        .where(Candidate.call_id == call.id, Candidate.ticket_number.is_not(None))
        .order_by(Position.code, Candidate.ticket_number)
    )
    if positions is not None:
        query = query.where(Candidate.position_id.in_(positions))
    ranking = plans.published(session, call.id, Stage.WRITTEN)
    if stage is Stage.WRITTEN and ranking is None:
        query = query.where(
            Candidate.state == "confirmed", sa.exists().where(Mark.candidate_id == Candidate.id)
        )
    else:
        in_it = sa.exists().where(
            RankedCandidate.ranking_id == (ranking.id if ranking else None),
            RankedCandidate.candidate_id == Candidate.id,
        )
        query = query.where(in_it)
    rows = session.execute(query).all()
    here = Candidate.call_id == call.id
    if positions is not None:
        here = sa.and_(here, Candidate.position_id.in_(positions))
    marks = _marks(session, here)
    for (candidate_id, subject), counted in overriding(session, call.id).items():
        if candidate_id in marks:
            marks[candidate_id][subject] = counted
    bonuses = _bonuses(session, here, plan.bonus_proof_by)
    interviews = _interviews(session, here) if stage is Stage.FINAL else {}
    rechecks = _rechecks(session, here) if stage is Stage.FINAL else {}
    called = placed(session, call.id, ranking) if stage is Stage.FINAL else set()
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_header(scheme, stage))
    people: dict[str, tuple[uuid.UUID, uuid.UUID]] = {}
    for ticket, candidate_id, state, position in rows:
        people[str(ticket)] = (candidate_id, position.id)
        mine = marks.get(candidate_id, {})
        # Who left after the interview leaves the order to the others.
        interview, extra = (None, None) if state in DROPPED else interviews.get(candidate_id, (None, None))
        line: list[object] = [position.code, position.openings, ticket]
        line += [_text(mine.get(subject.code, (None, ""))[0]) for subject in scheme.subjects]
        line.append(as_entered(bonuses.get(candidate_id, Decimal(0))))
        notes = {mine.get(subject.code, (None, ABSENT))[1] for subject in scheme.subjects}
        line += ["Y" if ABSENT in notes else "N", "Y" if VIOLATION in notes else "N", _text(interview)]
        if EXTRA_INTERVIEW in scheme.ties:
            line.append(_text(extra))
        line.append(position.county_code[:4] + "00")
        if stage is Stage.FINAL:
            line += [rechecks.get(candidate_id, ""), "Y" if candidate_id in called else ""]
        writer.writerow(line)
    return Inputs(out.getvalue(), plan.scheme, people)


def _header(scheme: Scheme, stage: Stage) -> list[str]:
    header = ["position", "openings", "candidate", *(subject.code for subject in scheme.subjects)]
    header += ["bonus", "absent", "violation", "interview"]
    if EXTRA_INTERVIEW in scheme.ties:
        header.append(EXTRA_INTERVIEW)
    header.append("prefecture")
    return [*header, "recheck", KEPT] if stage is Stage.FINAL else header


def _text(mark: Decimal | None) -> str:
    return "" if mark is None else as_entered(mark)


_Here = sa.ColumnElement[bool]


def _marks(session: Session, here: _Here) -> dict[uuid.UUID, dict[str, tuple[Decimal | None, str]]]:
    found: dict[uuid.UUID, dict[str, tuple[Decimal | None, str]]] = defaultdict(dict)
    query = (
        sa.select(Mark.candidate_id, Mark.subject, Mark.value, Mark.note)
        .join(Candidate, Candidate.id == Mark.candidate_id)
        .where(here)
    )
    for candidate_id, subject, value, note in session.execute(query):
        found[candidate_id][subject] = (value, note)
    return found


def _bonuses(session: Session, here: _Here, proof_by: date | None) -> dict[uuid.UUID, Decimal]:
    proven: dict[uuid.UUID, list[tuple[Decimal, date]]] = defaultdict(list)
    query = (
        sa.select(PolicyBonus.candidate_id, PolicyBonus.points, PolicyBonus.proven_on)
        .join(Candidate, Candidate.id == PolicyBonus.candidate_id)
        .where(here)
    )
    for candidate_id, points, proven_on in session.execute(query):
        proven[candidate_id].append((points, proven_on))
    return {candidate_id: counting(all_of_them, proof_by) for candidate_id, all_of_them in proven.items()}


def _interviews(session: Session, here: _Here) -> dict[uuid.UUID, tuple[Decimal | None, Decimal | None]]:
    query = (
        sa.select(InterviewMark.candidate_id, InterviewMark.value, InterviewMark.extra)
        .join(Candidate, Candidate.id == InterviewMark.candidate_id)
        .where(here)
    )
    return {candidate_id: (value, extra) for candidate_id, value, extra in session.execute(query)}


def _rechecks(session: Session, here: _Here) -> dict[uuid.UUID, str]:
    """Y passed, N failed or dropped out before the interview; empty where nothing is decided.

    Who passed the recheck and leaves only at the interview or later has passed it: that makes no vacancy.
    """
    came = set(
        session.scalars(
            sa.select(event.c.subject_id)
            .join(Candidate, Candidate.id == event.c.subject_id)
            .where(
                here,
                event.c.workflow == "candidate",
                event.c.transition.in_(("record_interview", "miss_interview")),
            )
        )
    )
    found = {}
    for candidate_id, state in session.execute(sa.select(Candidate.id, Candidate.state).where(here)):
        if candidate_id in came:
            found[candidate_id] = "Y"
        elif state in DROPPED:
            found[candidate_id] = "N"
        else:
            found[candidate_id] = "" if state in UNDECIDED else "Y"
    return found


def placed(session: Session, call_id: uuid.UUID, ranking: CallRanking | None) -> set[uuid.UUID]:
    """Who has been told of a place: on the shortlist of the ranking in force, or called up under it.

    What was done under a ranking that was withdrawn is over.
    """
    later = event.alias()
    called = (
        sa.select(event.c.subject_id)
        .join(Candidate, Candidate.id == event.c.subject_id)
        .where(
            Candidate.call_id == call_id,
            event.c.workflow == "candidate",
            event.c.transition == "call_up",
            ~sa.exists().where(
                later.c.workflow == "candidate",
                later.c.subject_id == event.c.subject_id,
                later.c.transition == "unrank",
                later.c.seq > event.c.seq,
            ),
        )
    )
    listed = sa.select(RankedCandidate.candidate_id).where(
        RankedCandidate.ranking_id == (ranking.id if ranking else None), RankedCandidate.shortlisted
    )
    return set(session.scalars(called.union(listed)))
