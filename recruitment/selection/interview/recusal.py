"""Examiners stay away from candidates that they are close to: what they declared, and what the forms show."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session, joinedload

from recruitment.applications.models import Application
from recruitment.audit.operations import record
from recruitment.calls.exports import current_tenure
from recruitment.calls.models import Call, Position
from recruitment.candidates.models import Candidate
from recruitment.inspection.relatives import plain
from recruitment.people.models import User
from recruitment.selection import plans
from recruitment.selection.interview.models import ExaminerRecusal
from recruitment.selection.models import Examiner, InterviewMark, InterviewSlot
from workflows.terms import Reason, Refused

# Ties by which an examiner must not judge a candidate, as the declaration names them.
TIES = {"relative": "亲属", "community": "同一村（社区）", "organ": "同一单位", "other": "其他可能影响公正的"}


@dataclass(frozen=True, slots=True)
class Conflict:
    """Why an examiner must not sit before a candidate.

    Attributes:
        declared: whether it was declared; otherwise the unit or the names in the application form show it.
    """

    examiner: str
    candidate_id: uuid.UUID
    ticket: str
    tie: str
    declared: bool


def shown_tie(name: str, unit: str, form: Mapping[str, Any], organ: str, day: date) -> str | None:
    """The tie that a frozen application form shows between an examiner and its candidate, a key of :data:`TIES`.

    A declared relative of the examiner's name may be a namesake; keeping the examiner away costs nothing.

    Args:
        organ: the employing organ of the position.
        day: the reference date; the post held on it says where the candidate serves.
    """
    if any(plain(item["name"]) == plain(name) for item in form.get("relatives", ())):
        return "relative"
    if not plain(unit):
        return None
    if plain(unit) == plain(str(current_tenure(dict(form), day).get("community_name") or "")):
        return "community"
    employers = {plain(str(item.get("employer") or "")) for item in form.get("relatives", ())}
    return "organ" if plain(unit) in {plain(organ), *employers} else None


def conflicts(session: Session, call: Call, candidate_ids: Collection[uuid.UUID]) -> list[Conflict]:
    """Every conflict between the call's examiners and these candidates, by examiner and ticket; three queries."""
    examiners = session.scalars(sa.select(Examiner).where(Examiner.call_id == call.id)).all()
    declared = {
        (row.examiner_id, row.candidate_id): row.tie
        for row in session.scalars(
            sa.select(ExaminerRecusal).where(ExaminerRecusal.examiner_id.in_([one.id for one in examiners]))
        )
    }
    rows = session.execute(
        sa.select(Candidate.id, Candidate.ticket_number, Application.form, Position.organ)
        .join(Application, Application.id == Candidate.application_id)
        .join(Position, Position.id == Candidate.position_id)
        .where(Candidate.id.in_(candidate_ids))
    )
    found = []
    for candidate_id, ticket, form, organ in rows:
        for one in examiners:
            said = declared.get((one.id, candidate_id))
            tie = said or shown_tie(one.name, one.unit, form or {}, organ, call.reference_date)
            if tie:
                found.append(Conflict(one.code, candidate_id, str(ticket), tie, said is not None))
    return sorted(found, key=lambda item: (item.examiner, item.ticket))


def of_call(session: Session, call: Call) -> list[Conflict]:
    """The conflicts with everybody who is to be interviewed or has been."""
    invited = sa.select(Candidate.id).where(
        Candidate.call_id == call.id, Candidate.state.in_(("rechecked", "interviewed", "interview_absent"))
    )
    return conflicts(session, call, session.scalars(invited).all())


def barred(
    found: Iterable[Conflict], group_of: Mapping[uuid.UUID, uuid.UUID], groups: Sequence[uuid.UUID]
) -> set[tuple[str, int]]:
    """Pairs of an examiner's code and the index of a group that has a candidate whom they must not judge."""
    index = {group: number for number, group in enumerate(groups)}
    return {(one.examiner, index[group_of[one.candidate_id]]) for one in found}


