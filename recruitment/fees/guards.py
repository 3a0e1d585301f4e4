"""What the candidate workflow asks about fees."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recruitment.fees import deadlines
from recruitment.fees.models import FeePlan, Payment, Waiver
from recruitment.fees.rules import Outcome
from recruitment.wording import N_, moment
from workflows.registry import Given, Registry, Scope
from workflows.terms import Reason

CLAUSE = N_("招考公告“缴费确认”条款")


def register(registry: Registry) -> None:
    """Bring the fee's guards, deadline and notices to the engine."""
    registry.guard("fee_settled", _settled_reasons, facts=_settled, holds=_settled_holds)
    registry.guard("fee_over", _over_reasons, facts=_over, holds=_over_holds)
    registry.guard("no_waiver_open", _waiver_reasons, facts=_waiver, holds=_waiver_holds)
    registry.deadline("fee_due", _lapses_at)
    for name in (
        "fee_due",
        "fee_confirmed",
        "fee_waived",
        "waiver_refused",
        "fee_lapsed",
        "fee_reopened",
        "displaced",
    ):
        registry.notice(f"candidate.{name}")


def paid(call_id: Any, user_id: Any) -> sa.ColumnElement[bool]:
    """SQL condition: a payment of the person counts in the call."""
    return sa.exists().where(
        Payment.call_id == call_id, Payment.user_id == user_id, Payment.outcome == Outcome.COUNTED
    )


def waived(call_id: Any, user_id: Any) -> sa.ColumnElement[bool]:
    """SQL condition: the person need not pay in the call."""
    return sa.exists().where(
        Waiver.call_id == call_id, Waiver.user_id == user_id, Waiver.decision == "granted"
    )


def _settled(scope: Scope) -> Mapping[str, sa.ColumnElement[Any]]:
    return {
        "amount": sa.select(FeePlan.per_subject * FeePlan.subjects)
        .where(FeePlan.call_id == scope.call_id)
        .scalar_subquery(),
        "paid": paid(scope.call_id, scope.owner_id),
        "waived": waived(scope.call_id, scope.owner_id),
    }


def _settled_holds(scope: Scope) -> sa.ColumnElement[bool]:
    facts = _settled(scope)
    # A call without a fee plan, or one that asks for nothing, is paid from the start.
    return sa.or_(
        sa.func.coalesce(facts["amount"], Decimal(0)) == 0,
        facts["paid"],
        facts["waived"],
    )


def _settled_reasons(given: Given) -> Iterator[Reason]:
    if given.facts["amount"] and not given.facts["paid"] and not given.facts["waived"]:
        yield Reason(
            "fee_not_paid", _("没有收到应缴的报名费%(amount)s元。", amount=given.facts["amount"]), _(CLAUSE)
        )


def _lapses_at(scope: Scope) -> sa.ColumnElement[Any]:
    return deadlines.of_candidate(scope, settled=True)


def _over(scope: Scope) -> Mapping[str, sa.ColumnElement[Any]]:
    return {"lapses_at": _lapses_at(scope)}


def _over_holds(scope: Scope) -> sa.ColumnElement[bool]:
    return sa.func.coalesce(scope.now >= _lapses_at(scope), sa.false())


def _over_reasons(given: Given) -> Iterator[Reason]:
    lapses_at = given.facts["lapses_at"]
    if lapses_at is None:
        yield Reason("no_fee_deadline", _("本次招考没有设缴费期限。"))
    elif given.now < lapses_at:
        yield Reason("fee_running", _("到%(moment)s才能按未缴费处理。", moment=moment(lapses_at)), _(CLAUSE))


def _waiver(scope: Scope) -> Mapping[str, sa.ColumnElement[Any]]:
    return {
        "waiver_open": sa.exists().where(
            Waiver.call_id == scope.call_id, Waiver.user_id == scope.owner_id, Waiver.decision.is_(None)
        )
    }


def _waiver_holds(scope: Scope) -> sa.ColumnElement[bool]:
    return ~_waiver(scope)["waiver_open"]


def _waiver_reasons(given: Given) -> Iterator[Reason]:
    if given.facts["waiver_open"]:
        yield Reason("waiver_open", _("减免申请还没有处理。"))
