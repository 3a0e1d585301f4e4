"""Interview marks entered twice, extra interviews, and the medical list."""

import uuid
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from recruitment.calls.models import Call, Position
from recruitment.candidates.models import Candidate
from recruitment.lists.declaration import ListDeclaration
from recruitment.people.models import User
from recruitment.selection import plans
from recruitment.selection.interview import plan as planning
from recruitment.selection.interview.scoring import averages, interview_mark
from recruitment.selection.interview.sheet import interview_sheet, to_sheet
from recruitment.selection.marks import entry
from recruitment.selection.marks.operations import corrected
from recruitment.selection.marks.sheet import Row, held_against, mark_cell
from recruitment.selection.models import InterviewMark, InterviewSlot, MarkCorrection, RankedCandidate, Stage
from recruitment.selection.numbers import plain
from recruitment.workflow import fire_many
from workflows.terms import Reason, Refused

EXTRA = "extra_interview"


def drawn_tickets(session: Session, call: Call) -> tuple[dict[str, uuid.UUID], dict[str, bool], set[str]]:
    """Of who is in the drawn order: ticket → candidate, ticket → whether marks may be written now, who has marks."""
    rows = session.execute(
        sa.select(Candidate.ticket_number, Candidate.id, Candidate.state, InterviewMark.candidate_id)
        .join(InterviewSlot, InterviewSlot.candidate_id == Candidate.id)
        .outerjoin(InterviewMark, InterviewMark.candidate_id == Candidate.id)
        .where(Candidate.call_id == call.id)
        .order_by(Candidate.ticket_number)
    ).all()
    return (
        {str(ticket): id_ for ticket, id_, _, _ in rows},
        {str(ticket): state == planning.INVITED for ticket, _, state, _ in rows},
        {str(ticket) for ticket, _, _, marked in rows if marked is not None},
    )


def sheet_of(session: Session, call: Call) -> ListDeclaration[Row]:
    """The sheet of a call's interview, held against its drawn order."""
    plan = planning.plan_of(session, call)
    _, may, marked = drawn_tickets(session, call)
    sheet = interview_sheet(planning.elements_of(plan), plan.examiners)
    return replace(sheet, check=held_against(may, marked))


def waiting(session: Session, call: Call) -> list[str]:
    """Ticket numbers of who is in the drawn order and waits for marks."""
    _, may, marked = drawn_tickets(session, call)
    return [ticket for ticket, free in may.items() if free and ticket not in marked]


def confirm(
    session: Session, call: Call, entry_id: uuid.UUID, person: User, now: datetime
) -> entry.Confirmed:
    """:func:`recruitment.selection.marks.entry.confirm` for the interview: whoever came has then been interviewed."""
    return entry.confirm(
        session,
        call,
        entry_id,
        person,
        now,
        check=partial(_against, session, call),
        write=partial(_write, session, call, person=person, now=now),
    )


def _against(session: Session, call: Call, rows: entry.Rows) -> list[Reason]:
    may, marked = drawn_tickets(session, call)[1:]
    changed = sorted(ticket for ticket in rows if not may.get(ticket) or ticket in marked)
    if not changed:
        return []
    named = "、".join(changed[:5])
    return [
        Reason(
            "candidates_changed",
            _(
                "读取以后有 %(number)s 名考生情况有变（%(named)s），请重新上传。",
                number=len(changed),
                named=named,
            ),
        )
    ]


def _write(session: Session, call: Call, rows: entry.Rows, *, person: User, now: datetime) -> None:
    ids, _, _ = drawn_tickets(session, call)
    plan = planning.plan_of(session, call)
    elements, rounding = planning.elements_of(plan), planning.rounding_of(plan)
    values: list[dict[str, Any]] = []
    came: dict[bool, list[uuid.UUID]] = {True: [], False: []}
    for ticket, cells in rows.items():
        marks = to_sheet(cells, elements, plan.examiners)
        value = None
        if marks is not None:
            value = interview_mark(averages(marks, elements, plan.dropped), rounding)
        values.append(
            {"candidate_id": ids[ticket], "sheet": {} if marks is None else dict(cells), "value": value}
        )
        came[marks is not None].append(ids[ticket])
    session.execute(sa.insert(InterviewMark), values)
    for trigger, whom in (("record_interview", came[True]), ("miss_interview", came[False])):
        if whom:
            fire_many(session, "candidate", trigger, whom, actor=person.actor(), now=now)


def set_extra(
    session: Session, call: Call, candidate: Candidate, cell: str, reason: str, person: User, now: datetime
) -> MarkCorrection:
    """The mark of an extra interview that settles a tie, with its ground on record.

    Raises:
        recruitment.lists.parsers.Wrong: the mark cannot be read.
        Refused: the candidate was not interviewed, results are out, there is no reason, or the call is not the
            person's.
    """
    plans.check_in_charge(call, person)
    plans.lock(session, call)
    found = session.get(InterviewMark, candidate.id, populate_existing=True)
    if found is None or found.value is None:
        raise Refused([Reason("not_interviewed", _("这名考生没有面试成绩，不能登记加试。"))])
    if plans.published(session, call.id, Stage.FINAL):
        raise Refused([Reason("published", _("总成绩名次已经公布。要登记加试，请先撤回公布。"))])
    after = mark_cell(Decimal(100), ())(cell)
    before = "" if found.extra is None else plain(found.extra)
    found.extra = Decimal(after)
    return corrected(session, candidate, EXTRA, before or "—", after, reason, person, now)


def medical_list(session: Session, call: Call) -> list[RankedCandidate]:
    """Who goes to the medical by the published final ranking and has not gone yet, by position and rank.

    A tie that no criterion settled and that goes past the openings sends nobody of it: an extra interview must settle
    it first.
    """
    ranking = plans.published(session, call.id, Stage.FINAL)
    if ranking is None:
        return []
    line = RankedCandidate
    other = sa.orm.aliased(RankedCandidate)
    sharing = (
        sa.select(sa.func.count())
        .where(
            other.ranking_id == ranking.id,
            other.position_id == line.position_id,
            other.final_rank == line.final_rank,
        )
        .scalar_subquery()
    )
    return list(
        session.scalars(
            sa.select(line)
            .join(Position, Position.id == line.position_id)
            .join(Candidate, Candidate.id == line.candidate_id)
            .options(sa.orm.contains_eager(line.position), sa.orm.contains_eager(line.candidate))
            .where(
                line.ranking_id == ranking.id,
                Candidate.state == "interviewed",
                line.final_rank + sharing - 1 <= Position.openings,
            )
            .order_by(Position.code, line.final_rank, Candidate.ticket_number)
        )
    )


def to_medical(session: Session, call: Call, person: User, now: datetime) -> int:
    """Everybody on the medical list goes on; returns how many. Doing so twice does no harm.

    Raises:
        Refused: the final ranking is not published, or the call is not the person's.
    """
    plans.check_in_charge(call, person)
    plans.lock(session, call)
    if plans.published(session, call.id, Stage.FINAL) is None:
        raise Refused([Reason("not_published", _("请先公布总成绩名次。"))])
    ids = [line.candidate_id for line in medical_list(session, call)]
    if not ids:
        return 0
    return fire_many(session, "candidate", "to_medical", ids, actor=person.actor(), now=now).moved
