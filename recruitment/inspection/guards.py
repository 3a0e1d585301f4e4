"""What the workflow asks before an inspection is decided on."""

from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _

from recruitment.applications.guards import LONGEST_TEXT
from recruitment.inspection.models import Inspection, Inspector
from recruitment.inspection.vocabulary import CLAUSE, LEAST_INSPECTORS, failure_reasons
from workflows.registry import Given, Registry, Scope
from workflows.terms import Reason


def register(registry: Registry) -> None:
    """Bring the guards, the form and the notices of the inspection to the engine."""
    registry.guard("inspection_complete", _complete_reasons, facts=_facts, holds=_complete_holds)
    registry.guard("inspection_favourable", _favourable_reasons, facts=_facts, holds=_favourable_holds)
    registry.guard("inspection_unfavourable", _unfavourable_reasons, facts=_facts, holds=_unfavourable_holds)
    registry.form("inspection_failure", check_failure)
    for name in ("inspection_passed", "inspection_failed"):
        registry.notice(f"candidate.{name}")


def _of_inspection(scope: Scope, column: Any) -> Any:
    return sa.select(column).where(Inspection.candidate_id == scope.id).scalar_subquery()


def _facts(scope: Scope) -> Mapping[str, sa.ColumnElement[Any]]:
    inspectors = (
        sa.select(sa.func.count())
        .select_from(Inspector)
        .join(Inspection, Inspection.id == Inspector.inspection_id)
        .where(Inspection.candidate_id == scope.id)
        .scalar_subquery()
    )
    return {
        "inspectors": inspectors,
        "submitted_at": _of_inspection(scope, Inspection.submitted_at),
        "conclusion": _of_inspection(scope, Inspection.conclusion),
    }


def _complete_holds(scope: Scope) -> sa.ColumnElement[bool]:
    facts = _facts(scope)
    return sa.and_(facts["inspectors"] >= LEAST_INSPECTORS, facts["submitted_at"].is_not(None))


def _complete_reasons(given: Given) -> Iterator[Reason]:
    if given.facts["inspectors"] < LEAST_INSPECTORS:
        yield Reason(
            "too_few_inspectors",
            _("考察组至少 %(number)s 人，请先登记考察人员。", number=LEAST_INSPECTORS),
            _(CLAUSE),
        )
    if given.facts["submitted_at"] is None:
        yield Reason("report_missing", _("考察报告还没有提交。"), _(CLAUSE))


def _favourable_holds(scope: Scope) -> sa.ColumnElement[bool]:
    holds: sa.ColumnElement[bool] = _facts(scope)["conclusion"] == "pass"
    return holds


def _favourable_reasons(given: Given) -> Iterator[Reason]:
    if given.facts["conclusion"] != "pass":
        yield Reason("not_favourable", _("考察报告的结论不是合格。结论有误的，请先重开报告。"), _(CLAUSE))


def _unfavourable_holds(scope: Scope) -> sa.ColumnElement[bool]:
    holds: sa.ColumnElement[bool] = _facts(scope)["conclusion"] == "fail"
    return holds


def _unfavourable_reasons(given: Given) -> Iterator[Reason]:
    if given.facts["conclusion"] != "fail":
        yield Reason("not_unfavourable", _("考察报告的结论不是不合格。结论有误的，请先重开报告。"), _(CLAUSE))


def check_failure(form: Mapping[str, Any]) -> Iterator[Reason]:
    """``{"codes": [reason codes], "explanation": text}`` with at least one code and an explanation."""
    codes, explanation = form.get("codes") or [], form.get("explanation")
    explanation = explanation.strip() if isinstance(explanation, str) else ""
    if not codes:
        yield Reason("no_reason", _("请至少选择一条不合格的理由。"))
    for code in codes:
        if code not in failure_reasons():
            yield Reason("unknown_reason", _("没有编号为“%(code)s”的理由。", code=code))
    if not explanation:
        yield Reason("no_explanation", _("请写明查实的情况，考生会看到。"))
    if len(explanation) > LONGEST_TEXT:
        yield Reason("text_too_long", _("文字太长了，请不超过%(longest)s字。", longest=LONGEST_TEXT))
