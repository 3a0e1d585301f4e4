"""The facts that a notice's text may name."""

from typing import Any

from flask import current_app
from sqlalchemy import Row
from sqlalchemy.orm import Session, joinedload

from recruitment.applications.models import Application
from recruitment.calls.deadlines import closes_at
from recruitment.notices.render import moment
from recruitment.people.models import User


def context_for(session: Session, row: Row[Any], user: User) -> dict[str, Any]:
    """What the texts about an application read.

    Figures that a decision fixed (reasons, due times) come from the outbox row, written with the decision;
    names come from the records.
    """
    application = session.get_one(
        Application,
        row.subject_id,
        options=[joinedload(Application.call), joinedload(Application.position)],
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
        **row.data,
    }
