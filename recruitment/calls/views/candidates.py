"""The list of candidates, and the file made from it."""

import io

from flask import Response, abort, render_template, request, send_file
from werkzeug.datastructures import MultiDict

from recruitment.applications.queries import ApplicationFilter, count
from recruitment.calls import candidates, exports, queries
from recruitment.calls.forms import CandidateFilter, ExportForm, county_choices
from recruitment.calls.models import Call
from recruitment.calls.views.base import (
    READERS,
    Page,
    areas,
    blueprint,
    call_to_change,
    call_to_read,
    may_change,
)
from recruitment.clock import now
from recruitment.database import db
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/<slug>/candidates", endpoint="candidates")
@allow(*READERS)
def listing(slug: str) -> Page:
    call = call_to_read(slug)
    return _page(call, request.args, ExportForm() if may_change(call) else None)


@blueprint.post("/<slug>/candidates/export")
@allow(Role.ADMIN)
def export(slug: str) -> Page:
    """The list as a file, on record."""
    call = call_to_change(slug)
    form = ExportForm()
    if not form.validate():
        return _page(call, request.form, form, 422)
    _, chosen = _filter(call, request.form)
    made = exports.export(
        db.session, call, chosen, current_user(), now(), purpose=str(form.purpose.data).strip()
    )
    db.session.commit()
    response: Response = send_file(
        io.BytesIO(made.content), mimetype=XLSX, as_attachment=True, download_name=made.filename
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _filter(call: Call, sent: MultiDict[str, str]) -> tuple[CandidateFilter, ApplicationFilter]:
    """The filter form as sent, and what it means within the areas of the person at the screen."""
    form = CandidateFilter(formdata=sent)
    form.area.choices = county_choices(queries.counties_of(db.session, call), "全部", whole=True)
    form.validate()
    # A choice that does not exist narrows nothing; the form says so beside it.
    value = {field.name: "" if field.errors else str(field.data or "").strip() for field in form}
    return form, ApplicationFilter(
        areas=areas(),
        call_id=call.id,
        states=(value["state"],) if value["state"] else (),
        area=value["area"],
        position_code=value["position"],
        verdict=value["verdict"],
        text=value["text"],
    )


def _page(
    call: Call, sent: MultiDict[str, str], export_form: ExportForm | None, status: int = 200
) -> tuple[str, int]:
    form, chosen = _filter(call, sent)
    after = request.args.get("after", "")
    try:
        page = candidates.page(db.session, chosen, after)
    except ValueError:
        abort(404)
    narrowed = {field.name: field.data for field in form if field.data}
    return render_template(
        "calls/candidates.html",
        call=call,
        form=form,
        page=page,
        after=after,
        total=count(db.session, chosen),
        narrowed=narrowed,
        states=candidates.states(),
        export_form=export_form,
    ), status
