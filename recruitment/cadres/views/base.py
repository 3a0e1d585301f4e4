"""What the pages of the dossier have in common."""

import uuid

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from recruitment.cadres import queries
from recruitment.database import db
from recruitment.people.access import current_user

blueprint = Blueprint("cadres", __name__, url_prefix="/dossier")
Page = str | Response | tuple[str, int]


def checking() -> uuid.UUID | None:
    """The application whose check page sent the person here, to go back to."""
    return request.args.get("check", type=uuid.UUID)


def after(name: str) -> str:
    """Where saving a section leads: back to the check page, to the next section, or to the overview."""
    if application_id := checking():
        return f"{url_for('applications.check', application_id=application_id)}#{name}"
    if request.form.get("then") == "overview":
        return url_for("cadres.overview")
    states = queries.overview(queries.frozen(db.session, current_user()))
    following = queries.next_section(states, name)
    if not following:
        return url_for("cadres.overview")
    if following == "documents":
        return url_for("cadres.documents")
    return url_for("cadres.section", name=following)
