"""The facts that a notice's text may name."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy import Row
from sqlalchemy.orm import Session, joinedload

from recruitment.applications.models import Application
from recruitment.applications.refusals import refusal_reasons
from recruitment.cadres.vocabulary import SECTIONS
from recruitment.calls.deadlines import closes_at
from recruitment.people.models import User
from recruitment.wording import moment
from workflows.schema import event as journal
from workflows.schema import timer


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
