"""Pages of ``public``: what anybody may read without signing in."""

from datetime import datetime

from flask import Blueprint, abort, render_template, request
from flask_babel import lazy_gettext as _l

from recruitment.calls import conditions, deadlines, queries
from recruitment.calls.models import Call
from recruitment.calls.rules import parameters_of
from recruitment.calls.views.positions import chosen_positions
from recruitment.clock import now
from recruitment.database import db
from recruitment.people.access import public
from recruitment.public.words import paragraphs, phone_number
from recruitment.web import navigation

blueprint = Blueprint("public", __name__)

# Which call the home page shows first.
URGENCY = {"open": 0, "before": 1, "over": 2}


@blueprint.get("/")
@navigation.entry(_l("招考公告"), 100, section="public.")
@public
def home() -> str:
    """The call that matters now, in plain words."""
    at = now()
    shown, current = shown_and_current(at)
    if not current:
        return render_template("public/no_call.html", past=[call for call, _registration in shown])
    call, registration = current[0]
    positions, openings = queries.totals(db.session, queries.PositionFilter(call.id))
    return render_template(
        "public/home.html",
        call=call,
        registration=registration,
        now=at,
        positions=positions,
        openings=openings,
        summary=conditions.summary(parameters_of(call)),
        others=[item for item in shown if item[0] is not call],
    )


Shown = list[tuple[Call, deadlines.Registration]]


def shown_and_current(at: datetime) -> tuple[Shown, Shown]:
    """Every call that the public may see, and of these the ones under way, the most urgent first."""
    shown = [(call, deadlines.registration(db.session, call, at)) for call in queries.shown_calls(db.session)]
    under_way = (item for item in shown if item[0].state != "finished")
    return shown, sorted(under_way, key=lambda item: URGENCY[item[1].phase])


def announced_call(slug: str) -> Call:
    """A call that is announced; 404 for a draft, one that was cancelled, and one that never was."""
    call = queries.find_shown_call(db.session, slug)
    if call is None:
        abort(404)
    return call


@blueprint.get("/calls/<slug>")
@public
def call(slug: str) -> str:
    """What the call says: dates, conditions with their sources, where to ask."""
    found = announced_call(slug)
    parameters = parameters_of(found)
    at = now()
    positions, openings = queries.totals(db.session, queries.PositionFilter(found.id))
    return render_template(
        "public/call.html",
        call=found,
        registration=deadlines.registration(db.session, found, at),
        now=at,
        county_extensions=queries.county_extensions(db.session, found),
        bands=conditions.bands(parameters),
        conditions=conditions.conditions(parameters),
        introduction=paragraphs(found.introduction),
        positions=positions,
        openings=openings,
    )


@blueprint.get("/calls/<slug>/positions")
@public
def positions(slug: str) -> str:
    """The position table, with filters whose state is the address."""
    found = announced_call(slug)
    form, chosen = chosen_positions(found)
    parameters = parameters_of(found)
    page = queries.positions_page(db.session, chosen, request.args.get("after", ""))
    return render_template(
        "public/positions.html",
        call=found,
        form=form,
        page=page,
        asked=[conditions.asked_education(position, parameters) for position in page.rows],
        totals=queries.totals(db.session, chosen),
        narrowed={field.name: field.data for field in form if field.data},
    )


@blueprint.get("/calls/<slug>/positions/<code>")
@public
def position(slug: str, code: str) -> str:
    """One position with everything that it asks."""
    found = announced_call(slug)
    shown = queries.find_position(db.session, found, code)
    if shown is None:
        abort(404)
    parameters = parameters_of(found)
    return render_template(
        "public/position.html",
        call=found,
        position=shown,
        registration=deadlines.registration(db.session, found, now()),
        closes_at=deadlines.closes_at(db.session, found, shown.county_code, None),
        bands=conditions.age_of(shown, parameters),
        education=conditions.asked_education(shown, parameters),
        conditions=conditions.conditions(parameters),
    )


blueprint.add_app_template_filter(phone_number, "phone_number")
