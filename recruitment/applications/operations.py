"""Everything that changes an application. Views call one of these and commit; nothing else writes.

Who catches :class:`Refused` rolls back: the fields set before the engine was asked must not stay.
"""

import secrets
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from recruitment.applications import guards, queries
from recruitment.applications.models import Application, Recusal
from recruitment.audit.operations import record
from recruitment.cadres.form import freeze
from recruitment.cadres.models import Dossier
from recruitment.calls.deadlines import closes_at
from recruitment.calls.models import Call, Position
from recruitment.calls.rules import judge, named, parameters_of
from recruitment.eligibility.verdict import FAIL
from recruitment.people.models import User
from recruitment.workflow import engine, fire, fire_many
from workflows.registry import Given
from workflows.schema import event, request
from workflows.terms import Actor, Fired, Reason, Refused

# Spoken over the phone: no 0/O, 1/I/L, 2/Z, 5/S, 8/B, U/V.
RECEIPT_ALPHABET = "34679ACDEFGHJKMNPQRTWXY"
# States in which the dossier may still be handed in.
EDITABLE = ("draft", "returned")
WORKFLOW = "application"
DECISIONS = frozenset({"pass", "return", "refuse", "confirm", "send_back", "reverse_refusal"})
IN_FAVOUR = frozenset({"pass", "confirm"})
NEEDS_OVERRULING = Reason("needs_overruling", _("规则判定有不符合的条件，请打开逐份处理。"))
NOTHING_OVERRULED: Mapping[str, Any] = {"overruled": []}
UNMASK = "id_number.unmask"
# How long one recorded reason lets a reviewer see the numbers of one application.
UNMASKED_FOR = timedelta(minutes=15)


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
    session: Session, call: Call, position: Position, owner_id: uuid.UUID | None, actor: Actor, now: datetime
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
        "cancelled": position.cancelled_at is not None,
    }
    given = Given(facts, actor, now)
    yield from guards.registration_reasons(given)
    yield from guards.refused_reasons(given)
    yield from guards.cancelled_reasons(given)


def deadline_reasons(
    session: Session, application: Application, due: datetime | None, actor: Actor, now: datetime
) -> list[Reason]:
    """Why an unsent or returned application can not be handed in whatever it says: the deadline, or a refusal.

    Args:
        due: until when a returned one must be corrected.
    """
    if application.state == "returned":
        return list(guards.correction_reasons(Given({"correction_due": due}, actor, now)))
    call, position = application.call, application.position
    owner_id = cast(uuid.UUID, application.owner_id)
    return list(choosing_reasons(session, call, position, owner_id, actor, now))


def _already_applied() -> Reason:
    return Reason(
        "already_applied",
        _("您在本次招考中已经报了一个职位。一人只能报一个职位；要改报，请先撤回。"),
        _("招考公告“报名”条款"),
    )