def misplaced(session: Session, call: Call) -> list[Conflict]:
    """Conflicts of examiners that sit in the candidate's group, found after the draw."""
    group_of = dict(
        session.execute(
            sa.select(InterviewSlot.candidate_id, InterviewSlot.group_id)
            .join(Candidate, Candidate.id == InterviewSlot.candidate_id)
            .where(Candidate.call_id == call.id)
        ).all()
    )
    seated = dict(
        session.execute(sa.select(Examiner.code, Examiner.group_id).where(Examiner.call_id == call.id)).all()
    )
    return [
        one
        for one in conflicts(session, call, group_of.keys())
        if seated[one.examiner] == group_of[one.candidate_id]
    ]


def declarations(session: Session, call: Call) -> list[ExaminerRecusal]:
    """What was declared in a call, by examiner and ticket number."""
    return list(
        session.scalars(
            sa.select(ExaminerRecusal)
            .join(ExaminerRecusal.examiner)
            .join(ExaminerRecusal.candidate)
            .options(joinedload(ExaminerRecusal.examiner), joinedload(ExaminerRecusal.candidate))
            .where(Examiner.call_id == call.id)
            .order_by(Examiner.code, Candidate.ticket_number)
        )
    )


def declare(
    session: Session,
    call: Call,
    code: str,
    ticket: str,
    tie: str,
    explanation: str,
    person: User,
    now: datetime,
) -> ExaminerRecusal:
    """Keep an examiner away from a candidate; declaring the same again changes the words.

    Raises:
        Refused: no such examiner or candidate, an unknown tie, ``other`` without words, marks are in, or the call is
            not the person's.
    """
    plans.check_in_charge(call, person)
    plans.lock(session, call)
    examiner = session.scalar(sa.select(Examiner).where(Examiner.call_id == call.id, Examiner.code == code))
    candidate = session.scalar(
        sa.select(Candidate).where(Candidate.call_id == call.id, Candidate.ticket_number == ticket)
    )
    reasons = []
    if examiner is None:
        reasons.append(Reason("no_examiner", _("考官名单里没有编号%(code)s。", code=code)))
    if candidate is None:
        reasons.append(Reason("no_candidate", _("没有准考证号%(ticket)s，请核对。", ticket=ticket)))
    elif session.get(InterviewMark, candidate.id) is not None:
        reasons.append(Reason("marks_in", _("这名考生已经有面试成绩。")))
    if tie not in TIES:
        reasons.append(Reason("tie_unknown", _("请选择回避的原因。")))
    if tie == "other" and not explanation.strip():
        reasons.append(Reason("explanation_missing", _("请写明是什么情形。")))
    if reasons or examiner is None or candidate is None:
        raise Refused(reasons)
    made = session.scalar(
        sa.select(ExaminerRecusal).where(
            ExaminerRecusal.examiner_id == examiner.id, ExaminerRecusal.candidate_id == candidate.id
        )
    ) or ExaminerRecusal(id=uuid.uuid4(), examiner_id=examiner.id, candidate_id=candidate.id)
    made.tie, made.explanation = tie, explanation.strip()
    made.declared_by, made.declared_at = person.id, now
    session.add(made)
    _note(session, "selection.recusal", candidate, code, person, now, reason=TIES[tie])
    session.flush()
    return made


def withdraw(
    session: Session, call: Call, recusal_id: uuid.UUID, reason: str, person: User, now: datetime
) -> None:
    """Take a declaration back that was made by mistake, with the reason on record.

    Raises:
        Refused: no reason, or the call is not the person's.
    """
    plans.check_in_charge(call, person)
    plans.lock(session, call)
    made = session.get(ExaminerRecusal, recusal_id)
    if made is None or made.examiner.call_id != call.id:
        return
    if not reason.strip():
        raise Refused([Reason("reason_missing", _("请写明撤回的原因。"))])
    code, candidate = made.examiner.code, made.candidate
    session.delete(made)
    _note(session, "selection.recusal_withdrawn", candidate, code, person, now, reason=reason.strip())
    session.flush()


def _note(
    session: Session,
    action: str,
    candidate: Candidate,
    code: str,
    person: User,
    now: datetime,
    *,
    reason: str,
) -> None:
    record(
        session,
        person,
        action,
        at=now,
        subject_kind="candidate",
        subject_id=candidate.id,
        reason=reason,
        detail={"examiner": code},
    )
