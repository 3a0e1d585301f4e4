"""Who pays nothing: the cadre asks with evidence, the county answers with a reason."""

from datetime import datetime

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from recruitment.candidates.models import Candidate
from recruitment.fees import deadlines, guards
from recruitment.fees.models import FeePlan, Waiver
from recruitment.people.models import User
from recruitment.people.uploads import Document
from recruitment.wording import deadline
from recruitment.workflow import fire
from workflows.terms import Reason, Refused


def asking_reasons(session: Session, candidate: Candidate, now: datetime) -> list[Reason]:
    """Why the candidate cannot ask now to pay nothing."""
    plan = session.get(FeePlan, candidate.call_id)
    reasons = []
    if plan is None or not plan.waiver_kinds:
        reasons.append(Reason("no_waivers", _("本次招考没有减免规定。"), _(guards.CLAUSE)))
    if candidate.state != "awaiting_fee":
        reasons.append(Reason("not_owing", _("您现在没有待缴的费用。")))
        return reasons
    due_at, standing = session.execute(
        sa.select(
            deadlines.of_candidate(),
            sa.exists().where(
                Waiver.call_id == Candidate.call_id,
                Waiver.user_id == Candidate.owner_id,
                Waiver.decision.is_distinct_from("refused"),
            ),
        ).where(Candidate.id == candidate.id)
    ).one()
    if standing:
        reasons.append(Reason("asked_already", _("您已经提出过申请，请等待审核。")))
    if due_at is not None and now >= due_at:
        reasons.append(
            Reason(
                "fee_over",
                _("缴费已于%(moment)s截止，不能再申请减免。", moment=deadline(due_at)),
                _(guards.CLAUSE),
            )
        )
    return reasons


def ask(
    session: Session,
    candidate: Candidate,
    now: datetime,
    *,
    kind: str,
    document: Document,
    explanation: str = "",
) -> Waiver:
    """Ask to pay nothing. Until it is answered nobody gives up by the deadline.

    Raises:
        Refused: with every reason, or the call does not know the kind.
    """
    session.refresh(candidate, with_for_update={"of": Candidate})
    reasons = asking_reasons(session, candidate, now)
    plan = session.get(FeePlan, candidate.call_id)
    if plan is not None and kind not in plan.waiver_kinds:
        reasons.append(Reason("unknown_kind", _("请选择减免的理由。")))
    if document.owner_id != candidate.owner_id or candidate.owner_id is None:
        reasons.append(Reason("foreign_document", _("请上传您本人的证明。")))
    if reasons or candidate.owner_id is None:
        raise Refused(reasons)
    waiver = Waiver(
        call_id=candidate.call_id,
        user_id=candidate.owner_id,
        candidate_id=candidate.id,
        kind=kind,
        explanation=explanation.strip(),
        document_id=document.id,
        requested_at=now,
    )
    session.add(waiver)
    session.flush()
    return waiver


def decide(
    session: Session, waiver: Waiver, person: User, now: datetime, *, granted: bool, reason: str
) -> Waiver:
    """Answer a request. Who is refused gets time to pay from now on.

    Raises:
        Refused: without a reason, answered already, the candidate owes nothing any more, or the person has to stay
            away from this candidate.
    """
    candidate = session.get_one(Candidate, waiver.candidate_id)
    session.refresh(candidate, with_for_update={"of": Candidate})
    session.refresh(waiver, with_for_update={"of": Waiver})
    if waiver.decision is not None:
        raise Refused([Reason("decided", _("这份申请已经处理过了。"))])
    waiver.decision = "granted" if granted else "refused"
    waiver.reason, waiver.decided_at, waiver.decided_by = reason.strip(), now, person.id
    session.flush()
    trigger = "waive_fee" if granted else "refuse_waiver"
    fire(session, candidate, trigger, actor=person.actor(), now=now, form={"reason": reason.strip()})
    return waiver
