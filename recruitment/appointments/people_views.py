"""Those appointed over all calls, the figures over the years, and the candidate's own undertaking."""

import io
import uuid

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as WsgiResponse

from recruitment.appointments import exports, operations, queries
from recruitment.appointments.forms import AppointedFilterForm, UndertakingForm
from recruitment.appointments.history import history
from recruitment.appointments.models import Appointment
from recruitment.appointments.queries import AppointedFilter
from recruitment.appointments.vocabulary import KIND_WORDS, SERVICE_CLAUSE, WORDING, undertaking
from recruitment.cadres.vocabulary import POSTS
from recruitment.calls import queries as calls
from recruitment.calls.forms import ExportForm
from recruitment.calls.views.base import refusable
from recruitment.calls.views.candidates import XLSX
from recruitment.candidates import desk
from recruitment.candidates import queries as candidates
from recruitment.candidates.forms import state_labels
from recruitment.candidates.models import Candidate
from recruitment.clock import now, today
from recruitment.database import db
from recruitment.forms import handle
from recruitment.people.access import allow, current_user, public
from recruitment.people.models import Role
from recruitment.web import navigation, stages

blueprint = Blueprint("appointed", __name__)
Page = str | WsgiResponse | tuple[str, int]

READERS = (Role.PREFECTURE_REVIEWER, Role.PROVINCE_REVIEWER, Role.ADMIN, Role.SUPERVISOR)
EXPORTERS = (Role.PREFECTURE_REVIEWER, Role.PROVINCE_REVIEWER, Role.ADMIN)
# States in which a call has stages after the registration.
UNDER_WAY = ("registration_closed", "in_review", "exam", "selection", "finished")


@blueprint.get("/admin/stages/")
@navigation.entry(_l("各环节"), 30, section="appointed.stages", beneath="/admin/calls/")
@allow(Role.COUNTY_REVIEWER, Role.PREFECTURE_REVIEWER, Role.PROVINCE_REVIEWER)
def stages_of_calls() -> Page:
    """For reviewers, who have no page of a call: each call with the pages of its stages."""
    shown = [call for call in calls.every_call(db.session) if call.state in UNDER_WAY]
    return render_template("appointments/stages.html", calls=shown)


@blueprint.get("/admin/appointed/")
@navigation.entry(_l("录用人员"), 36, section="appointed.index")
@allow(*READERS)
def index() -> Page:
    """Everybody who serves, with years served and left."""
    return _list(request.args, ExportForm(formdata=None) if desk.areas(*EXPORTERS) else None)


@blueprint.post("/admin/appointed/export")
@allow(*EXPORTERS)
def export() -> Page:
    """The list as a file, on record."""
    form = ExportForm()
    if not form.validate():
        return _list(request.form, form, 422)
    _form, chosen = _filter(request.form, EXPORTERS)
    made = exports.export(db.session, chosen, current_user(), now(), purpose=str(form.purpose.data))
    db.session.commit()
    response: Response = send_file(
        io.BytesIO(made.content), mimetype=XLSX, as_attachment=True, download_name=made.filename
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _filter(
    sent: MultiDict[str, str], roles: tuple[Role, ...]
) -> tuple[AppointedFilterForm, AppointedFilter]:
    areas = desk.areas(*roles)
    form = AppointedFilterForm(formdata=sent)
    form.offer(areas, queries.years(db.session))
    form.validate()
    value = {field.name: "" if field.errors else str(field.data or "") for field in form}
    year = int(value["year"]) if value["year"] else None
    return form, AppointedFilter(areas, value["area"], value["kind"], year)


def _list(sent: MultiDict[str, str], export_form: ExportForm | None, status: int = 200) -> tuple[str, int]:
    form, chosen = _filter(sent, READERS)
    after = desk.after()
    page = queries.page(db.session, chosen, after)
    return render_template(
        "appointments/appointed.html",
        form=form,
        page=page,
        rows=[exports.row_of(number, item, today()) for number, item in enumerate(page.rows, 1)],
        after=after,
        total=queries.total(db.session, chosen),
        narrowed={field.name: field.data for field in form if field.data},
        export_form=export_form,
        states=state_labels(),
        kinds=KIND_WORDS,
        posts=POSTS,
        words=exports.words,
    ), status


@blueprint.get("/history")
@navigation.entry(_l("历年考录"), 110)
@public
def figures() -> str:
    """How many were recruited over the years, for anybody."""
    found = history(queries.counted(db.session))
    return render_template("appointments/history.html", history=found, kinds=KIND_WORDS)


@blueprint.get("/admin/history")
@allow(*READERS)
def office_figures() -> str:
    """The same figures with every prefecture by year and kind."""
    counted = queries.counted(db.session)
    return render_template(
        "appointments/office_history.html", history=history(counted), counted=counted, kinds=KIND_WORDS
    )


@blueprint.route("/candidates/<uuid:candidate_id>/service", methods=["GET", "POST"])
@stages.of_candidate(
    _l("录用和服务期"),
    100,
    lambda candidate: candidate.public_state in (*operations.UNDERTAKING_STATES, *queries.SERVING),
    due=operations.UNDERTAKING_STATES,
)
@allow(Role.CADRE)
def own(candidate_id: uuid.UUID) -> Page:
    """The undertaking to read and confirm, and how far one's own service is."""
    candidate = _own(candidate_id)
    years = queries.terms(db.session, candidate.call_id).service_years
    form = UndertakingForm()
    status = 200
    if request.method == "POST":
        outcome = handle(
            form,
            refusable(
                lambda: operations.confirm_undertaking(
                    db.session,
                    candidate,
                    now(),
                    wording=str(form.wording.data),
                    years=request.form.get("years", 0, type=int),
                )
            ),
        )
        if outcome.done:
            flash(_("已确认承诺。"), "success")
            return redirect(url_for("appointed.own", candidate_id=candidate_id), 303)
        status = outcome.status
        candidate = _own(candidate_id)
    form.wording.data, form.years.data = WORDING, str(years)
    given = queries.undertaken(db.session, [candidate.id]).get(candidate.id)
    held = db.session.get(Appointment, candidate.id)
    prefecture = candidate.position.county.prefecture
    return render_template(
        "appointments/own.html",
        candidate=candidate,
        form=form,
        given=given,
        text=undertaking(given.wording if given else WORDING, given.years if given else years, prefecture),
        clause=SERVICE_CLAUSE,
        held=held,
        row=exports.row_of(1, held, today()) if held else None,
        words=exports.words,
        may_confirm=given is None and candidate.public_state in operations.UNDERTAKING_STATES,
    ), status


def _own(candidate_id: uuid.UUID) -> Candidate:
    found = candidates.own(db.session, current_user(), candidate_id)
    shown = (*operations.UNDERTAKING_STATES, *queries.SERVING)
    if found is None or found.public_state not in shown:
        abort(404)
    return found
