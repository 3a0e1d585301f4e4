"""Everything that changes an appeal, and with it the decision appealed against.

Who catches :class:`Refused` rolls back.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from recruitment.appeals import queries, restoring
from recruitment.appeals.kinds import KINDS, RESTORE
from recruitment.appeals.models import Appeal, AppealDocument, AppealTerm
from recruitment.appeals.queries import Decision
from recruitment.applications import operations as applications
from recruitment.applications.models import Application
from recruitment.audit.operations import record
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.people.models import User
from recruitment.people.uploads import Document, store_image
from recruitment.workflow import fire, start, working_day_deadline
from workflows.terms import Actor, Fired, Reason, Refused

MOST_DOCUMENTS = 10
LONGEST_TEXT = 5000
# What an appeal upheld for a kind takes back besides the state.
Follow = Callable[[Session, Appeal, Actor, datetime], None]
_follow: dict[str, Follow] = {}


def follows(kind: str) -> Callable[[Follow], Follow]:
    """Have a function called, in the transaction of the release, when an appeal of the kind was upheld."""

    def decorate(function: Follow) -> Follow:
        _follow[kind] = function
        return function

    return decorate


def file(session: Session, decision: Decision, actor: Actor, now: datetime, *, text: str) -> Appeal:
    """Appeal against a decision. One that was filed already is returned as it is.

    Raises:
        Refused: too late, the decision has changed, or it is somebody else's.
    """
    if decision.appeal is not None:
        return decision.appeal
    # Nobody loses a right because the calendar ends: filing stays open until it is known.
    file_by = decision.file_by or now
    appeal = Appeal(
        owner_id=decision.application.owner_id,
        area_code=decision.application.area_code,
        kind=decision.kind,
        application_id=decision.application.id,
        candidate_id=decision.candidate.id if decision.candidate else None,
        decision_seq=decision.seq,
        decided_at=decision.at,
        first_decider=decision.actor,
        text=text.strip()[:LONGEST_TEXT],
        file_by=file_by,
        created_at=now,
    )
    try:
        start(session, appeal, actor=actor, now=now, form={"kind": decision.kind})
    except IntegrityError:
        # Two taps at once: the other one was first.
        past = queries.against(session, decision.application.id, decision.kind, decision.seq)
        if past is None:
            raise
        return past
    return appeal


def add_document(session: Session, appeal: Appeal, content: bytes, filename: str) -> Document:
    """Keep a picture with an appeal that nobody has taken up yet.

    Raises:
        recruitment.people.uploads.UploadError: it cannot be taken.
        Refused: it has been taken up, or there are enough already.
    """
    session.refresh(appeal, with_for_update={"of": Appeal})
    if appeal.state not in queries.WAITING or appeal.owner_id is None:
        raise Refused([Reason("appeal_closed", _("申诉已经结束，不能再补充材料。"))])
    held = sa.select(sa.func.count()).where(AppealDocument.appeal_id == appeal.id)
    if (session.scalar(held) or 0) >= MOST_DOCUMENTS:
        raise Refused([Reason("enough_documents", _("最多%(most)s张图片。", most=MOST_DOCUMENTS))])
    stored = store_image(session, appeal.owner_id, content, filename)
    session.add(AppealDocument(appeal_id=appeal.id, document_id=stored.id))
    session.flush()
    session.expire(appeal, ["documents"])
    return stored


def withdraw(session: Session, appeal: Appeal, actor: Actor, now: datetime) -> Fired:
    """The cadre takes it back; within the term it may be filed again."""
    return fire(session, appeal, "withdraw", actor=actor, now=now)


def decide(
    session: Session,
    appeal: Appeal,
    trigger: str,
    actor: Actor,
    now: datetime,
    *,
    form: Mapping[str, Any] | None = None,
    expected_version: int | None = None,
    key: str | None = None,
) -> Fired:
    """A reviewer's step. The release of an appeal upheld reverses the first decision in the same transaction.

    Args:
        trigger: accept, uphold, reject, release or take_back.

    Raises:
        Refused: with every reason; also when the first decision cannot be reversed any more.
        workflows.terms.Stale: somebody was faster.
    """
    if trigger == "accept" and appeal.state == "filed":
        days = queries.terms(session, appeal.application.call)[appeal.kind].decide_days
        appeal.decide_by, appeal.accepted_by = working_day_deadline(now, days), actor.id
    fired = fire(
        session,
        appeal,
        trigger,
        actor=actor,
        now=now,
        form=form,
        expected_version=expected_version,
        key=key,
    )
    if trigger == "release" and not fired.replayed and appeal.state == "upheld":
        _reverse(session, appeal, actor, now)
    return fired


def _reverse(session: Session, appeal: Appeal, actor: Actor, now: datetime) -> None:
    kind = KINDS[appeal.kind]
    if follow := _follow.get(appeal.kind):
        follow(session, appeal, actor, now)
    if kind.reversal is None:
        return
    form = {"reason": queries.ruling(session, appeal)["told"]}
    if appeal.candidate_id is not None:
        candidate = session.get_one(Candidate, appeal.candidate_id, with_for_update={"of": Candidate})
        trigger = restoring.trigger_of(session, appeal) if kind.reversal == RESTORE else kind.reversal
        fire(session, candidate, trigger, actor=actor, now=now, form=form)
        return
    application = session.get_one(Application, appeal.application_id)
    try:
        with session.begin_nested():
            applications.decide(session, application, kind.reversal, actor, now, form=form)
    except IntegrityError as error:
        raise Refused(
            [
                Reason(
                    "applied_elsewhere",
                    _("申诉人已经改报其他职位，一人只能报一个职位。请先与申诉人确认，由其撤回改报后再公布。"),
                )
            ]
        ) from error


def set_term(
    session: Session, call: Call, person: User, kind: str, file_days: int, decide_days: int, now: datetime
) -> None:
    """Say how long a call's appeals of a kind take; appeals already filed keep what they have."""
    term = {"file_days": file_days, "decide_days": decide_days}
    values = {**term, "changed_by": person.id, "changed_at": now}
    session.execute(
        insert(AppealTerm)
        .values(call_id=call.id, kind=kind, **values)
        .on_conflict_do_update(index_elements=["call_id", "kind"], set_=values)
    )
    session.expire_all()
    record(
        session,
        person,
        "appeal.set_term",
        at=now,
        subject_kind="call",
        subject_id=call.id,
        detail={"kind": kind, **term},
    )
