"""Everything that changes an application. Views call one of these and commit; nothing else writes.

Who catches :class:`Refused` rolls back: the fields set before the engine was asked must not stay.
"""

import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from recruitment.applications import queries
from recruitment.applications.models import Application, Recusal
from recruitment.cadres.form import freeze
from recruitment.cadres.models import Dossier
from recruitment.calls.models import Call, Position
from recruitment.calls.rules import judge
from recruitment.workflow import engine, fire
from workflows.terms import Actor, Fired, Reason, Refused

# Spoken over the phone: no 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V.
RECEIPT_ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
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
        Refused: the person has an application in this call that is past choosing.
    """
    application = queries.active(session, call, owner_id)
    if application is None:
        application = Application(
            call_id=call.id, position_id=position.id, owner_id=owner_id, area_code=position.county_code
        )
        try:
            engine().start(session, application, actor=actor, now=now)
        except IntegrityError as error:
            # Two windows at once: the other one was first.
            raise Refused([_already_applied()]) from error
        return application
    if application.state != "draft":
        raise Refused([_already_applied()])
    if application.position_id != position.id:
        application.position_id = position.id
        application.area_code = position.county_code
        session.flush()
    return application


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
) -> Fired:
    """Freeze the dossier into the application and hand it in, or hand it in again after a return.

    Raises:
        Refused: something is missing, registration is closed, or a rule fails for certain; with every reason.
    """
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
    trigger = "resubmit" if application.state == "returned" else "submit"
    return fire(
        session, application, trigger, actor=actor, now=now, expected_version=expected_version, key=key
    )


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
