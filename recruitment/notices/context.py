"""The facts that a notice's text may name."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import current_app
from sqlalchemy import Row
from sqlalchemy.orm import Session, joinedload

from recruitment.applications.models import Application
from recruitment.applications.refusals import refusal_reasons
from recruitment.areas.catalogue import PROVINCE_CODE
from recruitment.cadres.vocabulary import SECTIONS
from recruitment.calls.deadlines import closes_at
from recruitment.calls.models import Position
from recruitment.people.models import User
from recruitment.wording import moment
from recruitment.workflow import engine
from workflows.schema import event as journal
from workflows.schema import timer


@dataclass
class ReadAhead:
    """What the texts of many rows have in common with their subjects, read in a few queries.

    Attributes:
        areas: workflow and id of a subject → its area code.
    """

    areas: dict[tuple[str, UUID], str] = field(default_factory=dict)
    # The session forgets what nobody holds.
    _held: list[Any] = field(default_factory=list)

    def area(self, row: Row[Any]) -> str:
        return self.areas.get((row.workflow, row.subject_id), PROVINCE_CODE)


def read_ahead(session: Session, rows: Sequence[Row[Any]]) -> ReadAhead:
    """Read what :func:`context_for` will ask for; keep the answer for as long as it is asked."""
    ahead = ReadAhead()
    ids: dict[str, set[UUID]] = {}
    for row in rows:
        ids.setdefault(row.workflow, set()).add(row.subject_id)
    for workflow, of in ids.items():
        model = engine().flows[workflow].model
        query = sa.select(model).where(model.id.in_(of))
        if hasattr(model, "position"):
            position = joinedload(model.position)
            query = query.options(
                position.joinedload(Position.county) if len(of) > 1 else position, joinedload(model.call)
            )
        for subject in session.scalars(query):
            ahead._held.append(subject)
            ahead.areas[workflow, subject.id] = subject.area_code
    return ahead


def context_for(session: Session, row: Row[Any], user: User) -> dict[str, Any]:
    """What the texts about an application read.

    Reasons and due times come from the event that raised the notice and stay as they were then; names come
    from the records.
    """
    application = session.get_one(
        Application,
        row.subject_id,
        options=[joinedload(Application.call), joinedload(Application.position)],
    )
    event = journal.c
    form = (
        session.scalar(
            sa.select(event.form).where(
                event.workflow == row.workflow, event.subject_id == row.subject_id, event.seq == row.event
            )
        )
        or {}
    )
    correction_due = session.scalar(
        sa.select(timer.c.due_at).where(
            timer.c.workflow == row.workflow,
            timer.c.subject_id == row.subject_id,
            timer.c.name == "correction_deadline",
            timer.c.set_by == row.event,
        )
    )
    call, position = application.call, application.position
    county = position.county
    return {
        "name": user.name,
        "call": call.title,
        "hotline": call.hotline,
        "position": f"{position.organ}“{position.name}”(职位代码 {position.code})",
        "county": county.name,
        "prefecture": county.prefecture,
        "receipt_number": application.receipt_number,
        "closes_at": moment(closes_at(session, call, application.area_code, user.id)),
        "link": f"{current_app.config['SETTINGS'].site_url}/applications/{application.id}",
        "review_by": moment(row.created_at + timedelta(hours=call.review_hours)),
        "correction_due": moment(correction_due) if correction_due else "",
        "sections": [
            {"label": str(SECTIONS[key][0]), "text": text}
            for key, text in form.get("sections", {}).items()
            if key in SECTIONS and text.strip()
        ],
        "reasons": [refusal_reasons()[code] for code in form.get("codes", [])],
        "explanation": form.get("explanation") or form.get("reason") or "",
    }
