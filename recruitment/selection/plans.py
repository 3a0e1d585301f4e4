"""The scheme of a call and what goes with it: read, checked, changed, and locked once results are out."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from recruitment.audit.operations import record
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.people.models import User
from recruitment.selection import presets
from recruitment.selection.models import CallRanking, Mark, SelectionPlan
from recruitment.selection.scheme import Scheme, load_scheme
from workflows.terms import Reason, Refused


@dataclass(frozen=True, slots=True)
class BonusRule:
    """A policy bonus that the call grants: its name and its points."""

    name: str
    points: Decimal


def plan_of(session: Session, call: Call) -> SelectionPlan:
    """The call's plan; one from the usual preset, not yet saved, where nobody has made one."""
    return session.get(SelectionPlan, call.id) or SelectionPlan(
        call_id=call.id, scheme=presets.PRESETS[presets.DEFAULT].toml, bonus_rules=[], consent_hours=48
    )


def scheme_of(session: Session, call: Call) -> Scheme:
    """The scheme that holds for the call."""
    return load_scheme(plan_of(session, call).scheme)


def bonus_rules(plan: SelectionPlan) -> list[BonusRule]:
    return [BonusRule(rule["name"], Decimal(rule["points"])) for rule in plan.bonus_rules]


def published(session: Session, call_id: uuid.UUID, stage: str) -> CallRanking | None:
    """The ranking of the stage that is published and not withdrawn."""
    return session.scalar(sa.select(CallRanking).where(*in_force(call_id, stage)))


def in_force(call_id: uuid.UUID, stage: str) -> tuple[sa.ColumnElement[bool], ...]:
    """``published`` as conditions on a ranking."""
    return (
        CallRanking.call_id == call_id,
        CallRanking.stage == stage,
        CallRanking.published_at.is_not(None),
        CallRanking.withdrawn_at.is_(None),
    )


def check_in_charge(call: Call, person: User) -> None:
    """:raises Refused: the person is no admin of the call."""
    if not person.actor().covers("admin", call.area_code):
        raise Refused([Reason("not_allowed", _("这次招考不由您管理，不能修改。"))])


def lock(session: Session, call: Call) -> SelectionPlan:
    """Hold the call's plan until the transaction ends, so that whoever else changes marks or ranks waits."""
    session.execute(sa.select(Call.id).where(Call.id == call.id).with_for_update())
    plan = session.get(SelectionPlan, call.id, populate_existing=True)
    return plan or plan_of(session, call)


def save(
    session: Session,
    call: Call,
    person: User,
    now: datetime,
    *,
    scheme: str,
    bonuses: Sequence[BonusRule],
    bonus_proof_by: date | None,
    query_opens_at: datetime | None,
    query_closes_at: datetime | None,
    consent_hours: int,
) -> SelectionPlan:
    """Save the plan; what was decided before is kept on record.

    Raises:
        recruitment.selection.scheme.SchemeError: the scheme cannot be used, with every problem.
        Refused: results are out and the scheme or the bonuses would change, marks are in and the subjects would
            change, or the call is not the person's.
    """
    check_in_charge(call, person)
    read = load_scheme(scheme)
    plan = lock(session, call)
    rules = [{"name": rule.name, "points": str(rule.points)} for rule in bonuses]
    weighing = (plan.scheme, plan.bonus_rules, plan.bonus_proof_by)
    changes = weighing != (scheme, rules, bonus_proof_by)
    reasons = []
    if changes and published(session, call.id, "written"):
        reasons.append(Reason("scheme_locked", _("笔试成绩已经公布，方案和加分不能再改。")))
    if _subjects(read) != _subjects(load_scheme(plan.scheme)) and has_marks(session, call):
        reasons.append(Reason("subjects_locked", _("已经有成绩，科目和满分不能再改。")))
    if reasons:
        raise Refused(reasons)
    before = plan.scheme if sa.inspect(plan).persistent else None
    plan.scheme, plan.bonus_rules, plan.bonus_proof_by = scheme, rules, bonus_proof_by
    plan.query_opens_at, plan.query_closes_at = query_opens_at, query_closes_at
    plan.consent_hours, plan.changed_at = consent_hours, now
    session.add(plan)
    record(
        session,
        person,
        "selection.plan",
        at=now,
        subject_kind="call",
        subject_id=call.id,
        detail={"before": before, "scheme": scheme, "bonuses": rules} if changes or before is None else {},
    )
    session.flush()
    return plan


def _subjects(scheme: Scheme) -> list[tuple[str, Decimal]]:
    return [(subject.code, subject.full_mark) for subject in scheme.subjects]


def has_marks(session: Session, call: Call) -> bool:
    """Whether any mark of the call has been written."""
    return bool(
        session.scalar(
            sa.select(sa.exists().where(Mark.candidate_id == Candidate.id, Candidate.call_id == call.id))
        )
    )
