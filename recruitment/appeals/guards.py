"""What the appeal workflow asks before a step."""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recruitment.appeals import restoring, scores
from recruitment.appeals.kinds import KINDS, SCORES
from recruitment.appeals.models import Appeal
from recruitment.applications.models import Application
from recruitment.candidates.models import Candidate
from recruitment.selection.results.operations import after_written
from recruitment.wording import N_, deadline
from workflows.registry import Given, Registry, Scope
from workflows.terms import Reason

CLAUSE = N_("招考公告“申诉”条款")
LONGEST_TOLD = 1000


def register(registry: Registry) -> None:
    """Bring the appeal's subject table, guards, forms, deadline and texts to the engine."""
    registry.subject("appeal", Appeal)
    registry.guard("appeal_open", _open_reasons, facts=_open, holds=_open_holds)
    registry.guard("another_decider", _another_reasons, facts=_another, holds=_another_holds)
    registry.guard("about_scores", _scores_reasons, facts=_kind, holds=lambda scope: scope.kind == SCORES)
    registry.form("appeal", _check_appeal)
    registry.form("ruling", check_ruling)
    restoring.register(registry)
    after_written(scores.settle)
    registry.deadline("appeal_due", lambda scope: scope.decide_by)
    for name in ("filed", "accepted", "upheld", "rejected", "settled"):
        registry.notice(f"appeal.{name}")
    registry.notice("appeal.overdue", recipient=lambda scope: scope.accepted_by)


# May it be filed


def _open(scope: Scope) -> Mapping[str, sa.ColumnElement[Any]]:
    application = sa.select(Application.public_state).where(Application.id == scope.application_id)
    candidate = sa.select(Candidate.public_state).where(Candidate.id == scope.candidate_id)
    state = sa.case(
        (scope.candidate_id.is_(None), application.scalar_subquery()), else_=candidate.scalar_subquery()
    )
    return {"state": state, "kind": scope.kind, "file_by": scope.file_by}


def _open_holds(scope: Scope) -> sa.ColumnElement[bool]:
    facts = _open(scope)
    standing = sa.or_(
        *(sa.and_(scope.kind == name, facts["state"].in_(kind.states)) for name, kind in KINDS.items())
    )
    return sa.and_(scope.now <= facts["file_by"], standing)


def _open_reasons(given: Given) -> Iterator[Reason]:
    if given.now > given.facts["file_by"]:
        yield Reason(
            "appeal_late", _("申诉已于%(moment)s截止。", moment=deadline(given.facts["file_by"])), _(CLAUSE)
        )
    if given.facts["state"] not in KINDS[given.facts["kind"]].states:
        yield Reason("nothing_to_appeal", _("这个决定已经变动，不需要申诉。"), _(CLAUSE))


# Who decides


def _another(scope: Scope) -> Mapping[str, sa.ColumnElement[Any]]:
    return {"decided_first": scope.first_decider == sa.cast(scope.actor_id, sa.Text)}


def _another_holds(scope: Scope) -> sa.ColumnElement[bool]:
    return ~sa.func.coalesce(_another(scope)["decided_first"], sa.false())


def _another_reasons(given: Given) -> Iterator[Reason]:
    if given.facts["decided_first"]:
        yield Reason(
            "decided_first",
            _("原决定是您作出的，申诉应由其他人复核。"),
            _("《公务员录用规定》（2019）关于回避的规定"),
        )


# What an appeal upheld leads to


def _kind(scope: Scope) -> Mapping[str, sa.ColumnElement[Any]]:
    return {"kind": scope.kind}


def _scores_reasons(given: Given) -> Iterator[Reason]:
    if given.facts["kind"] != SCORES:
        yield Reason("not_about_scores", _("只有对成绩的申诉才由重新排名了结。"), _(CLAUSE))


# Forms


def _check_appeal(form: Mapping[str, Any]) -> Iterator[Reason]:
    """``{"kind": …}``: what is said stands encrypted with the appeal and not in the journal."""
    if set(form) != {"kind"} or form["kind"] not in KINDS:
        yield Reason("form_unexpected", _("申诉的内容不得写入流程记录。"))


def check_ruling(form: Mapping[str, Any]) -> Iterator[Reason]:
    """``{"reason": for the record, "told": for the cadre}``."""
    if not str(form.get("reason") or "").strip():
        yield Reason("reason_missing", _("请写明复核情况和依据。"))
    told = str(form.get("told") or "").strip()
    if not told:
        yield Reason("told_missing", _("请写明告知申诉人的内容。"))
    if len(told) > LONGEST_TOLD:
        yield Reason("told_too_long", _("文字太长了，请不超过%(longest)s字。", longest=LONGEST_TOLD))
