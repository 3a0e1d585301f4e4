"""Proposing a correction of a published call's rules, judging everybody under it, and confirming it.

Nothing changes for anybody before the confirmation, and the confirmation does exactly what was shown: where an
application or the rules have moved on since, it is refused. No application is decided here. A new verdict is
advice like the old one; what people decided stands until people decide otherwise.
"""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from recruitment.applications.models import SPENT, Application
from recruitment.audit.operations import record
from recruitment.calls.models import Call, Position
from recruitment.calls.operations import check_in_charge
from recruitment.calls.rules import named, parameters_of, person_facts, position_facts
from recruitment.corrections.models import Correction, Rejudgement
from recruitment.eligibility.changes import differing
from recruitment.eligibility.parameters import Parameters
from recruitment.people.models import User
from workflows.terms import Actor, Reason, Refused

# Before the publication the call itself is edited; after the exam has begun nobody's right to sit it is
# reopened by a rule: that is what appeals are for.
CORRECTABLE = ("published", "registration_open", "registration_closed", "in_review")
# So many applications are held in memory at a time.
BATCH = 500


def propose(
    session: Session,
    call: Call,
    actor: Actor,
    now: datetime,
    *,
    parameters: Parameters,
    reason: str,
    source: str,
) -> Correction:
    """Put corrected rules forward and judge every application under them. Replaces an open proposal.

    Args:
        parameters: the rules as they would be, for the same reference date.

    Raises:
        Refused: the call is not the actor's, is at another stage, or nothing would differ; no reason or source.
        ValueError: nobody to name as the author, or another reference date.
    """
    author = _author(actor)
    _lock(session, call, actor)
    if parameters.reference_date != call.reference_date:
        raise ValueError("a correction keeps the reference date")
    standing = parameters_of(call)
    reasons = []
    if not reason.strip():
        reasons.append(Reason("reason_missing", _("请写明更正的理由。")))
    if not source.strip():
        reasons.append(Reason("source_missing", _("请写明更正的依据（文件名称、文号）。")))
    if (parameters.windows, _plain(parameters)) == (standing.windows, _plain(standing)):
        reasons.append(Reason("nothing_changed", _("没有改动任何规定。")))
    if reasons:
        raise Refused(reasons)
    session.execute(
        sa.delete(Correction).where(Correction.call_id == call.id, Correction.confirmed_at.is_(None))
    )
    latest = session.scalar(sa.select(sa.func.max(Correction.number)).where(Correction.call_id == call.id))
    made = Correction(
        call_id=call.id,
        number=(latest or 1) + 1,
        before=call.parameters,
        after=parameters.to_json(),
        reason=reason.strip(),
        source=source.strip(),
        proposed_by=author,
        judged_at=now,
    )
    session.add(made)
    session.flush()
    _judge(session, made)
    return made


def judge_again(session: Session, correction: Correction, actor: Actor, now: datetime) -> None:
    """Judge everybody once more for a proposal, as applications have come or moved on since.

    Raises:
        Refused: the proposal is not there any more, has been confirmed, or rests on rules that do not hold now.
    """
    _lock_open(session, correction, actor)
    session.execute(sa.delete(Rejudgement).where(Rejudgement.correction_id == correction.id))
    correction.judged_at = now
    _judge(session, correction)


def discard(session: Session, correction: Correction, actor: Actor) -> None:
    """Give a proposal up; nothing of it remains.

    Raises:
        Refused: it has been confirmed, or is gone already.
    """
    _lock_open(session, correction, actor, rules_may_differ=True)
    session.delete(correction)
    session.flush()


def confirm(
    session: Session, correction: Correction, actor: Actor, now: datetime, *, judged_at: datetime
) -> None:
    """Let the corrected rules hold, and store the verdicts that were shown.

    Args:
        judged_at: which judgement the page showed; sent again after it was confirmed it changes nothing.

    Raises:
        Refused: the rules, an application, or the proposal itself have changed since the page was shown.
    """
    author = _author(actor)
    call = correction.call
    _lock(session, call, actor)
    session.refresh(correction)
    if correction.judged_at != judged_at:
        raise Refused([_outdated()])
    if correction.confirmed_at is not None:
        return
    _check_rules(call, correction)
    if stale := _stale(session, correction):
        raise Refused(
            [
                Reason(
                    "stale",
                    _(
                        "试算以后，有%(stale)s份报名新提交或有了变化，没有确认。请重新试算，核对后再确认。",
                        stale=stale,
                    ),
                )
            ]
        )
    rows = Rejudgement.__table__
    mine = sa.and_(rows.c.correction_id == correction.id, rows.c.application_id == Application.id)
    session.execute(
        sa.update(Rejudgement)
        .where(Rejudgement.correction_id == correction.id, Rejudgement.application_id == Application.id)
        .values(superseded=Application.verdict)
        .execution_options(synchronize_session=False)
    )
    session.execute(
        sa.update(Application)
        .where(mine)
        .values(verdict=rows.c.verdict, verdict_outcome=rows.c.outcome_after)
        .execution_options(synchronize_session=False)
    )
    call.parameters = correction.after
    correction.confirmed_at, correction.confirmed_by = now, author
    record(
        session,
        session.get_one(User, author),
        "rules.correct",
        at=now,
        subject_kind="call",
        subject_id=call.id,
        reason=correction.reason,
        detail=_figures(session, correction),
    )
    session.flush()
    session.expire_all()


