"""What the workflow asks around a medical. Each step rests on a result that stands in the table, never on a word."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recruitment.medical.models import MedicalResult, SubstituteProposal
from recruitment.wording import N_, deadline
from workflows.registry import Given, Registry, Scope
from workflows.terms import Reason

MEDICAL_CLAUSE = N_("《公务员录用规定》(2019)关于体检的规定")
RETEST_CLAUSE = N_("招考公告“体检”条款：复检只进行一次，以复检结论为准")
SUBSTITUTE_CLAUSE = N_("招考公告“递补”条款")
NOTICES = ("to_medical", "medical_passed", "medical_unfit", "medical_retest", "medical_failed")


def register(registry: Registry) -> None:
    """Bring the guards, the deadline and the notices of the medical to the engine."""
    registry.guard("medical_passed", _passed_reasons, facts=_latest, holds=_passed_holds)
    registry.guard("medical_unfit", _unfit_reasons, facts=_latest, holds=_unfit_holds)
    registry.guard("medical_unfit_again", _again_reasons, facts=_latest, holds=_again_holds)
    registry.guard("retest_open", _open_reasons, facts=_latest, holds=_open_holds)
    registry.guard("substitute_proposed", _proposed_reasons, facts=_proposed, holds=_proposed_holds)
    registry.deadline("retest_window_closes", _window)
    for name in NOTICES:
        registry.notice(f"candidate.{name}")


def _of_latest(scope: Scope, column: Any) -> Any:
    return (
        sa.select(column)
        .where(MedicalResult.candidate_id == scope.id)
        .order_by(MedicalResult.round.desc())
        .limit(1)
        .scalar_subquery()
    )


def _latest(scope: Scope) -> Mapping[str, sa.ColumnElement[Any]]:
    return {
        "round": _of_latest(scope, MedicalResult.round),
        "outcome": _of_latest(scope, MedicalResult.outcome),
        "retest_until": _of_latest(scope, MedicalResult.retest_until),
    }


def _window(scope: Scope) -> sa.ColumnElement[datetime]:
    until: sa.ColumnElement[datetime] = _of_latest(scope, MedicalResult.retest_until)
    return until


def _passed_holds(scope: Scope) -> sa.ColumnElement[bool]:
    holds: sa.ColumnElement[bool] = _latest(scope)["outcome"] == "pass"
    return holds


def _passed_reasons(given: Given) -> Iterator[Reason]:
    if given.facts["outcome"] != "pass":
        yield Reason("medical_not_passed", _("还没有登记体检合格的结果。"), _(MEDICAL_CLAUSE))


def _unfit_holds(scope: Scope) -> sa.ColumnElement[bool]:
    latest = _latest(scope)
    return sa.and_(latest["outcome"] == "fail", latest["round"] == 1)


def _unfit_reasons(given: Given) -> Iterator[Reason]:
    if given.facts["outcome"] != "fail" or given.facts["round"] != 1:
        yield Reason("not_unfit", _("还没有登记初检不合格的结果。"), _(MEDICAL_CLAUSE))


def _again_holds(scope: Scope) -> sa.ColumnElement[bool]:
    latest = _latest(scope)
    return sa.and_(latest["outcome"] != "pass", latest["round"] > 1)


def _again_reasons(given: Given) -> Iterator[Reason]:
    if given.facts["outcome"] in (None, "pass") or given.facts["round"] == 1:
        yield Reason("not_unfit_again", _("还没有登记复检不合格或者未到的结果。"), _(RETEST_CLAUSE))


def _open_holds(scope: Scope) -> sa.ColumnElement[bool]:
    return sa.and_(_unfit_holds(scope), scope.now < _latest(scope)["retest_until"])


def _open_reasons(given: Given) -> Iterator[Reason]:
    until = given.facts["retest_until"]
    if given.facts["outcome"] != "fail" or until is None:
        yield Reason("nothing_to_retest", _("没有可以申请复检的体检结果。"), _(RETEST_CLAUSE))
    elif given.now >= until:
        yield Reason(
            "retest_late", _("申请复检的时间已于%(moment)s截止。", moment=deadline(until)), _(RETEST_CLAUSE)
        )


def _proposed(scope: Scope) -> Mapping[str, sa.ColumnElement[Any]]:
    proposer = (
        sa.select(SubstituteProposal.proposed_by)
        .where(SubstituteProposal.candidate_id == scope.id, SubstituteProposal.consented.is_(True))
        .limit(1)
        .scalar_subquery()
    )
    return {"proposer": proposer}


def _proposed_holds(scope: Scope) -> sa.ColumnElement[bool]:
    proposer = _proposed(scope)["proposer"]
    return sa.and_(proposer.is_not(None), proposer.is_distinct_from(scope.actor_id))


def _proposed_reasons(given: Given) -> Iterator[Reason]:
    proposer = given.facts["proposer"]
    if proposer is None:
        yield Reason("no_consent", _("递补要先提出，再由另一人同意。"), _(SUBSTITUTE_CLAUSE))
    elif proposer == given.actor.id:
        yield Reason("own_proposal", _("这是您提出的递补，应由另一人同意。"), _(SUBSTITUTE_CLAUSE))
