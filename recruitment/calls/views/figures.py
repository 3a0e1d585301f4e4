"""Openings against applications, by area."""

from flask import abort, render_template, request

from recruitment.calls import candidates, queries
from recruitment.calls.views.base import READERS, Page, areas, blueprint, call_to_read
from recruitment.database import db
from recruitment.people.access import allow


@blueprint.get("/<slug>/figures")
@allow(*READERS)
def figures(slug: str) -> Page:
    """The whole call by prefecture, or one prefecture by county (``?area=510700``)."""
    call = call_to_read(slug)
    found = queries.figures(db.session, call, areas())
    chosen = request.args.get("area", "")
    counties = None
    if chosen:
        counties = next((rows for area, rows in found.prefectures if area.code == chosen), None)
        if counties is None:
            abort(404)
    prefecture = next((area for area, _ in found.prefectures if area.code == chosen), None)
    return render_template(
        "calls/figures.html",
        call=call,
        figures=found,
        prefecture=prefecture,
        rows=counties if counties is not None else [area for area, _ in found.prefectures],
        total=prefecture or found.total,
        states=candidates.states(),
    )