def _figures(session: Session, correction: Correction) -> dict[str, Any]:
    total, decided = session.execute(
        sa.select(
            sa.func.count(),
            sa.func.count().filter(Rejudgement.outcome_before != Rejudgement.outcome_after),
        ).where(Rejudgement.correction_id == correction.id)
    ).one()
    return {
        "version": correction.number,
        "source": correction.source,
        "before": Parameters.from_json(correction.before).digest,
        "after": Parameters.from_json(correction.after).digest,
        "judged": total,
        "changed": decided,
    }


def _outdated() -> Reason:
    return Reason(
        "stale",
        _("您打开这个页面以后，更正内容或试算结果有了变化，没有确认。请核对最新结果后再确认。"),
    )


def _rules_changed() -> Reason:
    return Reason("rules_changed", _("这份更正提出以后，招考条件已经按另一份更正改变。请重新填写更正。"))


def _confirmed() -> Reason:
    return Reason("confirmed", _("这份更正已经确认，不能再改。"))


def _author(actor: Actor) -> uuid.UUID:
    if actor.id is None:
        raise ValueError("a correction needs a person who answers for it")
    return actor.id


def _lock(session: Session, call: Call, actor: Actor) -> None:
    """Hold the call until the transaction ends; whoever submits meanwhile waits and is judged by what holds then.

    Raises:
        Refused: it is not the actor's, or at a stage where its rules are not corrected.
    """
    check_in_charge(call, actor)
    session.refresh(call, with_for_update=True)
    if call.state == "draft":
        raise Refused([Reason("not_published", _("公告还没有发布，请直接修改招考。"))])
    if call.state not in CORRECTABLE:
        raise Refused([Reason("too_late", _("考试开始以后，不能再更正招考条件。"))])


def _lock_open(
    session: Session, correction: Correction, actor: Actor, *, rules_may_differ: bool = False
) -> None:
    call = correction.call
    _lock(session, call, actor)
    session.refresh(correction)
    if correction.confirmed_at is not None:
        raise Refused([_confirmed()])
    if not rules_may_differ:
        _check_rules(call, correction)


def _check_rules(call: Call, correction: Correction) -> None:
    if call.parameters != correction.before:
        raise Refused([_rules_changed()])


def _plain(parameters: Parameters) -> dict[str, Any]:
    return {path: value.value for path, value in parameters.values.items()}


def _standing() -> Sequence[sa.ColumnElement[bool]]:
    """The applications that a verdict still matters to: handed in, and not given up since."""
    return Application.form.is_not(None), Application.state.not_in({*SPENT} - {"refused"})


def _stale(session: Session, correction: Correction) -> int:
    """How many applications are not as they were when they were judged."""
    same = sa.and_(
        Rejudgement.application_id == Application.id,
        Rejudgement.correction_id == correction.id,
        Rejudgement.state_version == Application.state_version,
    )
    query = (
        sa.select(sa.func.count())
        .select_from(Application)
        .where(Application.call_id == correction.call_id, *_standing(), ~sa.exists().where(same))
    )
    return session.scalar(query) or 0


def _judge(session: Session, correction: Correction) -> None:
    params = Parameters.from_json(correction.after)
    query = (
        sa.select(
            Application.id,
            Application.state,
            Application.state_version,
            Application.form,
            Application.verdict_outcome,
            Application.verdict["rules"],
            Application.position_id,
        )
        .where(Application.call_id == correction.call_id, *_standing())
        .order_by(Application.id)
        .execution_options(yield_per=BATCH)
    )
    positions = {
        position.id: position_facts(position)
        for position in session.scalars(sa.select(Position).where(Position.call_id == correction.call_id))
    }
    call = session.get_one(Call, correction.call_id)
    for batch in session.execute(query).partitions(BATCH):
        rows = list(_rows(batch, call, positions, params, correction.id))
        session.execute(sa.insert(Rejudgement), rows)


def _rows(
    batch: Sequence[Any],
    call: Call,
    positions: dict[uuid.UUID, Any],
    params: Parameters,
    correction_id: uuid.UUID,
) -> Iterator[dict[str, Any]]:
    for application_id, state, version, form, outcome, rules, position_id in batch:
        person, at = person_facts(call, form), positions[position_id]
        after = params.judge(person, at)
        yield {
            "correction_id": correction_id,
            "application_id": application_id,
            "state": state,
            "state_version": version,
            "outcome_before": outcome,
            "outcome_after": after.verdict,
            "changes": [change.to_json() for change in differing(rules, after.rules)],
            "facts": {"person": person.to_json(), "position": at.to_json()},
            "verdict": named(after, params),
        }
