"""What the candidate workflow asks before a step of selection, its deadline, and the notices it raises there."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from recruitment.calls.models import Call
from recruitment.selection.models import SelectionPlan
from recruitment.selection.recheck.substitution import proposals
from recruitment.wording import N_, deadline
from workflows.registry import Given, Registry, Scope
from workflows.schema import timer
from workflows.terms import Actor, Reason

SUBSTITUTION_CLAUSE = N_("招考公告“递补”条款")
NOTICES = (
    "shortlisted",
    "reserve",
    "eliminated",
    "unranked",
    "rechecked",
    "recheck_failed",
    "called_up",
    "substituted",
    "consent_lapsed",
    "gave_up",
    "not_selected",
)


def register(registry: Registry) -> None:
    """Bring the notices, guards and deadlines of selection to the engine."""
    registry.guard("consent_open", consent_reasons, facts=_consent, holds=_consent_holds)
    registry.guard("substitute_due", _substitute_reasons, load=_load_substitutes)
    registry.deadline("consent_due", _consent_due)
    for name in NOTICES:
        registry.notice(f"candidate.{name}")


# A substitute has so long to agree


def _consent(scope: Scope) -> Mapping[str, sa.ColumnElement[Any]]:
    due = (
        sa.select(timer.c.due_at)
        .where(
            timer.c.workflow == "candidate",
            timer.c.subject_id == scope.id,
            timer.c.name == "consent_deadline",
            timer.c.ended_at.is_(None),
        )
        .scalar_subquery()
    )
    return {"consent_due": due}


def _consent_holds(scope: Scope) -> sa.ColumnElement[bool]:
    due = _consent(scope)["consent_due"]
    return sa.or_(due.is_(None), scope.now < due)


def consent_reasons(given: Given) -> Iterator[Reason]:
    due = given.facts["consent_due"]
    if due is not None and given.now >= due:
        yield Reason(
            "consent_late", _("确认递补已于%(moment)s截止。", moment=deadline(due)), _(SUBSTITUTION_CLAUSE)
        )


def _consent_due(scope: Scope) -> sa.ColumnElement[datetime]:
    hours = (
        sa.select(SelectionPlan.consent_hours).where(SelectionPlan.call_id == scope.call_id).scalar_subquery()
    )
    hour: sa.ColumnElement[Any] = sa.literal_column("interval '1 hour'")
    due: sa.ColumnElement[datetime] = scope.now + hours * hour
    return due


# Only whom the scheme proposes; this takes a ranking, so it exists in Python alone


def _load_substitutes(
    session: Session, subjects: Sequence[Any], actor: Actor, now: datetime
) -> Mapping[uuid.UUID, Mapping[str, Any]]:
    positions: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for subject in subjects:
        if subject.state == "reserve":
            positions[subject.call_id].add(subject.position_id)
    due: set[uuid.UUID] = set()
    for call in session.scalars(sa.select(Call).where(Call.id.in_(positions))):
        due |= proposals(session, call, positions[call.id]).due.keys()
    return {subject.id: {"due": subject.id in due} for subject in subjects}


def _substitute_reasons(given: Given) -> Iterator[Reason]:
    if not given.facts["due"]:
        yield Reason(
            "no_vacancy",
            _("按方案现在轮不到这名考生递补：没有空缺，或者前面还有人。"),
            _(SUBSTITUTION_CLAUSE),
        )
