"""Venues and rooms: the list, one by one, and from a spreadsheet."""

import io
import uuid

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from recruitment.calls import queries as calls
from recruitment.calls import staging
from recruitment.calls.models import Call
from recruitment.calls.views.base import (
    READERS,
    Page,
    areas,
    call_to_change,
    call_to_read,
    may_change,
    refusable,
    words_of,
)
from recruitment.calls.views.candidates import XLSX
from recruitment.clock import local, now
from recruitment.database import db
from recruitment.exam import queries, venue_operations
from recruitment.exam.forms import ListFileForm, VenueForm
from recruitment.exam.venue_list import VENUES, VenueRow
from recruitment.exam.views.base import blueprint, venue_or_404
from recruitment.forms import handle
from recruitment.lists.reading import read_list
from recruitment.lists.results import ImportResult
from recruitment.lists.writing import xlsx_bytes
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from workflows.terms import Refused

EXAMPLE = [
    VenueRow(
        county_code="510703",
        code=1,
        name="绵阳市第一中学",
        address="涪城区临园路东段72号（示例，请改成实际内容）",
        first=1,
        last=20,
        place="2号楼",
    )
]
CODE_TAKEN = {
    "uq_exam_venue_call_id_prefecture_code_code": ("code", _l("这个市（州）已有考点用了这个编号。"))
}
SHOWN = 20
ERRORS_SHOWN = 500


@blueprint.get("/venues")
@allow(*READERS)
def venues(slug: str) -> Page:
    call = call_to_read(slug)
    return render_template(
        "exam/venues.html",
        call=call,
        plan=queries.plan_of(db.session, call.id),
        lines=queries.venues(db.session, call.id, areas()),
        may_change=may_change(call),
    )


@blueprint.route("/venues/new", methods=["GET", "POST"])
@allow(Role.ADMIN)
def add_venue(slug: str) -> Page:
    return _venue_form(call_to_change(slug), None)


@blueprint.route("/venues/<uuid:venue_id>/edit", methods=["GET", "POST"])
@allow(Role.ADMIN)
def edit_venue(slug: str, venue_id: uuid.UUID) -> Page:
    return _venue_form(call_to_change(slug), venue_id)


def _venue_form(call: Call, venue_id: uuid.UUID | None) -> Page:
    venue = venue_or_404(call, venue_id) if venue_id else None
    form = VenueForm.of(call, venue, calls.counties_of(db.session, call))
    outcome = handle(
        form,
        refusable(
            lambda: venue_operations.save_venue(db.session, call, current_user(), venue, form.rows(), now())
        ),
        CODE_TAKEN,
    )
    if outcome.done:
        flash(_("已保存。"), "success")
        return redirect(url_for("exam.venues", slug=call.slug), 303)
    return render_template("exam/venue_form.html", call=call, venue=venue, form=form), outcome.status


@blueprint.get("/venues/template.xlsx")
@allow(*READERS)
def venues_template(slug: str) -> Response:
    """An empty list of venues with its headings and an example."""
    call_to_read(slug)
    content, _written = xlsx_bytes(VENUES, EXAMPLE, created=local(now()))
    return send_file(
        io.BytesIO(content), mimetype=XLSX, as_attachment=True, download_name="考点考场表模板.xlsx"
    )


@blueprint.route("/venues/import", methods=["GET", "POST"])
@allow(Role.ADMIN)
def import_venues(slug: str) -> Page:
    """Take a file in and lead to its dry run."""
    call = call_to_change(slug)
    form = ListFileForm()
    if request.method == "POST" and form.validate():
        upload = form.table.data
        try:
            name = staging.put(_kept(call), upload.stream.read(staging.MOST_BYTES + 1), upload.filename)
        except staging.StagingError as error:
            form.table.errors = [str(error)]
        else:
            return redirect(url_for("exam.try_venues", slug=slug, name=name), 303)
    return render_template(
        "exam/venues_import.html",
        call=call,
        plan=queries.plan_of(db.session, call.id),
        form=form,
        present=len(queries.venues(db.session, call.id, areas())),
    ), (422 if form.errors else 200)


@blueprint.get("/venues/import/<name>")
@allow(Role.ADMIN)
def try_venues(slug: str, name: str) -> Page:
    """What an import of the file would do; nothing is changed."""
    call = call_to_change(slug)
    return _trial(call, name, _read(call, name))


@blueprint.post("/venues/import/<name>")
@allow(Role.ADMIN)
def confirm_venues(slug: str, name: str) -> Page:
    """Import exactly what the dry run showed."""
    call = call_to_change(slug)
    table = _read(call, name)
    if table.errors or not table.rows:
        return _trial(call, name, table, status=422)
    try:
        number = venue_operations.replace_venues(db.session, call, current_user(), table.rows, now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        return _trial(call_to_change(slug), name, table, [words_of(item) for item in refused.reasons], 409)
    staging.drop(_kept(call), name)
    flash(_("已导入%(number)s个考场。", number=number), "success")
    return redirect(url_for("exam.venues", slug=slug), 303)


def _kept(call: Call) -> uuid.UUID:
    """Uploads of venues lie apart from the position tables of the call."""
    return uuid.uuid5(call.id, "venues")


def _read(call: Call, name: str) -> ImportResult[VenueRow]:
    content = staging.get(_kept(call), name)
    if content is None:
        abort(404)
    return read_list(VENUES, content)


def _trial(
    call: Call,
    name: str,
    table: ImportResult[VenueRow],
    refused: list[str] | None = None,
    status: int = 200,
) -> tuple[str, int]:
    return render_template(
        "exam/venues_trial.html",
        call=call,
        name=name,
        table=table,
        refused=refused or [],
        venues=len({(row.prefecture_code, row.code) for row in table.rows}),
        rooms=sum(len(row.rooms) for row in table.rows),
        seats=sum(len(row.rooms) * row.capacity for row in table.rows),
        rows=table.rows[:SHOWN],
        errors=table.errors[:ERRORS_SHOWN],
        present=len(queries.venues(db.session, call.id, areas())),
    ), status
