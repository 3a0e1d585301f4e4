"""Correcting the marks of an interview after they were written: one person proposes, another one settles."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session, joinedload

from recruitment.audit.operations import record
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.people.models import User
from recruitment.selection import plans
from recruitment.selection.interview import plan as planning
from recruitment.selection.interview.models import InterviewCorrection
from recruitment.selection.interview.scoring import Element, averages, interview_mark
from recruitment.selection.interview.sheet import key, to_sheet
from recruitment.selection.marks.operations import INTERVIEW, corrected
from recruitment.selection.models import InterviewMark, MarkCorrection
from recruitment.selection.numbers import plain
from workflows.terms import Reason, Refused


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that a correction changes."""

    element: str
    examiner: int
    before: str
    after: str


def changes(correction: InterviewCorrection, elements: Sequence[Element], examiners: int) -> list[Change]:
    """The cells that differ, by element and examiner."""
    places = [
        (item.name, number, x) for number, item in enumerate(elements, 1) for x in range(1, examiners + 1)
    ]
    return [
        Change(name, x, correction.before[key(number, x)], correction.after[key(number, x)])
        for name, number, x in places
        if correction.before.get(key(number, x)) != correction.after.get(key(number, x))
    ]


def open_corrections(session: Session, call: Call) -> list[InterviewCorrection]:
    """Those that wait for a second person, the oldest first."""
    return list(
        session.scalars(
            sa.select(InterviewCorrection)
            .join(InterviewCorrection.candidate)
            .options(joinedload(InterviewCorrection.candidate), joinedload(InterviewCorrection.proposer))
            .where(Candidate.call_id == call.id, InterviewCorrection.settled_at.is_(None))
            .order_by(InterviewCorrection.proposed_at)
        )
    )


def propose(
    session: Session,
    call: Call,
    candidate: Candidate,
    cells: Mapping[str, str],
    reason: str,
    person: User,
    now: datetime,
) -> InterviewCorrection:
    """Propose other marks for a candidate who was interviewed; nothing changes before another person agrees.

    Args:
        cells: every examiner's mark by column in canonical form, each between 0 and the element's full mark.

    Raises:
        Refused: no marks, no reason, no change, one waits already, or the call is not the person's.
    """
    plans.check_in_charge(call, person)
    plans.lock(session, call)
    found = session.get(InterviewMark, candidate.id, populate_existing=True)
    if found is None or found.value is None:
        raise Refused([Reason("not_interviewed", _("这名考生没有面试成绩，不能更正。"))])
    reasons = []
    if not reason.strip():
        reasons.append(Reason("reason_missing", _("请写明更正的原因。")))
    if dict(cells) == found.sheet:
        reasons.append(Reason("no_change", _("各项评分和现在的一样。")))
    waiting = sa.exists().where(
        InterviewCorrection.candidate_id == candidate.id, InterviewCorrection.settled_at.is_(None)
    )
    if session.scalar(sa.select(waiting)):
        reasons.append(Reason("waiting", _("这名考生已有一份更正在等复核。")))
    if reasons:
        raise Refused(reasons)
    plan = planning.plan_of(session, call)
    elements = planning.elements_of(plan)
    marks = to_sheet(cells, elements, plan.examiners)
    if marks is None:
        raise ValueError("a correction holds marks")
    made = InterviewCorrection(
        id=uuid.uuid4(),
        candidate_id=candidate.id,
        before=dict(found.sheet),
        after=dict(cells),
        before_value=found.value,
        after_value=interview_mark(averages(marks, elements, plan.dropped), planning.rounding_of(plan)),
        reason=reason.strip(),
        proposed_by=person.id,
        proposed_at=now,
    )
    session.add(made)
    session.flush()
    return made


def settle(
    session: Session, call: Call, correction_id: uuid.UUID, accepted: bool, person: User, now: datetime
) -> MarkCorrection | None:
    """The second person agrees, and the marks change, or does not. Doing so twice does no harm.

    A published ranking stays as it is, and is out of date, until it is withdrawn and computed anew.

    Raises:
        Refused: it is the person's own proposal, the marks have changed since, or the call is not the person's.
    """
    plans.check_in_charge(call, person)
    plans.lock(session, call)
    made = session.get(InterviewCorrection, correction_id, populate_existing=True)
    if made is None or made.candidate.call_id != call.id or made.settled_at is not None:
        return None
    if made.proposed_by == person.id:
        raise Refused([Reason("own_proposal", _("不能复核自己提出的更正，请另一个人复核。"))])
    found = session.get_one(InterviewMark, made.candidate_id, populate_existing=True)
    if accepted and found.sheet != made.before:
        raise Refused([Reason("marks_changed", _("提出更正以后评分又有变动，请不同意这一份，重新提出。"))])
    made.accepted, made.settled_by, made.settled_at = accepted, person.id, now
    if not accepted:
        record(
            session,
            person,
            "selection.correction_refused",
            at=now,
            subject_kind="candidate",
            subject_id=made.candidate_id,
            reason=made.reason,
            detail={"proposed_by": str(made.proposed_by)},
        )
        session.flush()
        return None
    found.sheet, found.value = dict(made.after), made.after_value
    before, after = plain(made.before_value), plain(made.after_value)
    return corrected(session, made.candidate, INTERVIEW, before, after, made.reason, person, now)
