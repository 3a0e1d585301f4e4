"""What the workflow asks between the approval and the appointment."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from recruitment.appeals.models import Appeal
from recruitment.appeals.operations import follows
from recruitment.applications.guards import LONGEST_TEXT
from recruitment.appointments.models import Appointment, ServiceUndertaking
from recruitment.appointments.vocabulary import CANCEL_REASONS, PROBATION_CLAUSE, SERVICE_CLAUSE
from recruitment.clock import local
from workflows.registry import Given, Registry, Scope
from workflows.terms import Actor, Reason

NOTICES = ("approved", "probation_begun", "probation_ending", "appointed", "appointment_cancelled")
# Reminders are written at nine in the morning.
REMINDED_AT = 9


def register(registry: Registry) -> None:
    """Bring the guards, the form, the deadline and the notices of appointments to the engine."""
    registry.guard(
        "undertaking_confirmed", _undertaking_reasons, facts=_undertaking, holds=_undertaking_holds
    )
    registry.guard("reported_for_duty", _reported_reasons, facts=_service, holds=_reported_holds)
    registry.guard("probation_over", _over_reasons, facts=_service, holds=_over_holds)
    registry.form("cancellation", check_cancellation)
    registry.deadline("probation_reminder_due", _reminder_due)
    for name in NOTICES:
        registry.notice(f"candidate.{name}")
    registry.notice(
        "candidate.probation_ending_office", recipient=lambda scope: _of(scope, Appointment.begun_by)
    )


@follows("cancellation")
def _goes_on(session: Session, appeal: Appeal, actor: Actor, now: datetime) -> None:
    """The cancellation was wrong: the service goes on as if it had not been."""
    held = session.get(Appointment, appeal.candidate_id)
    if held is not None:
        held.ended_on = None
        session.flush()


def _of(scope: Scope, column: Any) -> Any:
    return sa.select(column).where(Appointment.candidate_id == scope.id).scalar_subquery()


def _undertaking(scope: Scope) -> Mapping[str, sa.ColumnElement[Any]]:
    confirmed = (
        sa.select(ServiceUndertaking.confirmed_at)
        .where(ServiceUndertaking.candidate_id == scope.id)
        .scalar_subquery()
    )
    return {"confirmed_at": confirmed}


def _undertaking_holds(scope: Scope) -> sa.ColumnElement[bool]:
    holds: sa.ColumnElement[bool] = _undertaking(scope)["confirmed_at"].is_not(None)
    return holds


def _undertaking_reasons(given: Given) -> Iterator[Reason]:
    if given.facts["confirmed_at"] is None:
        yield Reason("no_undertaking", _("本人还没有确认最低服务年限承诺。"), _(SERVICE_CLAUSE))


def _service(scope: Scope) -> Mapping[str, sa.ColumnElement[Any]]:
    return {
        "reported_on": _of(scope, Appointment.reported_on),
        "ends_on": _of(scope, Appointment.probation_ends_on),
    }


def _reported_holds(scope: Scope) -> sa.ColumnElement[bool]:
    holds: sa.ColumnElement[bool] = _service(scope)["reported_on"].is_not(None)
    return holds


def _reported_reasons(given: Given) -> Iterator[Reason]:
    if given.facts["reported_on"] is None:
        yield Reason("not_reported", _("还没有登记报到日期。"), _(PROBATION_CLAUSE))


def _over_holds(scope: Scope) -> sa.ColumnElement[bool]:
    today = sa.cast(sa.func.timezone("Asia/Shanghai", scope.now), sa.Date)
    holds: sa.ColumnElement[bool] = _service(scope)["ends_on"] < today
    return holds


def _over_reasons(given: Given) -> Iterator[Reason]:
    ends_on: date | None = given.facts["ends_on"]
    if ends_on is None:
        yield Reason("not_reported", _("还没有登记报到日期。"), _(PROBATION_CLAUSE))
    elif local(given.now).date() <= ends_on:
        yield Reason(
            "in_probation",
            _(
                "试用期到%(year)s年%(month)s月%(day)s日为止，期满后才能任职。",
                year=ends_on.year,
                month=ends_on.month,
                day=ends_on.day,
            ),
            _(PROBATION_CLAUSE),
        )


def _reminder_due(scope: Scope) -> sa.ColumnElement[datetime]:
    morning = _of(scope, Appointment.reminds_on) + sa.func.make_interval(0, 0, 0, 0, REMINDED_AT)
    due: sa.ColumnElement[datetime] = sa.func.timezone(
        "Asia/Shanghai", morning, type_=sa.DateTime(timezone=True)
    )
    return due


def check_cancellation(form: Mapping[str, Any]) -> Iterator[Reason]:
    """``{"code": reason code, "explanation": text}``, both of them."""
    explanation = form.get("explanation")
    explanation = explanation.strip() if isinstance(explanation, str) else ""
    if form.get("code") not in CANCEL_REASONS:
        yield Reason("no_reason", _("请选择取消录用的理由。"))
    if not explanation:
        yield Reason("no_explanation", _("请写明具体情况，本人会看到。"))
    if len(explanation) > LONGEST_TEXT:
        yield Reason("text_too_long", _("文字太长了，请不超过%(longest)s字。", longest=LONGEST_TEXT))
