"""Written marks held against what else is on record about a paper: who came, and whose paper counts 0.

A paper that a violation has zeroed counts 0 by law, whatever a sheet says. A mark of somebody who did not come, or
an absence of somebody who did, cannot both be right: it stops the marks until an admin rules on it with a reason.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload

from recruitment.audit.operations import record
from recruitment.bars.queries import zero_papers
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.exam import queries as exam
from recruitment.exam.models import Attendance, ExamPlan, ExamSubject
from recruitment.people.models import User
from recruitment.selection import plans
from recruitment.selection.marks.sheet import NOTE_WORDS, to_cell
from recruitment.selection.models import ABSENT, VIOLATION, AttendanceRuling, Mark
from workflows.terms import Reason, Refused

Rows = Mapping[str, Mapping[str, str]]
"""Ticket number → subject → cell."""
Paper = tuple[uuid.UUID, str]
"""Candidate and code of the subject."""
_ABSENT, _VIOLATION = NOTE_WORDS[ABSENT], NOTE_WORDS[VIOLATION]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One cell that cannot be right together with the attendance, or with what was ruled about it.

    Attributes:
        came: what is on record.
        ruled: by an admin, so it is the sheet that has to be mended.
    """

    ticket: str
    subject: str
    cell: str
    came: bool
    ruled: bool

    @property
    def wrong(self) -> str:
        said: str = _("到考记录是“缺考”，表中是“%(cell)s”", cell=self.cell)
        if self.ruled:
            said = _("已裁定这名考生到考，表中是“缺考”")
        elif self.came:
            said = _("到考记录是“到考”，表中是“缺考”")
        return said

    @property
    def expected(self) -> str:
        said: str = _("请核对原始记录，改好表格，或者裁定以哪一个为准")
        if self.ruled:
            said = _("请填写分数")
        return said


@dataclass(frozen=True, slots=True)
class SetAside:
    """One cell that counts otherwise than the file has it, and why."""

    ticket: str
    subject: str
    cell: str
    counts: str
    why: str


def rulings(session: Session, call: Call) -> list[AttendanceRuling]:
    """Everything that was ruled on in a call, the latest first."""
    return list(
        session.scalars(
            sa.select(AttendanceRuling)
            .join(AttendanceRuling.candidate)
            .options(joinedload(AttendanceRuling.candidate), joinedload(AttendanceRuling.person))
            .where(Candidate.call_id == call.id)
            .order_by(
                AttendanceRuling.ruled_at.desc(), AttendanceRuling.candidate_id, AttendanceRuling.subject
            )
        )
    )


def _ruled(session: Session, call_id: uuid.UUID) -> dict[Paper, bool]:
    rows = session.execute(
        sa.select(AttendanceRuling.candidate_id, AttendanceRuling.subject, AttendanceRuling.came)
        .join(Candidate, Candidate.id == AttendanceRuling.candidate_id)
        .where(Candidate.call_id == call_id)
    )
    return {(candidate_id, subject): came for candidate_id, subject, came in rows}


def overriding(session: Session, call_id: uuid.UUID) -> dict[Paper, tuple[Decimal | None, str]]:
    """What papers count as whatever their marks say, as value and note: few, in two queries."""
    found: dict[Paper, tuple[Decimal | None, str]] = {
        paper: (None, ABSENT) for paper, came in _ruled(session, call_id).items() if not came
    }
    for candidate_id, subjects in zero_papers(session, call_id).items():
        found |= {(candidate_id, subject): (Decimal(0), VIOLATION) for subject in subjects}
    return found


def contradictions(
    session: Session, call: Call, rows: Rows, ids: Mapping[str, uuid.UUID]
) -> list[Contradiction]:
    """What in a sheet contradicts the attendance; in a constant number of queries.

    Args:
        ids: ticket number → candidate, for every row.
    """
    zeroed, ruled = zero_papers(session, call.id), _ruled(session, call.id)
    missing = exam.absences(session, call.id)
    said_absent = {ids[ticket] for ticket, cells in rows.items() if _ABSENT in cells.values()}
    present = exam.attended(session, call.id, said_absent) if said_absent else set()
    concerned = said_absent | missing.keys()
    found = []
    for ticket, cells in rows.items():
        candidate_id = ids[ticket]
        if candidate_id not in concerned:
            continue
        for subject, cell in cells.items():
            paper = (candidate_id, subject)
            if subject in zeroed.get(candidate_id, ()) or ruled.get(paper) is False:
                continue
            came = ruled.get(paper)
            if came is None and subject in missing.get(candidate_id, ()):
                came = False
            elif came is None and paper in present:
                came = True
            if came is not None and came == (cell == _ABSENT):
                found.append(Contradiction(ticket, subject, cell, came, paper in ruled))
    return found


