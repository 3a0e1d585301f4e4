"""The candidate's own page of the medical: when and where, the result, and asking for the re-exam."""

import uuid

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from recruitment.calls.views.base import refusable
from recruitment.candidates import desk
from recruitment.candidates import queries as candidates
from recruitment.candidates.models import Candidate
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import handle
from recruitment.medical import operations, queries
from recruitment.medical.forms import OUTCOMES, AskForm
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.web import stages

blueprint = Blueprint("own_medical", __name__, url_prefix="/candidates")
Page = str | Response | tuple[str, int]


@blueprint.route("/<uuid:candidate_id>/medical", methods=["GET", "POST"])
@stages.of_candidate(
    _l("体检"),
    70,
    lambda candidate: candidate.public_state in queries.STATES,
    due=("medical", "medical_retest"),
)
@allow(Role.CADRE)
def show(candidate_id: uuid.UUID) -> Page:
    """The medical as it concerns oneself; here alone the item that was not met is named."""
    candidate = _own(candidate_id)
    form = AskForm()
    status = 200
    if request.method == "POST":
        version, key = desk.sent()
        outcome = handle(
            form,
            refusable(
                lambda: operations.ask_retest(
                    db.session,
                    candidate,
                    current_user().actor(),
                    now(),
                    expected_version=version,
                    key=key,
                )
            ),
        )
        if outcome.done:
            flash(_("已申请复检。复检时间和医院请等通知。"), "success")
            return redirect(url_for("own_medical.show", candidate_id=candidate_id), 303)
        status = outcome.status
        candidate = _own(candidate_id)
    done = queries.results(db.session, candidate.id)
    until = done[0].retest_until if candidate.public_state == "medical" and done else None
    return render_template(
        "medical/own.html",
        candidate=candidate,
        form=form,
        results=done,
        outcomes=OUTCOMES,
        until=until,
        may_ask=until is not None and now() < until,
        plan=queries.plan_for(db.session, candidate.call_id, candidate.area_code),
        now=now(),
        key=uuid.uuid4().hex,
    ), status


def _own(candidate_id: uuid.UUID) -> Candidate:
    found = candidates.own(db.session, current_user(), candidate_id)
    if found is None or found.public_state not in queries.STATES:
        abort(404)
    return found
