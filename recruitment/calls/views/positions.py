"""The position table of a call: reading it, and importing it from a spreadsheet."""

import io

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from recruitment.calls import operations, queries, staging
from recruitment.calls.forms import PositionFilterForm, TableForm, county_choices
from recruitment.calls.models import Call
from recruitment.calls.position_table import POSITION_TABLE, PositionRow
from recruitment.calls.table import table_of
from recruitment.calls.views.base import (
    READERS,
    Page,
    blueprint,
    call_to_change,
    call_to_read,
    may_change,
    words_of,
)
from recruitment.calls.views.candidates import XLSX
from recruitment.clock import local, now
from recruitment.database import db
from recruitment.lists.reading import read_list
from recruitment.lists.results import ImportResult
from recruitment.lists.writing import xlsx_bytes
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from workflows.terms import Refused

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
# So many rows and errors are shown; the figures above them count all.
PREVIEWED = 20
ERRORS_SHOWN = 500


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


@blueprint.route("/<slug>/positions/import", methods=["GET", "POST"])
@allow(Role.ADMIN)
def import_table(slug: str) -> Page:
    """Take a file in and lead to its dry run."""
    call = call_to_change(slug)
    form = TableForm()
    if request.method == "POST" and form.validate():
        upload = form.table.data
        try:
            # One byte more than allowed is enough to know.
            name = staging.put(call.id, upload.stream.read(staging.MOST_BYTES + 1), upload.filename)
        except staging.StagingError as error:
            form.table.errors = [str(error)]
        else:
            return redirect(url_for("calls.dry_run", slug=slug, name=name), 303)
    positions, _openings = queries.totals(db.session, queries.PositionFilter(call.id))
    status = 422 if form.errors else 200
    return render_template("calls/import.html", call=call, form=form, positions=positions), status


@blueprint.get("/<slug>/positions/import/<name>")
@allow(Role.ADMIN)
def dry_run(slug: str, name: str) -> Page:
    """What an import of the file would do, down to each error; nothing is changed."""
    call = call_to_change(slug)
    return _dry_run(call, name, _read(call, name))


@blueprint.post("/<slug>/positions/import/<name>")
@allow(Role.ADMIN)
def confirm_import(slug: str, name: str) -> Page:
    """Import exactly what the dry run showed."""
    call = call_to_change(slug)
    table = _read(call, name)
    if table.errors or not table.rows:
        return _dry_run(call, name, table, status=422)
    try:
        number = operations.replace_positions(db.session, call, current_user().actor(), table.rows)
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        reasons = [words_of(reason) for reason in refused.reasons]
        return _dry_run(call_to_change(slug), name, table, reasons, 409)
    staging.drop(call.id, name)
    flash(_("已导入%(number)s个职位。", number=number), "success")
    return redirect(url_for("calls.positions", slug=slug), 303)


def _read(call: Call, name: str) -> ImportResult[PositionRow]:
    content = staging.get(call.id, name)
    if content is None:
        abort(404)
    return read_list(table_of(call), content)


def _dry_run(
    call: Call,
    name: str,
    table: ImportResult[PositionRow],
    refused: list[str] | None = None,
    status: int = 200,
) -> tuple[str, int]:
    counties = {row.county_code for row in table.rows}
    return render_template(
        "calls/dry_run.html",
        call=call,
        name=name,
        table=table,
        refused=refused or [],
        openings=sum(row.openings for row in table.rows),
        counties=len(counties),
        prefectures=len({code[:4] for code in counties}),
        rows=table.rows[:PREVIEWED],
        errors=table.errors[:ERRORS_SHOWN],
        present=queries.totals(db.session, queries.PositionFilter(call.id))[0],
    ), status