def set_aside(session: Session, call: Call, rows: Rows, ids: Mapping[str, uuid.UUID]) -> list[SetAside]:
    """Which cells of a sheet count otherwise than it has them."""
    found = []
    tickets = {candidate_id: ticket for ticket, candidate_id in ids.items()}
    for (candidate_id, subject), (value, note) in overriding(session, call.id).items():
        ticket = tickets.get(candidate_id, "")
        cell = rows.get(ticket, {}).get(subject)
        if cell is None or cell == to_cell(value, note) or (note == VIOLATION and cell == "0"):
            continue
        why = _("这一科因违纪按零分处理") if note == VIOLATION else _("已裁定这一科缺考")
        found.append(SetAside(ticket, subject, cell, to_cell(value, note), why))
    return sorted(found, key=lambda item: (item.ticket, item.subject))


def unsettled(session: Session, call: Call) -> list[Contradiction]:
    """What in the marks as they stand contradicts the attendance, of those who may still be ranked."""
    said_missing = (
        sa.select(Attendance.candidate_id)
        .join(ExamSubject, ExamSubject.id == Attendance.subject_id)
        .join(ExamPlan, ExamPlan.id == ExamSubject.plan_id)
        .where(ExamPlan.call_id == call.id, Attendance.present.is_(False))
    )
    marks = session.execute(
        sa.select(Candidate.ticket_number, Candidate.id, Mark.subject, Mark.value, Mark.note)
        .join(Mark, Mark.candidate_id == Candidate.id)
        .where(
            Candidate.call_id == call.id,
            Candidate.state == "confirmed",
            sa.or_(Mark.note == ABSENT, Mark.candidate_id.in_(said_missing)),
        )
        .order_by(Candidate.ticket_number, Mark.subject)
    )
    rows: dict[str, dict[str, str]] = {}
    ids = {}
    for ticket, candidate_id, subject, value, note in marks:
        rows.setdefault(str(ticket), {})[subject] = to_cell(value, note)
        ids[str(ticket)] = candidate_id
    return contradictions(session, call, rows, ids)


def unsettled_reasons(session: Session, call: Call) -> list[Reason]:
    """Why the marks cannot be ranked yet."""
    names = {subject.code: subject.name for subject in plans.scheme_of(session, call).subjects}
    return [
        Reason(
            "attendance_contradicted",
            _(
                "准考证号 %(ticket)s 的%(subject)s：%(wrong)s。请先更正成绩，或者裁定以哪一个为准。",
                ticket=item.ticket,
                subject=names.get(item.subject, item.subject),
                wrong=item.wrong,
            ),
        )
        for item in unsettled(session, call)
    ]


def recorded(session: Session, call: Call, candidate: Candidate, subject: str) -> bool | None:
    """Whether somebody came to a paper by the attendance; none where nobody has said so."""
    return session.scalar(
        sa.select(Attendance.present)
        .join(ExamSubject, ExamSubject.id == Attendance.subject_id)
        .join(ExamPlan, ExamPlan.id == ExamSubject.plan_id)
        .where(
            ExamPlan.call_id == call.id,
            ExamSubject.code == subject,
            Attendance.candidate_id == candidate.id,
        )
    )


def rule(
    session: Session,
    call: Call,
    candidate: Candidate,
    subject: str,
    *,
    came: bool,
    reason: str,
    person: User,
    now: datetime,
) -> AttendanceRuling:
    """Say with a reason whether somebody came to a paper; a later ruling takes the place of an earlier one, on record.

    Raises:
        Refused: there is no reason or no such paper, or the call is not the person's.
    """
    plans.check_in_charge(call, person)
    plans.lock(session, call)
    reasons = []
    if not reason.strip():
        reasons.append(Reason("reason_missing", _("请写明裁定的理由。")))
    if subject not in {item.code for item in plans.scheme_of(session, call).subjects}:
        reasons.append(Reason("no_subject", _("这次招考没有这个科目。")))
    if reasons:
        raise Refused(reasons)
    values = {"came": came, "reason": reason.strip(), "ruled_by": person.id, "ruled_at": now}
    made = session.scalars(
        insert(AttendanceRuling)
        .values(candidate_id=candidate.id, subject=subject, **values)
        .on_conflict_do_update(index_elements=["candidate_id", "subject"], set_=values)
        .returning(AttendanceRuling),
        execution_options={"populate_existing": True},
    ).one()
    record(
        session,
        person,
        "selection.attendance",
        at=now,
        subject_kind="candidate",
        subject_id=candidate.id,
        reason=reason.strip(),
        detail={"subject": subject, "came": came, "recorded": recorded(session, call, candidate, subject)},
    )
    return made
