"""Setting the ratio, and confirming in one step what it makes of the positions."""

from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from recruitment.applications.models import Application
from recruitment.audit.operations import record
from recruitment.calls.models import Call, Extension, Position
from recruitment.candidates.models import Candidate
from recruitment.fees.models import FeePlan
from recruitment.fees.queries import unasked
from recruitment.opening import queries
from recruitment.opening.models import Opening
from recruitment.opening.queries import Proposal
from recruitment.people.models import Role, User
from recruitment.wording import N_
from recruitment.workflow import fire_many
from workflows.terms import Reason, Refused

# Before the exam has results: afterwards whoever sat it has a rank.
STAGES = ("registration_closed", "in_review", "exam")
REASON = "缴费确认的人数没有达到开考比例，职位取消"
CLAUSE = N_("招考公告“开考比例”条款")


def set_ratio(session: Session, call: Call, person: User, *, ratio: int, ratio_autonomous: int) -> Opening:
    """Set what the call asks, before it was decided.

    Raises:
        Refused: decided already, or the call is not the person's.
    """
    _check_in_charge(call, person)
    opening = _locked(session, call)
    if opening.decided_at is not None:
        raise Refused([Reason("decided", _("开考情况已经确认，不能再改比例。"))])
    opening.ratio, opening.ratio_autonomous = ratio, ratio_autonomous
    session.flush()
    return opening


def _locked(session: Session, call: Call) -> Opening:
    """The call's row, made if it is not there; the call itself is held until the transaction ends."""
    session.refresh(call, with_for_update=True)
    opening = session.get(Opening, call.id, populate_existing=True)
    if opening is None:
        opening = queries.opening_of(session, call)
        session.add(opening)
        session.flush()
    return opening


def deciding_reasons(session: Session, call: Call, proposal: Proposal, opening: Opening) -> list[Reason]:
    """Why the proposal cannot be confirmed now."""
    reasons = []
    if opening.decided_at is not None:
        reasons.append(Reason("decided", _("开考情况已经确认过了。")))
    plan = session.get(FeePlan, call.id)
    if plan is None or plan.opened_at is None:
        reasons.append(Reason("fees_not_opened", _("缴费还没有开始。")))
    if call.state not in STAGES:
        reasons.append(Reason("wrong_stage", _("现在这个阶段不能核减和取消职位。")))
    to_ask = session.scalar(
        sa.select(sa.func.count()).select_from(Application).where(Application.call_id == call.id, unasked())
    )
    if waiting := proposal.waiting + (to_ask or 0):
        reasons.append(
            Reason(
                "fees_waiting", _("还有%(waiting)s人没有到缴费截止时间，人数还不能确定。", waiting=waiting)
            )
        )
    further = session.scalar(
        sa.select(
            sa.exists().where(
                Candidate.call_id == call.id,
                Candidate.state.not_in(
                    ("awaiting_fee", "confirmed", "unpaid", "displaced", "gave_up", "void")
                ),
            )
        )
    )
    if further:
        reasons.append(Reason("ranked", _("笔试成绩已经排名，不能再核减和取消职位。")))
    return reasons


def decide(
    session: Session,
    call: Call,
    person: User,
    now: datetime,
    *,
    token: str,
    rechoice_closes_at: datetime | None,
) -> Opening:
    """Reduce and cancel exactly as proposed, and let whoever had a cancelled position choose another.

    Args:
        token: of the proposal that the person has seen.
        rechoice_closes_at: until when they may; needed if a position is cancelled.

    Raises:
        Refused: with every reason; the proposal has changed since; or the call is not the person's.
    """
    _check_in_charge(call, person)
    opening = _locked(session, call)
    # Nobody pays or gives up while it is counted.
    session.execute(
        sa.select(Candidate.id).where(Candidate.call_id == call.id).order_by(Candidate.id).with_for_update()
    )
    proposal = queries.proposal(session, call)
    reasons = deciding_reasons(session, call, proposal, opening)
    if not reasons and proposal.token != token:
        reasons.append(
            Reason(
                "proposal_changed", _("您打开这个页面以后，缴费人数或职位有了变化。请核对最新的方案再确认。")
            )
        )
    cancelled = proposal.of("cancelled")
    if cancelled and rechoice_closes_at is None:
        reasons.append(Reason("no_window", _("有职位取消，请填写改报截止时间。")))
    if rechoice_closes_at is not None and rechoice_closes_at <= now:
        reasons.append(Reason("in_the_past", _("改报截止时间已经过去了。")))
    if reasons:
        raise Refused(reasons)
    opening.decided_at, opening.decided_by = now, person.id
    opening.rechoice_closes_at = rechoice_closes_at if cancelled else None
    opening.lines = [
        {
            "code": line.code,
            "openings": line.openings,
            "paid": line.paid,
            "ratio": line.ratio,
            "left": line.left,
        }
        for _, line in proposal.lines
    ]
    for position, line in proposal.changed:
        position.openings = line.left
        position.cancelled_at = None if line.left else now
    session.flush()
    if cancelled and rechoice_closes_at is not None:
        _displace(session, call, [position for position, _ in cancelled], person, now, rechoice_closes_at)
    record(
        session,
        person,
        "opening.decide",
        at=now,
        subject_kind="call",
        subject_id=call.id,
        detail={"reduced": len(proposal.of("reduced")), "cancelled": len(cancelled)},
    )
    return opening


def _displace(
    session: Session,
    call: Call,
    positions: list[Position],
    person: User,
    now: datetime,
    closes_at: datetime,
) -> None:
    rows = session.execute(
        sa.select(Candidate.id, Candidate.application_id, Candidate.owner_id).where(
            Candidate.position_id.in_([position.id for position in positions]),
            Candidate.state.in_(("awaiting_fee", "confirmed")),
        )
    ).all()
    if not rows:
        return
    actor, form = person.actor(), {"reason": REASON}
    # Registration is open again for exactly these people: for them it closes later.
    session.execute(
        sa.insert(Extension),
        [
            {
                "call_id": call.id,
                "user_id": row.owner_id,
                "closes_at": closes_at,
                "reason": REASON,
                "created_by": person.id,
                "created_at": now,
            }
            for row in rows
        ],
    )
    fire_many(session, "candidate", "displace", [row.id for row in rows], actor=actor, now=now, form=form)
    fire_many(
        session,
        "application",
        "displace",
        [row.application_id for row in rows],
        actor=actor,
        now=now,
        form=form,
    )


def _check_in_charge(call: Call, person: User) -> None:
    if not person.may(Role.ADMIN, call.area_code):
        raise Refused([Reason("not_allowed", _("这次招考不由您管理，不能修改。"))])
