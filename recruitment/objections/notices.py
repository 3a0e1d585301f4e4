"""What the texts about objections read."""

from typing import Any

from flask import current_app
from sqlalchemy import Row
from sqlalchemy.orm import Session

from recruitment.notices.context import about
from recruitment.objections.models import Objection
from recruitment.people.models import User
from recruitment.wording import deadline, moment


@about("objection")
def _overdue(session: Session, row: Row[Any], user: User) -> dict[str, Any]:
    """For the reviewer who inquires: which one, without a word of what is said or by whom."""
    objection = session.get_one(Objection, row.subject_id)
    call = objection.candidate.call
    return {
        "call": call.title,
        "hotline": call.hotline,
        "received": moment(objection.created_at),
        "decide_by": deadline(objection.decide_by) if objection.decide_by else "",
        "link": f"{current_app.config['SETTINGS'].site_url}/review/objections/{objection.id}",
    }
