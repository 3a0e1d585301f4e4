"""Everything that changes an objection, and with it the person concerned. Who catches :class:`Refused` rolls back."""

import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from recruitment.applications.operations import recusal_reasons
from recruitment.audit.operations import record
from recruitment.candidates.models import Candidate
from recruitment.objections import codes, queries
from recruitment.objections.models import Objection, ObjectionEvidence
from recruitment.people import letters
from recruitment.people.models import User
from recruitment.people.uploads import redrawn
from recruitment.public_notice import queries as notice_queries
from recruitment.public_notice.models import PublicNoticeRow
from recruitment.workflow import fire, start, working_day_deadline
from workflows.terms import Actor, Fired, Reason, Refused

MOST_EVIDENCE = 5
LONGEST_TEXT = 5000
# Outcome → what becomes of the person concerned, from which of their states.
CONSEQUENCES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "serious": ("reject", ("announced", "suspended")),
    "unproven": ("suspend", ("announced",)),
    "dismissed": ("resume", ("suspended",)),
}
PUBLIC = Actor.system("public")


def file(
    session: Session,
    row: PublicNoticeRow,
    now: datetime,
    *,
    text: str,
    request_key: str,
    informer: Mapping[str, str] | None = None,
) -> tuple[Objection, str]:
    """Take an objection to somebody on a notice.

    Args:
        request_key: of the form; the same form sent twice is one objection with one code.
        informer: ``{"name", "contact", "email"}``; none for an anonymous one.

    Returns:
        The objection, and the code to follow it with, which is not stored.

    Raises:
        Refused: the notice is over or taken down, or the person is no longer on it.
    """
    code = codes.code_of(request_key)
    if past := queries.by_code(session, code):
        return past, code
    candidate = row.candidate
    objection = Objection(
        area_code=candidate.area_code,
        notice_id=row.notice_id,
        candidate_id=candidate.id,
        cadre_id=candidate.owner_id,
        application_id=candidate.application_id,
        code_index=codes.index_of(code),
        request_index=codes.index_of_request(request_key),
        named=informer is not None,
        informer=dict(informer) if informer else None,
        text=text.strip()[:LONGEST_TEXT],
        decide_by=_decide_by(session, candidate, now),
        created_at=now,
    )
    try:
        start(session, objection, actor=PUBLIC, now=now, form={"named": objection.named})
    except IntegrityError:
        # The same form sent twice at once: the other one was first.
        past = queries.by_code(session, code)
        if past is None:
            raise
        return past, code
    _write(session, objection, "objection_received", now)
    return objection, code


def _decide_by(session: Session, candidate: Candidate, now: datetime) -> datetime | None:
    """Nobody is turned away because the calendar ends: without it there is no deadline to remind of."""
    try:
        return working_day_deadline(now, notice_queries.term(session, candidate.call).inquiry_days)
    except Refused:
        return None


def add_evidence(session: Session, objection: Objection, content: bytes, now: datetime) -> bool:
    """Keep a picture with an objection; whether it is new.

    Raises:
        recruitment.people.uploads.UploadError: it cannot be taken.
        Refused: the inquiry is closed, or there are enough already.
    """
    session.refresh(objection, with_for_update={"of": Objection})
    if objection.public_state not in ("received", "investigating"):
        raise Refused([Reason("inquiry_closed", _("核查已经结束，不能再补充材料。"))])
    number = session.scalar(sa.select(sa.func.count()).where(ObjectionEvidence.objection_id == objection.id))
    if (number or 0) >= MOST_EVIDENCE:
        raise Refused([Reason("enough_evidence", _("最多%(most)s张图片。", most=MOST_EVIDENCE))])
    image, _pixels = redrawn(content)
    added = session.scalar(
        insert(ObjectionEvidence)
        .values(
            id=uuid.uuid4(),
            objection_id=objection.id,
            content=codes.encoded(image),
            sha256=hashlib.sha256(image).hexdigest(),
            created_at=now,
        )
        .on_conflict_do_nothing()
        .returning(ObjectionEvidence.id)
    )
    session.expire(objection, ["evidence"])
    return added is not None


def decide(
    session: Session,
    objection: Objection,
    trigger: str,
    actor: Actor,
    now: datetime,
    *,
    form: Mapping[str, Any] | None = None,
    expected_version: int | None = None,
    key: str | None = None,
) -> Fired:
    """A reviewer's step. A release, always by a second person, also does to the person concerned what follows.

    Args:
        trigger: investigate, find_serious, suspend, dismiss, release or take_back.

    Raises:
        Refused: with every reason; also when the person concerned cannot be moved.
        workflows.terms.Stale: somebody was faster.
    """
    # One after the other for each person: two outcomes at once must not cross.
    session.execute(sa.select(Candidate.id).where(Candidate.id == objection.candidate_id).with_for_update())
    if trigger == "investigate" and objection.state in ("received", "unproven"):
        objection.handled_by = actor.id
        if objection.state == "unproven":
            objection.decide_by = _decide_by(session, objection.candidate, now)
    fired = fire(
        session,
        objection,
        trigger,
        actor=actor,
        now=now,
        form=form,
        expected_version=expected_version,
        key=key,
    )
    if trigger == "release" and not fired.replayed:
        _consequence(session, objection, actor, now)
        _write(session, objection, "objection_decided", now)
    return fired


def _consequence(session: Session, objection: Objection, actor: Actor, now: datetime) -> None:
    trigger, states = CONSEQUENCES[objection.state]
    candidate = objection.candidate
    session.refresh(candidate)
    if candidate.state not in states:
        return
    if trigger == "resume" and queries.unsettled(session, candidate.id):
        # Something else is still being looked into.
        return
    told = queries.finding(session, objection).get("told", "")
    fire(session, candidate, trigger, actor=actor, now=now, form={"reason": told})


def _write(session: Session, objection: Objection, template: str, now: datetime) -> None:
    """A letter to an informer who left an address: it names neither the person concerned nor the code."""
    address = (objection.informer or {}).get("email")
    if address:
        letters.write(session, address, template, now, link=letters.on_site("/objections/"))


def reveal(
    session: Session, objection: Objection, reviewer: User, actor: Actor, reason: str, now: datetime
) -> Mapping[str, str]:
    """Who objects, for one look that is written down.

    Raises:
        Refused: no reason, not in charge, the reviewer has to stay away, or nobody gave a name.
    """
    reasons = list(recusal_reasons(session, objection, actor, now))
    if not any(
        actor.covers(role, objection.area_code) for role in ("prefecture_reviewer", "province_reviewer")
    ):
        reasons.append(Reason("not_in_charge", _("您不能查看反映人。")))
    if not reason.strip():
        reasons.append(Reason("reason_missing", _("请写明查看的原因。")))
    if not objection.informer:
        reasons.append(Reason("anonymous", _("反映人没有留下姓名。")))
    if reasons:
        raise Refused(reasons)
    record(
        session,
        reviewer,
        "objection.reveal",
        at=now,
        subject_kind="objection",
        subject_id=objection.id,
        reason=reason.strip(),
    )
    return dict(objection.informer or {})
