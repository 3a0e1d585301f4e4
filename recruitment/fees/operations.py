"""What changes a fee plan, its deadlines, and who is asked to pay."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from recruitment.applications.models import Application
from recruitment.audit.operations import record
from recruitment.calls.models import Call, Position
from recruitment.calls.queries import waiting_states
from recruitment.candidates import operations as candidates
from recruitment.candidates.models import Candidate
from recruitment.fees import deadlines, guards
from recruitment.fees.models import FeeExtension, FeePlan, Payment
from recruitment.fees.rules import Outcome
from recruitment.people.models import Role, User
from recruitment.wording import moment
from recruitment.workflow import engine, fire_many
from workflows import timers
from workflows.terms import Actor, Reason, Refused

# Payment is opened once everybody has their answer; while the exam is prepared at the latest.
OPENABLE = ("registration_closed", "in_review", "exam")
OVER = ("finished", "cancelled")
CHUNK = 200


def save_plan(session: Session, call: Call, person: User, values: dict[str, Any]) -> FeePlan:
    """Set what a call asks; before payment was opened.

    Args:
        values: fields of :class:`FeePlan` by name.

    Raises:
        Refused: payment has been opened, or the call is not the person's.
    """
    _check_in_charge(call, person)
    session.refresh(call, with_for_update=True)
    plan = session.get(FeePlan, call.id)
    if plan is not None and plan.opened_at is not None:
        raise Refused([Reason("fees_opened", _("缴费已经开始，标准不能再改；需要时可以延长缴费时间。"))])
    if plan is None:
        plan = FeePlan(call_id=call.id)
        session.add(plan)
    for name, value in values.items():
        setattr(plan, name, value)
    session.flush()
    return plan


def opening_reasons(session: Session, call: Call, plan: FeePlan | None, now: datetime) -> list[Reason]:
    """Why payment cannot be opened now."""
    reasons = []
    if plan is None:
        reasons.append(Reason("no_fee_plan", _("请先填写收费标准和截止时间。")))
    elif plan.opened_at is not None:
        reasons.append(Reason("fees_opened", _("缴费已于%(moment)s开始。", moment=moment(plan.opened_at))))
    elif plan.closes_at <= now:
        reasons.append(
            Reason(
                "fees_over", _("缴费截止时间%(moment)s已经过了，请先修改。", moment=moment(plan.closes_at))
            )
        )
    if call.state not in OPENABLE:
        reasons.append(Reason("wrong_stage", _("报名截止以后才能开始缴费。")))
    waiting = session.scalar(
        sa.select(sa.func.count())
        .select_from(Application)
        .where(Application.call_id == call.id, Application.state.in_(waiting_states()))
    )
    if waiting:
        reasons.append(Reason("reviews_waiting", _("还有%(waiting)s份报名没有审完。", waiting=waiting)))
    return reasons


def open_payment(session: Session, call: Call, person: User, now: datetime) -> FeePlan:
    """Fix the amounts and let the qualified be asked to pay. They are taken in by :func:`enrol_chunk`.

    Raises:
        Refused: with every reason of :func:`opening_reasons`, or the call is not the person's.
    """
    _check_in_charge(call, person)
    session.refresh(call, with_for_update=True)
    plan = session.get(FeePlan, call.id, with_for_update=True)
    reasons = opening_reasons(session, call, plan, now)
    if reasons or plan is None:
        raise Refused(reasons)
    plan.opened_at, plan.opened_by = now, person.id
    record(session, person, "fees.open", at=now, subject_kind="call", subject_id=call.id)
    session.flush()
    return plan


def enrol_chunk(session: Session, call_id: uuid.UUID, now: datetime, limit: int = CHUNK) -> int:
    """Ask some more of the qualified to pay; returns how many. The caller commits and comes again until 0.

    Who has paid for a position that was cancelled, or was let off, need not do so again.
    """
    # One at a time: who waits here finds what the other has done.
    plan = session.scalar(
        sa.select(FeePlan)
        .where(FeePlan.call_id == call_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    call = session.get_one(Call, call_id)
    if plan is None or plan.opened_at is None or call.state in OVER:
        return 0
    system = Actor.system("fees.enrol")
    made = candidates.enrol(session, call, system, now, limit)
    if not made:
        return 0
    settled = sa.select(Candidate.id).where(
        Candidate.id.in_([row.id for row in made]),
        sa.or_(
            sa.literal(plan.amount == 0),
            guards.paid(Candidate.call_id, Candidate.owner_id),
            guards.waived(Candidate.call_id, Candidate.owner_id),
        ),
    )
    if ids := list(session.scalars(settled)):
        fire_many(session, "candidate", "confirm_fee", ids, actor=system, now=now)
    return len(made)


def extend(
    session: Session,
    call: Call,
    person: User,
    now: datetime,
    *,
    closes_at: datetime,
    reason: str,
    county_code: str | None = None,
    user_id: uuid.UUID | None = None,
) -> FeeExtension:
    """Let payment end later for everyone, one county or one person.

    Whoever had given up by the old deadline is asked again, and payments that were late by it count.

    Raises:
        Refused: without a reason, not later than what holds, in the past, before payment was opened, after the
            call, or the call is not the person's.
        ValueError: a county and a person at once.
    """
    if county_code and user_id:
        raise ValueError("an extension is for one county or one person, not both")
    _check_in_charge(call, person)
    plan = session.get(FeePlan, call.id, with_for_update=True)
    reasons = []
    if plan is None or plan.opened_at is None:
        reasons.append(Reason("not_opened", _("缴费还没有开始，可以直接修改截止时间。")))
    if call.state in OVER:
        reasons.append(Reason("call_over", _("这次招考已经结束。")))
    if not reason.strip():
        reasons.append(Reason("reason_missing", _("请写明延长的原因。")))
    present = closes(session, call, county_code, user_id)
    if present and closes_at <= present:
        reasons.append(
            Reason("not_later", _("新的截止时间应晚于现在的截止时间：%(moment)s。", moment=moment(present)))
        )
    if closes_at <= now:
        reasons.append(Reason("in_the_past", _("新的截止时间已经过去了。")))
    if reasons:
        raise Refused(reasons)
    extension = FeeExtension(
        call_id=call.id,
        county_code=county_code,
        user_id=user_id,
        closes_at=closes_at,
        reason=reason.strip(),
        created_by=person.id,
        created_at=now,
    )
    session.add(extension)
    session.flush()
    concerned = [Candidate.call_id == call.id]
    if county_code:
        concerned.append(Candidate.area_code == county_code)
    if user_id:
        concerned.append(Candidate.owner_id == user_id)
    _ask_again(session, concerned, person.actor(), now, reason.strip())
    timers.retime(
        engine(),
        session,
        "candidate",
        "fee_deadline",
        sa.select(Candidate.id).where(*concerned, Candidate.state == "awaiting_fee"),
        now=now,
    )
    return extension


def closes(
    session: Session, call: Call, county_code: str | None = None, user_id: uuid.UUID | None = None
) -> datetime | None:
    """When paying ends, by the call's deadline and its extensions; none without a plan."""
    never: Any = sa.null()
    return session.scalar(
        sa.select(
            deadlines.due_at_sql(
                sa.literal(call.id, sa.Uuid),
                sa.literal(county_code, sa.Text),
                sa.literal(user_id, sa.Uuid),
                sa.cast(never, sa.DateTime(timezone=True)),
            )
        )
    )


