"""What happened to an application, in the words of whoever reads it."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session

from recruitment.applications.models import Application
from recruitment.applications.refusals import RefusalReason, refusal_reasons
from recruitment.cadres.vocabulary import SECTIONS
from recruitment.people.models import User
from workflows.schema import event

# What the cadre reads of each step. A step that is not here is internal and stays so.
PUBLIC = {
    "start": _("您选了职位，开始填写"),
    "submit": _("您提交了报名"),
    "resubmit": _("您补正后重新提交了报名"),
    "withdraw": _("您撤回了报名"),
    "pass": _("县级审核通过，等待市级确认"),
    "pass_final": _("审核通过，资格初审合格"),
    "return": _("材料退回，请您补正"),
    "refuse": _("审核不通过"),
    "confirm": _("市级确认，资格初审合格"),
    "reverse_refusal": _("不通过的决定已撤销，重新审核"),
    "displace": _("职位取消，您可以改报其他职位"),
    "lapse_draft": _("到截止时间没有提交，报名作废"),
    "lapse_returned": _("到补正截止时间没有重新提交，报名作废"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of a timeline.

    Attributes:
        title: the words for the reader.
        at: aware, UTC.
        actor: who did it; empty where the reader may not know.
        role: in which capacity: a role, ``owner`` or ``system``.
        sections: for a return: label of the section and what to correct.
        reasons: for a refusal: what it rests on.
        explanation: free text of the decision.
        overruled: the rules that spoke against it, by name; only staff see these and the reason that a
            reviewer gave for going against them.
    """

    transition: str
    title: str
    at: datetime
    actor: str = ""
    sections: list[tuple[str, str]] = field(default_factory=list)
    reasons: list[RefusalReason] = field(default_factory=list)
    explanation: str = ""
    overruled: list[str] = field(default_factory=list)
    role: str = ""


# Decisions whose free text is meant for colleagues.
INTERNAL_TEXT = frozenset({"pass", "pass_final", "confirm"})


def for_cadre(session: Session, application: Application) -> list[Step]:
    """The steps that the cadre may see, the newest first, without the names of reviewers."""
    return [
        _step(row, str(PUBLIC[row.transition]), internal=row.transition in INTERNAL_TEXT)
        for row in _events(session, application.id)
        if row.transition in PUBLIC and not row.held
    ]


def for_staff(session: Session, application: Application, labels: dict[str, str]) -> list[Step]:
    """Every step with who took it, the newest first.

    Args:
        labels: transition → its label in the definition.
    """
    rows = _events(session, application.id)
    ids = {uuid.UUID(row.actor) for row in rows if not row.actor.startswith("system:")}
    names = dict(session.execute(sa.select(User.id, User.name).where(User.id.in_(ids))).all())
    return [
        _step(
            row,
            labels.get(row.transition, row.transition),
            actor=str(_("系统"))
            if row.actor.startswith("system:")
            else names.get(uuid.UUID(row.actor), row.actor),
        )
        for row in rows
    ]


def _events(session: Session, subject_id: uuid.UUID) -> list[sa.Row[Any]]:
    return list(
        session.execute(
            sa.select(event)
            .where(event.c.workflow == "application", event.c.subject_id == subject_id)
            .order_by(event.c.seq.desc())
        )
    )


def _step(row: sa.Row[Any], title: str, *, actor: str = "", internal: bool = False) -> Step:
    form = {} if internal else row.form or {}
    return Step(
        transition=row.transition,
        title=title,
        at=row.at,
        actor=actor,
        sections=[
            (str(SECTIONS[key][0]), text)
            for key, text in form.get("sections", {}).items()
            if key in SECTIONS and text.strip()
        ],
        reasons=[refusal_reasons()[code] for code in form.get("codes", []) if code in refusal_reasons()],
        explanation=form.get("explanation") or form.get("reason") or "",
        overruled=list(form.get("overruled", [])),
        role=row.role,
    )
