"""Everything that changes written marks: import, correction, policy bonuses, recounts."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from recruitment.audit.operations import record
from recruitment.bars.queries import zero_papers
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.lists.declaration import Fault, ListDeclaration, Sound
from recruitment.lists.parsers import Wrong, quote
from recruitment.notices.raising import tell
from recruitment.people.models import User
from recruitment.selection import plans
from recruitment.selection.marks import attendance, entry
from recruitment.selection.marks.bonus import BonusRow
from recruitment.selection.marks.sheet import WORDS as NOTES
from recruitment.selection.marks.sheet import Row, held_against, mark_cell, to_cell, to_mark, written_sheet
from recruitment.selection.models import Mark, MarkCorrection, PolicyBonus, Recount, Stage
from recruitment.wording import moment
from workflows.terms import Reason, Refused

INTERVIEW = "interview"


@dataclass(frozen=True, slots=True)
class Sitting:
    """The candidates of a call as an import of written marks sees them.

    Attributes:
        ids: ticket number → candidate.
        may: ticket number → whether marks may be written now.
        marked: ticket numbers that have marks.
    """

    ids: dict[str, uuid.UUID]
    may: dict[str, bool]
    marked: frozenset[str]

    @property
    def missing(self) -> list[str]:
        """Who may have marks and has none."""
        return sorted(ticket for ticket, may in self.may.items() if may and ticket not in self.marked)


def sitting(session: Session, call: Call) -> Sitting:
    """In two queries, however many candidates there are."""
    rows = session.execute(
        sa.select(Candidate.ticket_number, Candidate.id, Candidate.state).where(
            Candidate.call_id == call.id, Candidate.ticket_number.is_not(None)
        )
    ).all()
    marked = session.scalars(
        sa.select(Candidate.ticket_number)
        .where(Candidate.call_id == call.id, sa.exists().where(Mark.candidate_id == Candidate.id))
        .order_by(Candidate.ticket_number)
    )
    return Sitting(
        {ticket: id_ for ticket, id_, _ in rows if ticket},
        {ticket: state == "confirmed" for ticket, _, state in rows if ticket},
        frozenset(ticket for ticket in marked if ticket),
    )


def sheet_of(session: Session, call: Call) -> ListDeclaration[Row]:
    """The sheet of a call's written marks, held against its candidates."""
    here = sitting(session, call)
    against_candidates = held_against(here.may, here.marked)

    def check(sound: Sound[Row]) -> Iterator[Fault]:
        unknown = set()
        for fault in against_candidates(sound):
            unknown.add(fault.number)
            yield fault
        known = {row.ticket: number for number, row in sound if number not in unknown}
        rows = {row.ticket: row.cells for row in sound.rows if row.ticket in known}
        for item in attendance.contradictions(session, call, rows, here.ids):
            # What has been ruled on is for the file to follow; anything else somebody may rule on.
            about = None if item.ruled else {"ticket": item.ticket, "subject": item.subject}
            yield Fault(known[item.ticket], item.subject, Wrong(item.wrong, item.expected), about=about)
        for aside in attendance.set_aside(session, call, rows, here.ids):
            counts = _("零分") if aside.counts == "违纪" else aside.counts
            wrong = Wrong(
                _("%(cell)s不按表中的计，按%(counts)s计", cell=quote(aside.cell), counts=counts), aside.why
            )
            yield Fault(known[aside.ticket], aside.subject, wrong, doubt=True)

    return replace(written_sheet(plans.scheme_of(session, call)), check=check)


def confirm(
    session: Session, call: Call, entry_id: uuid.UUID, person: User, now: datetime
) -> entry.Confirmed:
    """:func:`recruitment.selection.marks.entry.confirm` for written marks."""
    return entry.confirm(
        session,
        call,
        entry_id,
        person,
        now,
        check=partial(_against, session, call),
        write=partial(_write, session, call),
    )


