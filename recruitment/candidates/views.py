"""A candidate's own page: where it stands, what to do now, what happened."""

import uuid
from typing import Any

from flask import Blueprint, abort, render_template

from recruitment.candidates import queries, timeline
from recruitment.database import db
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.web.journey import picture

blueprint = Blueprint("candidates", __name__, url_prefix="/candidates")


@blueprint.get("/<uuid:candidate_id>")
@allow(Role.CADRE)
def show(candidate_id: uuid.UUID) -> str:
    candidate = queries.own(db.session, current_user(), candidate_id)
    if candidate is None:
        abort(404)
    return render_template(
        "candidates/show.html",
        candidate=candidate,
        standing=timeline.standing(candidate),
        journey=picture(db.session, candidate),
        steps=timeline.for_cadre(db.session, candidate),
    )


@blueprint.app_context_processor
def _helpers() -> dict[str, Any]:
    """For the pages of the applications that candidates came from; that room knows nothing of candidates."""
    return {
        "candidates_of": lambda applications: queries.of_applications(
            db.session, [application.id for application in applications]
        ),
        "candidate_of": lambda application: queries.of_application(db.session, application.id),
        "candidate_standing": timeline.standing,
    }
