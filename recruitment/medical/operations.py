"""Everything that changes a medical: the plan, results one by one, the re-exam."""

import uuid
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from recruitment.audit.operations import record
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.candidates.steps import take
from recruitment.clock import local
from recruitment.medical import queries, window
from recruitment.medical.models import MedicalPlan, MedicalResult, MedicalTerms, Outcome
from recruitment.people.models import User
from workflows.terms import Actor, Fired, Reason, Refused

REVEAL = "medical.reveal"


def set_terms(
    session: Session, call: Call, person: User, now: datetime, *, retest_days: int, items: list[str]
) -> None:
    """Set how the call holds its medicals; results that were given notice of keep their window.

    Raises:
        Refused: no item is named, or one twice.
    """
    if not items or len(set(items)) < len(items):
        raise Refused([Reason("items", _("体检项目至少一项，不能重复。"))])
    values: dict[str, Any] = {
        "retest_days": retest_days,
        "items": items,
        "updated_by": person.id,
        "updated_at": now,
    }
    session.execute(
        insert(MedicalTerms)
        .values(call_id=call.id, **values)
        .on_conflict_do_update(index_elements=["call_id"], set_=values)
    )


def set_plan(
    session: Session,
    call: Call,
    *,
    area_code: str,
    reports_at: datetime,
    hospital: str,
    address: str,
    note: str = "",
) -> None:
    """Say when and where the candidates of an area report; a plan that was there is replaced."""
    values = {"reports_at": reports_at, "hospital": hospital, "address": address, "note": note}
    session.execute(
        insert(MedicalPlan)
        .values(id=uuid.uuid4(), call_id=call.id, area_code=area_code, **values)
        .on_conflict_do_update(index_elements=["call_id", "area_code"], set_=values)
    )


def drop_plan(session: Session, call: Call, area_code: str) -> None:
    """Take the plan of an area back; that of the province holds there again."""
    session.execute(
        sa.delete(MedicalPlan).where(MedicalPlan.call_id == call.id, MedicalPlan.area_code == area_code)
    )


def trigger_of(state: str, outcome: Outcome) -> str:
    """What a result means where the candidate stands: a first unfit result decides nothing yet."""
    if outcome is Outcome.PASS:
        return "pass_medical"
    return "fail_medical" if state == "medical_retest" else "report_unfit"


def entry_reasons(
    state: str,
    rounds: int,
    outcome: Outcome,
    item: str | None,
    examined_on: date,
    items: list[str],
    today: date,
) -> list[Reason]:
    """Everything against entering a result, of one candidate or of a row in a file.

    Args:
        state: where the candidate stands.
        rounds: how many results there are already.
        items: those of the call.
    """
    reasons = []
    if state not in ("medical", "medical_retest"):
        reasons.append(Reason("not_in_medical", _("这名考生现在不在体检环节。")))
    elif state == "medical" and rounds:
        reasons.append(Reason("waits_for_retest", _("初检结果已经登记，正在等考生申请复检。")))
    if outcome is Outcome.FAIL and item not in items:
        reasons.append(
            Reason(
                "item", _("请选择不合格项目。") if not item else _("体检项目里没有“%(item)s”。", item=item)
            )
        )
    if outcome is not Outcome.FAIL and item:
        reasons.append(Reason("item", _("只有结果为不合格时才填不合格项目。")))
    if outcome is Outcome.ABSENT and state == "medical":
        reasons.append(Reason("outcome", _("初检未到的，请用“登记放弃”办理。")))
    if examined_on > today:
        reasons.append(Reason("examined_on", _("体检日期不能晚于今天。")))
    return reasons


def enter_result(
    session: Session,
    candidate: Candidate,
    person: User,
    now: datetime,
    *,
    outcome: Outcome,
    item: str | None,
    examined_on: date,
    expected_version: int | None = None,
    key: str | None = None,
) -> Fired:
    """Enter the result of a medical or of the re-exam.

    Passed leads to the inspection. A first unfit result opens the window for the re-exam; that of the re-exam is
    final.

    Raises:
        Refused: with every reason.
        Stale: somebody entered a result in between.
    """
    trigger = trigger_of(candidate.state, outcome)

    def write() -> None:
        terms = queries.terms(session, candidate.call_id)
        rounds = queries.rounds(session, [candidate.id]).get(candidate.id, 0)
        if reasons := entry_reasons(
            candidate.state, rounds, outcome, item, examined_on, terms.items, local(now).date()
        ):
            raise Refused(reasons)
        session.add(
            new_result(candidate.id, rounds, outcome, item, examined_on, person, now, terms.retest_days)
        )

    return take(
        session,
        candidate,
        trigger,
        person.actor(),
        now,
        write=write,
        expected_version=expected_version,
        key=key,
    )


def new_result(
    candidate_id: uuid.UUID,
    rounds: int,
    outcome: Outcome,
    item: str | None,
    examined_on: date,
    person: User,
    now: datetime,
    retest_days: int,
) -> MedicalResult:
    """The row of a result, with the window for the re-exam where it opens one."""
    opens = outcome is Outcome.FAIL and rounds == 0
    return MedicalResult(
        candidate_id=candidate_id,
        round=rounds + 1,
        outcome=outcome,
        item=item or None,
        examined_on=examined_on,
        retest_until=window.closes(now, retest_days) if opens else None,
        recorded_by=person.id,
        recorded_at=now,
    )


def ask_retest(
    session: Session,
    candidate: Candidate,
    actor: Actor,
    now: datetime,
    *,
    expected_version: int | None = None,
    key: str | None = None,
) -> Fired:
    """The candidate asks for the one re-exam.

    Raises:
        Refused: too late, or nothing to examine again.
    """
    return take(
        session,
        candidate,
        "ask_retest",
        actor,
        now,
        write=lambda: None,
        expected_version=expected_version,
        key=key,
    )


def order_retest(
    session: Session,
    candidate: Candidate,
    actor: Actor,
    now: datetime,
    *,
    reason: str,
    expected_version: int | None = None,
    key: str | None = None,
) -> Fired:
    """The office orders the re-exam without being asked; it is the one re-exam all the same."""
    return take(
        session,
        candidate,
        "order_retest",
        actor,
        now,
        write=lambda: None,
        form={"reason": reason},
        expected_version=expected_version,
        key=key,
    )


def reveal(
    session: Session, candidate: Candidate, person: User, now: datetime, reason: str
) -> list[MedicalResult]:
    """Show the items that were not met, and write down who looked and why.

    Raises:
        Refused: no reason is given.
    """
    reason = reason.strip()
    if not reason:
        raise Refused([Reason("reason_missing", _("请写明查看的原因。"))])
    record(
        session,
        person,
        REVEAL,
        at=now,
        subject_kind="candidate",
        subject_id=candidate.id,
        reason=reason,
    )
    return queries.results(session, candidate.id)
