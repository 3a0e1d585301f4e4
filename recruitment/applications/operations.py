"""Everything that changes an application. Views call one of these and commit; nothing else writes.

Who catches :class:`Refused` rolls back: the fields set before the engine was asked must not stay.
"""

import secrets
import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from recruitment.applications import guards, queries
from recruitment.applications.models import Application, Recusal
from recruitment.cadres.form import freeze
from recruitment.cadres.models import Dossier
from recruitment.calls.deadlines import closes_at
from recruitment.calls.models import Call, Position
from recruitment.calls.rules import judge
from recruitment.workflow import engine, fire
from workflows.registry import Given
from workflows.schema import event
from workflows.terms import Actor, Fired, Reason, Refused

# Spoken over the phone: no 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V.
RECEIPT_ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
# States in which the dossier may still be handed in.
EDITABLE = ("draft", "returned")
DECISIONS = frozenset({"pass", "return", "refuse", "confirm", "send_back", "reverse_refusal"})


def receipt_number(year: int) -> str:
    """A new receipt number, e.g. ``26-K7M4-9QXD``; 23⁸ of them a year, so a guess is hopeless."""
    letters = "".join(secrets.choice(RECEIPT_ALPHABET) for _ in range(8))
    return f"{year % 100:02d}-{letters[:4]}-{letters[4:]}"


def choose_position(
    session: Session, call: Call, position: Position, owner_id: uuid.UUID, actor: Actor, now: datetime
) -> Application:
    """Start an application for a position, or move the person's unsent one to it.

    Raises:
        Refused: registration is not open there, the person was refused for the position before, or has an
            application in this call that is past choosing.
    """
    if reasons := list(choosing_reasons(session, call, position, owner_id, actor, now)):
        raise Refused(reasons)
    application = queries.active(session, call, owner_id)
    if application is None:
        application = Application(
            call_id=call.id, position_id=position.id, owner_id=owner_id, area_code=position.county_code
        )
        try:
            engine().start(session, application, actor=actor, now=now)
        except IntegrityError:
            # Two windows or two taps at once: the other one was first, and may be moved like any draft.
            application = queries.active(session, call, owner_id)
            if application is None:
                raise
        else:
            return application
    if application.state != "draft":
        raise Refused([_already_applied()])
    if application.position_id != position.id:
        application.position_id = position.id
        application.area_code = position.county_code
        session.flush()
    return application


def choosing_reasons(
    session: Session, call: Call, position: Position, owner_id: uuid.UUID, actor: Actor, now: datetime
) -> Iterator[Reason]:
    """Why the position cannot be chosen now; the same that will be asked again at submission."""
    refused_here = session.scalar(
        sa.select(
            sa.exists().where(
                Application.owner_id == owner_id,
                Application.position_id == position.id,
                Application.state == "refused",
            )
        )
    )
    facts = {
        "call_state": call.state,
        "opens_at": call.registration_opens_at,
        "closes_at": closes_at(session, call, position.county_code, owner_id),
        "refused_here": refused_here,
    }
    given = Given(facts, actor, now)
    yield from guards.registration_reasons(given)
    yield from guards.refused_reasons(given)


def _already_applied() -> Reason:
    return Reason(
        "already_applied",
        "您在本次招考中已经报了一个职位。一人只能报一个职位；要改报，请先撤回。",
        "招考公告“报名”条款",
    )


def submit(
    session: Session,
    application: Application,
    actor: Actor,
    now: datetime,
    *,
    expected_version: int | None = None,
    key: str | None = None,
    undertaking: str | None = None,
) -> Fired:
    """Freeze the dossier into the application and hand it in, or hand it in again after a return.

    Args:
        key: names the request; the same key has one effect, however often it comes.
        undertaking: which wording of the undertaking the person agreed to, for the journal.

    Raises:
        Refused: something is missing, registration is closed, or a rule fails for certain; with every reason.
        Stale: the application has moved on since ``expected_version``.
    """
    # One request at a time: a second tap waits here and finds what the first one did.
    session.refresh(application, with_for_update={"of": Application})
    said = {"undertaking": undertaking} if undertaking else None
    if key and (past := _request(session, application, key)):
        return fire(
            session,
            application,
            past.transition,
            actor=actor,
            now=now,
            form=said,
            expected_version=past.seq - 1,
            key=key,
        )
    trigger = "resubmit" if application.state == "returned" else "submit"
    moved_on = expected_version is not None and expected_version != application.state_version
    if moved_on or application.state not in EDITABLE:
        # What was handed in before stays as it is; the engine says why.
        return fire(
            session, application, trigger, actor=actor, now=now, expected_version=expected_version, key=key
        )
    dossier = session.scalar(sa.select(Dossier).where(Dossier.user_id == application.owner_id))
    if dossier is None:
        raise Refused([Reason("identity_incomplete", "请先填写个人资料。")])
    form = freeze(dossier)
    call = session.get_one(Call, application.call_id)
    verdict = judge(call, form, session.get_one(Position, application.position_id))
    application.form = form
    application.verdict = verdict.to_json()
    application.verdict_outcome = verdict.verdict
    application.submitted_at = now
    application.receipt_number = application.receipt_number or receipt_number(call.reference_date.year)
    return fire(
        session,
        application,
        trigger,
        actor=actor,
        now=now,
        form=said,
        expected_version=expected_version,
        key=key,
    )


def _request(session: Session, application: Application, key: str) -> Any:
    """The event that a request with this key has made already."""
    return session.execute(
        sa.select(event.c.transition, event.c.seq).where(
            event.c.workflow == "application",
            event.c.subject_id == application.id,
            event.c.request_key == key,
        )
    ).one_or_none()


def withdraw(
    session: Session,
    application: Application,
    actor: Actor,
    now: datetime,
    *,
    expected_version: int | None = None,
    key: str | None = None,
) -> Fired:
    """Take an application back; the person may choose again until registration closes."""
    return fire(
        session, application, "withdraw", actor=actor, now=now, expected_version=expected_version, key=key
    )


def decide(
    session: Session,
    application: Application,
    trigger: str,
    actor: Actor,
    now: datetime,
    *,
    form: Mapping[str, Any] | None = None,
    expected_version: int | None = None,
    key: str | None = None,
) -> Fired:
    """A reviewer's decision.

    Args:
        trigger: one of :data:`DECISIONS`.
        form: what the decision rests on, as its transition asks for.
        expected_version: the version that the reviewer had on the page.

    Raises:
        Refused: with every reason.
        Stale: somebody decided in between; says who and what.
    """
    if trigger not in DECISIONS:
        raise ValueError(f"{trigger} is no decision")
    fired = fire(
        session,
        application,
        trigger,
        actor=actor,
        now=now,
        form=form,
        expected_version=expected_version,
        key=key,
    )
    application.decided_at = now
    return fired


def recuse(session: Session, reviewer_id: uuid.UUID, cadre_id: uuid.UUID, reason: str) -> None:
    """Record that a reviewer may not handle a cadre's application."""
    session.merge(Recusal(reviewer_id=reviewer_id, cadre_id=cadre_id, reason=reason))
    session.flush()
