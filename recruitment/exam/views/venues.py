"""Venues and rooms: the list, one by one, and from a spreadsheet."""

import io
import uuid

from flask import flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from recruitment.calls import queries as calls
from recruitment.calls.models import Call
from recruitment.calls.views.base import (
    READERS,
    Page,
    areas,
    call_to_change,
    call_to_read,
    may_change,
    refusable,
)
from recruitment.calls.views.candidates import XLSX
from recruitment.clock import local, now
from recruitment.database import db
from recruitment.exam import queries, venue_operations
from recruitment.exam.forms import VenueForm
from recruitment.exam.imports import VENUE_LIST
from recruitment.exam.venue_list import VENUES, VenueRow
from recruitment.exam.views.base import blueprint, venue_or_404
from recruitment.forms import handle
from recruitment.lists.pages import register
from recruitment.lists.writing import xlsx_bytes
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role

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


register(blueprint, VENUE_LIST)
