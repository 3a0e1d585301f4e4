"""The position table of a call: reading it, and importing it from a spreadsheet."""

import io

from flask import render_template, request, send_file
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from recruitment.calls import queries
from recruitment.calls.forms import PositionFilterForm, county_choices
from recruitment.calls.imports import POSITIONS
from recruitment.calls.models import Call
from recruitment.calls.position_table import POSITION_TABLE, PositionRow
from recruitment.calls.views.base import (
    READERS,
    Page,
    blueprint,
    call_to_read,
    may_change,
)
from recruitment.calls.views.candidates import XLSX
from recruitment.clock import local, now
from recruitment.database import db
from recruitment.lists.pages import register
from recruitment.lists.writing import xlsx_bytes
from recruitment.people.access import allow

# One row of the template, to be overwritten.
EXAMPLE = [
    PositionRow(
        code="51072201",
        organ="三台县潼川镇人民政府",
        name="综合管理",
        county_code="510722",
        township_code="510722101",
        openings=2,
        education="senior_high",
        conditions_text="中共党员；任职满5年",
        phone="0816-5550000",
        note="示例，请改成实际内容",
    )
]


@blueprint.get("/<slug>/positions", endpoint="positions")
@allow(*READERS)
def listing(slug: str) -> Page:
    call = call_to_read(slug)
    form, chosen = chosen_positions(call)
    page = queries.positions_page(db.session, chosen, request.args.get("after", ""))
    return render_template(
        "calls/positions.html",
        call=call,
        form=form,
        page=page,
        totals=queries.totals(db.session, chosen),
        counts=queries.counts_by_position(db.session, page.rows),
        narrowed={field.name: field.data for field in form if field.data},
        may_change=may_change(call),
    )


def chosen_positions(call: Call) -> tuple[PositionFilterForm, queries.PositionFilter]:
    """The filter form of the request, and what it means."""
    form = PositionFilterForm(formdata=request.args)
    form.area.choices = county_choices(queries.counties_of(db.session, call), _("全省"), whole=True)
    form.validate()
    value = {field.name: "" if field.errors else field.data or "" for field in form}
    return form, queries.PositionFilter(
        call.id,
        area=value["area"],
        education=value["education"],
        text=value["text"],
        unconditional=bool(value["unconditional"]),
    )


@blueprint.get("/positions-template.xlsx")
@allow(*READERS)
def template() -> Response:
    """An empty position table with its headings and an example."""
    content, _written = xlsx_bytes(POSITION_TABLE, EXAMPLE, created=local(now()))
    return send_file(
        io.BytesIO(content),
        mimetype=XLSX,
        as_attachment=True,
        download_name="职位表模板.xlsx",
    )


register(blueprint, POSITIONS)
