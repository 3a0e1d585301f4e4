"""Entering and taking back bars, and recording violations."""

import uuid
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
from recruitment.exam.models import Incident
from recruitment.people.crypto import blind_index
from recruitment.people.id_number import parse
from recruitment.people.models import Role, User
from recruitment.workflow import engine, fire
from workflows.terms import Actor, Reason, Refused

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
    incident: Incident | None = None,
) -> Violation:
    """Record what a candidate did and let it have its consequence, in one transaction.

    Args:
        today: the first day of a bar.
        subject: code of the paper, for ``paper_zero``.
        incident: what was noted in the exam room that it rests on; it leads to one violation.

    Raises:
        Refused: the person is not in charge; facts, clause or paper are missing; the paper was zero already; the
            candidate is out already and the consequence would take them out; their ID number is not known; the incident
        is somebody else's or has led to a violation.
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
                Violation.revoked_at.is_(None),
            )
        )
    ):
        reasons.append(Reason("recorded_already", _("这一科已经登记过按零分处理。")))
    if incident is not None:
        reasons += _incident_reasons(session, incident, candidate)
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
        incident_id=incident.id if incident else None,
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


def _incident_reasons(session: Session, incident: Incident, candidate: Candidate) -> list[Reason]:
    # Two admins at once: the second waits and finds what the first did.
    session.refresh(incident, with_for_update={"of": Incident})
    if incident.candidate_id != candidate.id:
        return [Reason("incident_of_another", _("考场记录的是另一名考生。"))]
    if incident.id in queries.of_incidents(session, [incident.id]):
        return [Reason("incident_handled", _("这条考场记录已经处理过了。"))]
    return []


def take_back(
    session: Session, call: Call, violation: Violation, person: User, now: datetime, *, reason: str
) -> None:
    """Let a zeroed paper count again; the violation stays on record, marked.

    Who was put out comes back by an appeal, and an entry of the register is taken back there.

    Raises:
        Refused: the person is not in charge, there is no reason, it was taken back already, or it is of another kind.
    """
    if not person.may(Role.ADMIN, call.area_code):
        raise Refused([Reason("not_allowed", _("这次招考不由您管理，不能撤销。"))])
    session.refresh(violation, with_for_update={"of": Violation})
    reasons = []
    if not reason.strip():
        reasons.append(Reason("reason_missing", _("请写明撤销的理由。")))
    if violation.revoked_at is not None:
        reasons.append(Reason("revoked", _("这一条已经撤销过了。")))
    if violation.consequence != "paper_zero":
        reasons.append(Reason("other_way", _("取消资格的由本人申诉，禁考的在禁考名单里撤销。")))
    if reasons:
        raise Refused(reasons)
    violation.revoked_at, violation.revoked_by, violation.revoked_because = now, person.id, reason.strip()
    record(
        session,
        person,
        "bars.take_back",
        at=now,
        subject_kind="candidate",
        subject_id=violation.candidate_id,
        reason=reason.strip(),
        detail={"subject": violation.subject},
    )
    session.flush()


def overturn(session: Session, candidate_id: uuid.UUID, actor: Actor, now: datetime, reason: str) -> None:
    """What put a candidate out was not so: take it back, with the entries of the register that it led to."""
    standing = session.scalars(
        sa.select(Violation)
        .where(
            Violation.candidate_id == candidate_id,
            Violation.consequence.in_(("void", "bar")),
            Violation.revoked_at.is_(None),
        )
        .with_for_update(of=Violation)
    )
    for violation in standing:
        violation.revoked_at, violation.revoked_by, violation.revoked_because = now, actor.id, reason
        bar = violation.bar
        if bar is not None and bar.revoked_at is None:
            bar.revoked_at, bar.revoked_by, bar.revoked_because = now, actor.id, reason
    session.flush()
