"""What the texts about being on public notice read."""

from typing import Any

from flask import current_app
from sqlalchemy import Row
from sqlalchemy.orm import Session

from recruitment.notices.context import about
from recruitment.people.models import User
from recruitment.public_notice import queries
from recruitment.public_notice.paper import period


@about("candidate.announced")
def _announced(session: Session, row: Row[Any], user: User) -> dict[str, Any]:
    """The notice that stands now; empty when it was taken down before the text was written."""
    place = queries.running_row(session, row.subject_id)
    if place is None:
        return {"notice_period": "—", "notice_link": "—"}
    notice = place.notice
    site = current_app.config["SETTINGS"].site_url
    return {
        "notice_period": period(notice),
        "notice_link": f"{site}/calls/{notice.call.slug}/notices/{notice.id}",
    }
