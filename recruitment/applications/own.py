"""What a cadre's pages show of their own applications, and how each state is said to them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session, contains_eager

from recruitment import wording
from recruitment.applications.models import SPENT, Application
from recruitment.calls.models import Position
from recruitment.workflow import engine
from workflows.schema import event, timer
from workflows.terms import Actor, Availability


@dataclass(frozen=True, slots=True)
class Standing:
    """A state in words: its name is the workflow's own, the sentence is for the cadre.

    Attributes:
        tone: as the macro ``tag`` takes it.
    """

    label: str
    tone: str
    text: LazyString


TEXTS = {
    "draft": ("warn", _l("您选好了职位，还没有提交。截止前提交才算报名。")),
    "submitted": ("info", _l("已经收到您的报名，正在等县级审核人审核。现在不用做什么。")),
    "county_passed": ("info", _l("县级审核已经通过，正在等市级确认。现在不用做什么。")),
    "returned": ("warn", _l("审核人请您补充或改正材料。改好后要重新提交。")),
    "qualified": ("good", _l("资格初审合格。请留意后面的缴费和考试通知。")),
    "refused": ("bad", _l("审核没有通过。")),
    "withdrawn": ("neutral", _l("您已经撤回这次报名。")),
    "displaced": ("warn", _l("您报考的职位因缴费人数不足已取消。您可以在规定时间内改报其他职位。")),
    "lapsed": ("neutral", _l("到截止时间没有提交，这次报名已经作废。")),
}


def standing(application: Application) -> Standing:
    """Where the application stands, as far as its owner may know."""
    definition = engine().flow(application).definition(application)
    tone, text = TEXTS[application.public_state]
    return Standing(wording.label(definition.states[application.public_state].label), tone, text)


def find(session: Session, application_id: uuid.UUID, owner_id: uuid.UUID) -> Application | None:
    """The person's own application, with position, county and call."""
    return session.scalar(
        sa.select(Application)
        .join(Application.position)
        .join(Position.county)
        .join(Application.call)
        .options(
            contains_eager(Application.position).contains_eager(Position.county),
            contains_eager(Application.call),
        )
        .where(Application.id == application_id, Application.owner_id == owner_id)
    )


def active(applications: Sequence[Application], call_id: uuid.UUID) -> Application | None:
    """The one of a person's applications that counts in a call."""
    return next((a for a in applications if a.call_id == call_id and a.public_state not in SPENT), None)


def may(session: Session, application: Application, actor: Actor, now: datetime) -> dict[str, Availability]:
    """What the cadre can do with the application now, by transition, with the reasons against."""
    found = engine().available(session, actor, [application], now)[application.id]
    return {item.transition: item for item in found}


def correction_due(session: Session, application: Application) -> datetime | None:
    """Until when a returned application must be handed in again."""
    return session.scalar(
        sa.select(timer.c.due_at).where(
            timer.c.workflow == "application",
            timer.c.subject_id == application.id,
            timer.c.name == "correction_deadline",
            timer.c.ended_at.is_(None),
        )
    )


def corrections(session: Session, application: Application) -> dict[str, str]:
    """What the last return asked to correct: section → words of the reviewer."""
    form: dict[str, Any] | None = session.scalar(
        sa.select(event.c.form)
        .where(
            event.c.workflow == "application",
            event.c.subject_id == application.id,
            event.c.transition == "return",
        )
        .order_by(event.c.seq.desc())
        .limit(1)
    )
    sections: dict[str, str] = (form or {}).get("sections", {})
    return {key: text for key, text in sections.items() if text.strip()}