def _against(session: Session, call: Call, rows: entry.Rows) -> list[Reason]:
    here = sitting(session, call)
    changed = [ticket for ticket in rows if not here.may.get(ticket) or ticket in here.marked]
    if not changed and (found := attendance.contradictions(session, call, rows, here.ids)):
        named = "、".join(sorted({item.ticket for item in found})[:5])
        words = _(
            "读取以后有 %(number)s 处与到考记录矛盾（%(named)s），请裁定，或者改好后重新上传。",
            number=len(found),
            named=named,
        )
        return [Reason("attendance_contradicted", words)]
    scheme = plans.scheme_of(session, call)
    subjects = {subject.code for subject in scheme.subjects}
    if any(cells.keys() != subjects for cells in rows.values()):
        return [Reason("subjects_changed", _("读取以后科目有改动，请重新上传。"))]
    if changed:
        named = "、".join(sorted(changed)[:5])
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
    return []


def _write(session: Session, call: Call, rows: entry.Rows) -> None:
    ids = sitting(session, call).ids
    values: list[dict[str, Any]] = []
    for ticket, cells in rows.items():
        for subject, cell in cells.items():
            value, note = to_mark(cell)
            values.append({"candidate_id": ids[ticket], "subject": subject, "value": value, "note": note})
    session.execute(sa.insert(Mark), values)


def correct(
    session: Session,
    call: Call,
    candidate: Candidate,
    subject: str,
    cell: str,
    reason: str,
    person: User,
    now: datetime,
) -> MarkCorrection:
    """Change one written mark, with a reason on record. A published ranking stays until it is withdrawn.

    Args:
        cell: the new mark as text, or 缺考 or 违纪.

    Raises:
        recruitment.lists.parsers.Wrong: the mark cannot be read.
        Refused: there is no reason, no such mark, no change, or the call is not the person's.
    """
    plans.check_in_charge(call, person)
    plans.lock(session, call)
    scheme = plans.scheme_of(session, call)
    found = session.get(Mark, (candidate.id, subject), populate_existing=True)
    full_mark = next((item.full_mark for item in scheme.subjects if item.code == subject), None)
    if found is None or full_mark is None:
        raise Refused([Reason("no_mark", _("这个科目还没有成绩，请先导入。"))])
    after, before = mark_cell(full_mark, NOTES)(cell), to_cell(found.value, found.note)
    if subject in zero_papers(session, call.id).get(candidate.id, ()):
        raise Refused([Reason("paper_zero", _("这一科因违纪按零分处理，处理撤销以前不能更正。"))])
    if after == before:
        raise Refused([Reason("no_change", _("现在的成绩就是 %(before)s。", before=before))])
    ticket = str(candidate.ticket_number)
    rows, ids = {ticket: {subject: after}}, {ticket: candidate.id}
    if contradicting := attendance.contradictions(session, call, rows, ids):
        raise Refused(
            [
                Reason("attendance_contradicted", _("%(wrong)s。请先裁定。", wrong=item.wrong))
                for item in contradicting
            ]
        )
    found.value, found.note = to_mark(after)
    return corrected(session, candidate, subject, before, after, reason, person, now)


def corrected(
    session: Session,
    candidate: Candidate,
    subject: str,
    before: str,
    after: str,
    reason: str,
    person: User,
    now: datetime,
) -> MarkCorrection:
    """Write a correction down. :raises Refused: without a reason."""
    if not reason.strip():
        raise Refused([Reason("reason_missing", _("请写明更正的原因。"))])
    correction = MarkCorrection(
        candidate_id=candidate.id,
        subject=subject,
        before=before,
        after=after,
        reason=reason.strip(),
        corrected_by=person.id,
        corrected_at=now,
    )
    session.add(correction)
    record(
        session,
        person,
        "selection.correct",
        at=now,
        subject_kind="candidate",
        subject_id=candidate.id,
        reason=reason.strip(),
        detail={"subject": subject, "before": before, "after": after},
    )
    session.flush()
    return correction


