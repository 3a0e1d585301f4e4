"""What the offices' pages about candidates have in common: who may read whom, and what a request names."""

import uuid

from flask import abort, request
from werkzeug.datastructures import MultiDict

from recruitment.areas.models import County
from recruitment.calls import queries as calls
from recruitment.calls.models import Call
from recruitment.candidates import listing
from recruitment.candidates.forms import StageFilter
from recruitment.candidates.listing import CandidateFilter
from recruitment.candidates.models import Candidate
from recruitment.database import db
from recruitment.people.access import current_user
from recruitment.people.models import Role


def areas(*roles: Role) -> tuple[str, ...]:
    """Prefixes of the areas in which the person at the screen holds one of the roles."""
    return tuple(dict.fromkeys(area for _role, area in current_user().jurisdictions(*roles)))


def call_or_404(slug: str) -> Call:
    """A call by its name in the address."""
    call = calls.find_call(db.session, slug)
    if call is None:
        abort(404)
    return call


def candidate_or_404(call: Call, candidate_id: uuid.UUID, roles: tuple[Role, ...]) -> Candidate:
    """A candidate of the call within the areas of the person at the screen; foreign ones do not exist."""
    found = listing.find(db.session, CandidateFilter(areas(*roles), call.id), candidate_id)
    if found is None:
        abort(404)
    return found


def sent() -> tuple[int, str]:
    """The version that the page showed, and the key that names its request; 400 without them."""
    version, key = request.form.get("version", type=int), request.form.get("key", "")
    if version is None or not 8 <= len(key) <= 64:
        abort(400)
    return version, key


def chosen(
    call: Call, roles: tuple[Role, ...], states: tuple[str, ...], values: MultiDict[str, str]
) -> tuple[StageFilter, CandidateFilter]:
    """The filter form as sent, and what it means within the reader's areas and the states of the stage."""
    mine = areas(*roles)
    form = StageFilter(formdata=values)
    form.offer(_counties(call, mine), states)
    form.validate()
    value = {field.name: "" if field.errors else str(field.data or "").strip() for field in form}
    wanted = (value["state"],) if value["state"] else states
    return form, CandidateFilter(mine, call.id, wanted, value["area"], value["text"])


def _counties(call: Call, mine: tuple[str, ...]) -> list[County]:
    return [county for county in calls.counties_of(db.session, call) if county.code.startswith(mine)]


def after() -> str:
    """Where a page of a list goes on; 404 for what is no id."""
    text = request.args.get("after", "")
    try:
        return str(uuid.UUID(text)) if text else ""
    except ValueError:
        abort(404)