def _ask_again(
    session: Session, concerned: list[sa.ColumnElement[bool]], actor: Actor, now: datetime, reason: str
) -> None:
    owing = session.execute(
        sa.select(Candidate.id, Candidate.owner_id, Candidate.state, deadlines.of_candidate().label("due_at"))
        .join(Position, Position.id == Candidate.position_id)
        .where(
            *concerned,
            Candidate.state.in_(("unpaid", "awaiting_fee")),
            Position.cancelled_at.is_(None),
            ~guards.waived(Candidate.call_id, Candidate.owner_id),
        )
        .order_by(Candidate.id)
        .with_for_update(of=Candidate)
    ).all()
    form = {"reason": reason}
    if lapsed := [row.id for row in owing if row.state == "unpaid"]:
        fire_many(session, "candidate", "reopen_fee", lapsed, actor=actor, now=now, form=form)
    due = {row.owner_id: row for row in owing}
    # Late by the old deadline, whether or not whoever paid has given up by now: the bank's time may not be over.
    late = session.scalars(
        sa.select(Payment)
        .where(
            Payment.user_id.in_(due),
            Payment.call_id.in_(sa.select(Candidate.call_id).where(*concerned)),
            Payment.outcome == Outcome.LATE,
            Payment.refunded_at.is_(None),
        )
        .order_by(Payment.paid_at, Payment.id)
        .with_for_update(of=Payment)
    )
    paid = []
    for payment in late:
        row = due.get(payment.user_id) if payment.user_id else None
        if row is None or payment.paid_at >= row.due_at:
            continue
        due.pop(row.owner_id)
        payment.outcome, payment.note = Outcome.COUNTED, reason
        paid.append(row.id)
    session.flush()
    if paid:
        fire_many(session, "candidate", "confirm_fee", paid, actor=actor, now=now)


def _check_in_charge(call: Call, person: User) -> None:
    if not person.may(Role.ADMIN, call.area_code):
        raise Refused([Reason("not_allowed", _("这次招考不由您管理，不能修改。"))])
