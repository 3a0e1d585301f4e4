"""Entering and taking back bars, and recording violations."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from recruitment.areas.catalogue import PROVINCE_CODE
from recruitment.audit.operations import record
from recruitment.bars import queries
from recruitment.bars.models import Bar, Violation
from recruitment.bars.table import Entry
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.people.crypto import blind_index
from recruitment.people.id_number import parse
from recruitment.people.models import Role, User
from recruitment.workflow import engine, fire
from workflows.terms import Reason, Refused

KEEPERS = (Role.ADMIN, Role.PROVINCE_REVIEWER)
YEARS = 5


@dataclass(frozen=True, slots=True)
class Entered:
    """How many entries were made, and how many were there already."""

    new: int
    known: int


def may_keep(person: User) -> bool:
    """Whether the person keeps the register: it is one for the whole province."""
    return any(person.may(role, PROVINCE_CODE) for role in KEEPERS)


def _check(person: User) -> None:
    if not may_keep(person):
        raise Refused([Reason("not_allowed", _("禁考名单由省级管理，您不能修改。"))])


def enter(session: Session, entries: Sequence[Entry], person: User, now: datetime) -> Entered:
    """Make entries; one that stands already (same person, decision and first day) is not made again.

    Raises:
        Refused: the person does not keep the register.
    """
    _check(person)
    made = 0
    for entry in entries:
        if _add(session, entry, person, now) is not None:
            made += 1
    record(
        session,
        person,
        "bars.enter",
        at=now,
        subject_kind="register",
        subject_id="bars",
        detail={"new": made, "known": len(entries) - made},
    )
    return Entered(made, len(entries) - made)


def _add(session: Session, entry: Entry, person: User, now: datetime) -> Bar | None:
    number = entry.id_number.value
    return session.scalar(
        insert(Bar)
        .values(
            name=entry.name.strip(),
            id_number=number,
            id_number_index=blind_index("id_number", number),
            kind=entry.kind,
            source=entry.source.strip(),
            clause=entry.clause.strip(),
            starts_on=entry.starts_on,
            until=entry.until,
            created_at=now,
            created_by=person.id,
        )
        .on_conflict_do_nothing(
            index_elements=[Bar.id_number_index, Bar.source, Bar.starts_on],
            index_where=Bar.revoked_at.is_(None),
        )
        .returning(Bar)
    )


def revoke(session: Session, bar: Bar, person: User, now: datetime, *, reason: str) -> None:
    """Take an entry back; it stays in the register, marked.

    Raises:
        Refused: without a reason, taken back already, or the person does not keep the register.
    """
    _check(person)
    session.refresh(bar, with_for_update={"of": Bar})
    if bar.revoked_at is not None:
        raise Refused([Reason("revoked", _("这一条已经撤销过了。"))])
    if not reason.strip():
        raise Refused([Reason("reason_missing", _("请写明撤销的理由。"))])
    bar.revoked_at, bar.revoked_by, bar.revoked_because = now, person.id, reason.strip()
    session.flush()


def searched(session: Session, person: User, now: datetime, found: int) -> None:
    """Note that somebody looked a number up; the number itself is not kept."""
    record(
        session,
        person,
        "bars.search",
        at=now,
        subject_kind="register",
        subject_id="bars",
        detail={"found": found},
    )


def bar_ends(starts_on: date, years: int = YEARS) -> date:
    """The last day of a bar of so many years.

    >>> bar_ends(date(2028, 2, 29)), bar_ends(date(2026, 11, 22))
    (datetime.date(2033, 2, 27), datetime.date(2031, 11, 21))
    """
    try:
        after = starts_on.replace(year=starts_on.year + years)
    except ValueError:  # 29 February
        after = starts_on.replace(year=starts_on.year + years, day=28)
    return date.fromordinal(after.toordinal() - 1)


def record_violation(
    session: Session,
    call: Call,
    candidate: Candidate,
    person: User,
    now: datetime,
    today: date,
    *,
    consequence: str,
    facts: str,
    clause: str,
    subject: str = "",
    kind: str = "exam_cheating",
    for_life: bool = False,
) -> Violation:
    """Record what a candidate did and let it have its consequence, in one transaction.

    Args:
        today: the first day of a bar.
        subject: code of the paper, for ``paper_zero``.

    Raises:
        Refused: the person is not in charge; facts, clause or paper are missing; the paper was zero already; the
            candidate is out already and the consequence would take them out; their ID number is not known.
    """
    if not person.may(Role.ADMIN, call.area_code):
        raise Refused([Reason("not_allowed", _("这次招考不由您管理，不能登记。"))])
    session.refresh(candidate, with_for_update={"of": Candidate})
    reasons = []
    if not facts.strip():
        reasons.append(Reason("facts_missing", _("请写明违纪违规的事实。")))
    if not clause.strip():
        reasons.append(Reason("clause_missing", _("请写明依据的条款。")))
    paper = subject.strip() if consequence == "paper_zero" else ""
    if consequence == "paper_zero" and not paper:
        reasons.append(Reason("subject_missing", _("请写明是哪一科。")))
    elif paper and paper not in queries.papers(session, call):
        reasons.append(Reason("subject_unknown", _("这次招考没有“%(paper)s”这一科。", paper=paper)))
    if paper and session.scalar(
        sa.select(
            sa.exists().where(
                Violation.candidate_id == candidate.id,
                Violation.consequence == "paper_zero",
                Violation.subject == paper,
            )
        )
    ):
        reasons.append(Reason("recorded_already", _("这一科已经登记过按零分处理。")))
    number = candidate.owner.id_number
    if consequence == "bar" and not number:
        reasons.append(Reason("no_id_number", _("没有这个人的身份证号，不能列入禁考名单。")))
    if reasons:
        raise Refused(reasons)
    bar = None
    if consequence == "bar" and number:
        until = None if for_life else bar_ends(today)
        source = f"{call.title}，{candidate.application.receipt_number}"
        entry = Entry(candidate.owner.name, parse(number, today), kind, source, clause, today, until)
        bar = _add(session, entry, person, now)
        if bar is None:
            raise Refused([Reason("barred_already", _("这个人今天已经因这次招考列入禁考名单。"))])
    violation = Violation(
        candidate_id=candidate.id,
        consequence=consequence,
        subject=paper or None,
        facts=facts.strip(),
        clause=clause.strip(),
        bar_id=bar.id if bar else None,
        recorded_at=now,
        recorded_by=person.id,
    )
    session.add(violation)
    session.flush()
    # Who is out of the call already can still be barred from later ones.
    may_end = engine().flow(candidate).definition(candidate).transitions["void"].sources
    if consequence == "void" or (consequence == "bar" and candidate.state in may_end):
        fire(session, candidate, "void", actor=person.actor(), now=now, form={"reason": facts.strip()})
    return violation