def submit(
    session: Session,
    application: Application,
    actor: Actor,
    now: datetime,
    *,
    expected_version: int | None = None,
    key: str | None = None,
    undertaking: str = guards.UNDERTAKINGS[-1],
) -> Fired:
    """Freeze the dossier into the application and hand it in, or hand it in again after a return.

    Args:
        key: names the request; the same key has one effect, however often it comes.
        undertaking: which wording of the undertaking the person agreed to; handing in is agreeing.

    Raises:
        Refused: something is missing, registration is closed, or a rule fails for certain; with every reason.
        Stale: the application has moved on since ``expected_version``.
    """
    # The call first: while its rules are being corrected this waits, and then judges by what holds.
    call = session.get_one(
        Call, application.call_id, with_for_update={"read": True, "of": Call}, populate_existing=True
    )
    # One request at a time: a second tap waits here and finds what the first one did.
    session.refresh(application, with_for_update={"of": Application})
    said = {"undertaking": undertaking}
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
            session,
            application,
            trigger,
            actor=actor,
            now=now,
            form=said,
            expected_version=expected_version,
            key=key,
        )
    dossier = session.scalar(sa.select(Dossier).where(Dossier.user_id == application.owner_id))
    if dossier is None:
        raise Refused([Reason("identity_incomplete", _("请先填写个人资料。"))])
    form = freeze(dossier)
    verdict = judge(call, form, session.get_one(Position, application.position_id))
    application.form = form
    application.verdict = named(verdict, parameters_of(call))
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
        sa.select(event.c.transition, event.c.seq)
        .join(
            request,
            sa.and_(
                request.c.workflow == event.c.workflow,
                request.c.subject_id == event.c.subject_id,
                request.c.seq == event.c.seq,
            ),
        )
        .where(
            request.c.workflow == "application",
            request.c.subject_id == application.id,
            request.c.key == key,
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
        form: what the decision rests on, as its transition asks for. In favour of somebody whom a rule
            speaks against it needs a ``reason``; which rules those are is added here, so that the journal
            shows both.
        expected_version: the version that the reviewer had on the page.

    Raises:
        Refused: with every reason.
        Stale: somebody decided in between; says who and what.
    """
    if trigger not in DECISIONS:
        raise ValueError(f"{trigger} is no decision")
    if trigger in IN_FAVOUR:
        form = {**(form or {}), "overruled": failing_rules(application)}
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
    if not fired.replayed:
        application.decided_at = now
    return fired


def failing_rules(application: Application) -> list[str]:
    """The rules that speak against the application, by name."""
    reasons = (application.verdict or {}).get("reasons", [])
    return [reason["rule"] for reason in reasons if reason["outcome"] == FAIL]


@dataclass(frozen=True, slots=True)
class Together:
    """Who would be decided on together.

    Attributes:
        ready: those that may move, in the order asked for.
        left_out: the others, each with every reason.
        token: stands for exactly this; a firing that is handed it does this or nothing.
    """

    ready: list[Application]
    left_out: list[tuple[Application, tuple[Reason, ...]]]
    token: str


def preview_many(
    session: Session, applications: Sequence[Application], trigger: str, actor: Actor, now: datetime
) -> Together:
    """What :func:`decide_many` would do.

    Nobody whom a rule speaks against is ever among the ready: that needs a reason of its own.
    """
    clear = _without_failing_rules(applications)
    seen = engine().preview(
        session, WORKFLOW, trigger, [row.id for row in clear], actor=actor, now=now, form=NOTHING_OVERRULED
    )
    against = {item.subject_id: item.reasons for item in seen.excluded}
    against |= {row.id: (NEEDS_OVERRULING,) for row in applications if row not in clear}
    return Together(
        [row for row in applications if row.id not in against],
        [(row, against[row.id]) for row in applications if row.id in against],
        seen.token,
    )


def decide_many(
    session: Session,
    applications: Sequence[Application],
    trigger: str,
    actor: Actor,
    now: datetime,
    *,
    token: str,
    key: str,
) -> int:
    """The same decision in favour of many; returns how many.

    Args:
        applications: those that the preview was made of.
        token: of that preview.
        key: names the request; the same key has one effect.

    Raises:
        workflows.bulk.PreviewStale: something has changed since; nobody was decided on.
    """
    if trigger not in IN_FAVOUR:
        raise ValueError(f"{trigger} is no decision for many at once")
    ids = [row.id for row in _without_failing_rules(applications)]
    fired = fire_many(
        session,
        WORKFLOW,
        trigger,
        ids,
        actor=actor,
        now=now,
        form=NOTHING_OVERRULED,
        partial=True,
        token=token,
        key=key,
    )
    left_out = {item.subject_id for item in fired.excluded}
    decided = [id_ for id_ in ids if id_ not in left_out]
    session.execute(
        sa.update(Application)
        .where(Application.id.in_(decided))
        .values(decided_at=fired.at)
        .execution_options(synchronize_session=False)
    )
    return fired.moved


def _without_failing_rules(applications: Sequence[Application]) -> list[Application]:
    return [row for row in applications if not failing_rules(row)]


def recusal_reasons(session: Session, subject: Any, actor: Actor, now: datetime) -> tuple[Reason, ...]:
    """Why the actor has to stay away from the subject, whose workflow asks about it; none: they need not."""
    registry, flow = engine().registry, engine().flow(subject)
    facts = flow.facts(session, [subject], ["not_recused"], actor, now)[subject.id]["not_recused"]
    return tuple(registry.guards["not_recused"].reasons(Given(facts, actor, now)))


def recuse(session: Session, application: Application, reviewer: User, reason: str, now: datetime) -> None:
    """A reviewer declares that they may not handle this cadre's applications; a first declaration stays.

    Raises:
        Refused: no reason is given.
    """
    reason = reason.strip()
    if not reason:
        raise Refused([Reason("reason_missing", _("请写明回避的原因。"))])
    added = session.scalar(
        insert(Recusal)
        .values(reviewer_id=reviewer.id, cadre_id=application.owner_id, reason=reason, created_at=now)
        .on_conflict_do_nothing()
        .returning(Recusal.cadre_id)
    )
    if added:
        record(
            session,
            reviewer,
            "application.recuse",
            at=now,
            subject_kind="application",
            subject_id=application.id,
            reason=reason,
        )


def unmask(
    session: Session, application: Application, reviewer: User, actor: Actor, reason: str, now: datetime
) -> None:
    """Let a reviewer read the cadre's ID and phone number for :data:`UNMASKED_FOR`, and write down why.

    Raises:
        Refused: no reason is given, or the reviewer has to stay away from this person.
    """
    reasons = list(recusal_reasons(session, application, actor, now))
    reason = reason.strip()
    if not reason:
        reasons.append(Reason("reason_missing", _("请写明查看的原因。")))
    if reasons:
        raise Refused(reasons)
    record(
        session,
        reviewer,
        UNMASK,
        at=now,
        subject_kind="user",
        subject_id=str(application.owner_id),
        reason=reason,
        detail={"application": str(application.id)},
    )
