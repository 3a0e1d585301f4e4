"""Back to where somebody stood before they were put out or their appointment was cancelled."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from recruitment.appeals.models import Appeal
from workflows.registry import Given, Registry, Scope
from workflows.schema import event
from workflows.terms import Reason, Refused

OUT = ("void", "cancel_appointment")
# Where somebody comes back to → where they stood. Who was called up waits to be called anew, with a new deadline; who
# was on public notice, to be announced anew for its whole time.
STOOD: Mapping[str, tuple[str, ...]] = {
    "awaiting_fee": ("awaiting_fee",),
    "confirmed": ("confirmed",),
    "reserve": ("reserve", "called_up"),
    "shortlisted": ("shortlisted",),
    "rechecked": ("rechecked",),
    "interviewed": ("interviewed",),
    "medical": ("medical",),
    "medical_retest": ("medical_retest",),
    "inspection": ("inspection",),
    "cleared": ("cleared", "announced", "suspended"),
    "approved": ("approved",),
    "probation": ("probation",),
}


def register(registry: Registry) -> None:
    """One guard for each state that somebody may come back to."""
    for state, stood in STOOD.items():
        registry.guard(f"stood_at_{state}", partial(_reasons, stood), facts=_facts, holds=_holds(stood))


def _facts(scope: Scope) -> Mapping[str, sa.ColumnElement[Any]]:
    before = (
        sa.select(event.c.source)
        .where(
            event.c.workflow == "candidate",
            event.c.subject_id == scope.id,
            event.c.transition.in_(OUT),
        )
        .order_by(event.c.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    return {"before": before}


def _holds(stood: tuple[str, ...]) -> Callable[[Scope], sa.ColumnElement[bool]]:
    return lambda scope: sa.func.coalesce(_facts(scope)["before"].in_(stood), sa.false())


def _reasons(stood: tuple[str, ...], given: Given) -> Iterator[Reason]:
    if given.facts["before"] not in stood:
        yield Reason("stood_elsewhere", _("作出取消决定以前不在这个环节，不能恢复到这里。"))


def trigger_of(session: Session, appeal: Appeal) -> str:
    """The step that leads back to where the decision found them.

    Raises:
        Refused: they stood where nobody comes back to.
    """
    before = session.scalar(
        sa.select(event.c.source).where(
            event.c.workflow == "candidate",
            event.c.subject_id == appeal.candidate_id,
            event.c.seq == appeal.decision_seq,
        )
    )
    for state, stood in STOOD.items():
        if before in stood:
            return f"restore_{state}"
    raise Refused([Reason("nowhere_to_restore", _("找不到作出取消决定以前的环节，不能撤销。"))])