def set_bonuses(session: Session, call: Call, rows: Sequence[BonusRow], person: User, now: datetime) -> int:
    """Put a checked list of policy bonuses in place of the present one, whole; returns how many.

    Raises:
        Refused: results are out, or the call is not the person's.
    """
    plans.check_in_charge(call, person)
    plan = plans.lock(session, call)
    if plans.published(session, call.id, Stage.WRITTEN):
        raise Refused([Reason("scheme_locked", _("笔试成绩已经公布，加分不能再改。"))])
    ids = sitting(session, call).ids
    points = {rule.name: rule.points for rule in plans.bonus_rules(plan)}
    of_call = sa.select(Candidate.id).where(Candidate.call_id == call.id)
    session.execute(sa.delete(PolicyBonus).where(PolicyBonus.candidate_id.in_(of_call)))
    values = [
        {
            "candidate_id": ids[row.ticket],
            "name": row.name,
            "points": points[row.name],
            "proven_on": row.proven_on,
            "entered_by": person.id,
            "entered_at": now,
        }
        for row in rows
    ]
    if values:
        session.execute(sa.insert(PolicyBonus), values)
    record(
        session,
        person,
        "selection.bonuses",
        at=now,
        subject_kind="call",
        subject_id=call.id,
        detail={"rows": len(values)},
    )
    return len(values)


def counting(bonuses: Iterable[tuple[Decimal, date]], proof_by: date | None) -> Decimal:
    """The bonus that counts: the highest one proven in time; 0 where there is none.

    >>> counting([(Decimal(2), date(2026, 3, 1)), (Decimal(4), date(2026, 5, 1))], date(2026, 4, 1))
    Decimal('2')
    """
    in_time = [points for points, proven_on in bonuses if proof_by is None or proven_on <= proof_by]
    return max(in_time, default=Decimal(0))


def window_reasons(opens_at: datetime | None, closes_at: datetime | None, now: datetime) -> list[Reason]:
    """Why marks cannot be looked up, or recounts asked for, at this moment."""
    if opens_at is not None and now < opens_at:
        return [Reason("query_not_open", _("成绩查询%(moment)s开始。", moment=moment(opens_at)))]
    if closes_at is not None and now >= closes_at:
        return [Reason("query_closed", _("成绩查询已于%(moment)s结束。", moment=moment(closes_at)))]
    return []


def ask_recount(session: Session, candidate: Candidate, subject: str, reason: str, now: datetime) -> Recount:
    """A candidate asks to have a mark counted again; asking again changes nothing.

    Raises:
        Refused: the marks are not out, the window is closed, there is no reason or no such mark.
    """
    call = session.get_one(Call, candidate.call_id)
    plan = plans.lock(session, call)
    reasons = window_reasons(plan.query_opens_at, plan.query_closes_at, now)
    if plans.published(session, call.id, Stage.WRITTEN) is None:
        reasons.append(Reason("not_published", _("成绩还没有公布。")))
    if not reason.strip():
        reasons.append(Reason("reason_missing", _("请写明为什么申请复核。")))
    if session.get(Mark, (candidate.id, subject)) is None:
        reasons.append(Reason("no_mark", _("请选择要复核的科目。")))
    if reasons:
        raise Refused(reasons)
    asked = session.scalar(
        sa.select(Recount).where(Recount.candidate_id == candidate.id, Recount.subject == subject)
    )
    if asked is None:
        asked = Recount(candidate_id=candidate.id, subject=subject, reason=reason.strip(), asked_at=now)
        session.add(asked)
        session.flush()
    return asked


def answer_recount(
    session: Session,
    call: Call,
    asked: Recount,
    answer: str,
    person: User,
    now: datetime,
    *,
    correct_to: Callable[[], MarkCorrection] | None = None,
) -> None:
    """Answer a request for a recount, with the correction that it led to if any, and tell the candidate.

    Raises:
        Refused: no answer is given, it has been answered, or the call is not the person's.
    """
    plans.check_in_charge(call, person)
    session.refresh(asked, with_for_update=True)
    reasons = []
    if asked.answered_at is not None:
        reasons.append(Reason("answered", _("这份申请已经答复过了。")))
    if not answer.strip():
        reasons.append(Reason("answer_missing", _("请写明复核的结果。")))
    if reasons:
        raise Refused(reasons)
    if correct_to is not None:
        correct_to()
    asked.outcome = "corrected" if correct_to else "unchanged"
    asked.answer, asked.answered_by, asked.answered_at = answer.strip(), person.id, now
    session.flush()
    candidate = session.get_one(Candidate, asked.candidate_id)
    tell(session, "candidate", candidate, "candidate.recount_answered", now, {"recount": str(asked.id)})
