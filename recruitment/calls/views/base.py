"""What the admin's pages have in common: who may read and change, and how a refusal is said."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, abort
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from recruitment import wording
from recruitment.calls import queries
from recruitment.calls.conditions import level_words
from recruitment.calls.models import Call, Position
from recruitment.database import db
from recruitment.forms import Refusal
from recruitment.people.access import current_user
from recruitment.people.models import Role
from workflows.terms import Refused

blueprint = Blueprint("calls", __name__, url_prefix="/admin/calls")
Page = str | Response | tuple[str, int]

words_of = wording.words_of

# The supervisor reads everything here and changes nothing.
READERS = (Role.ADMIN, Role.SUPERVISOR)

TONES = {
    "draft": "neutral",
    "published": "info",
    "registration_open": "good",
    "registration_closed": "warn",
    "in_review": "warn",
    "exam": "info",
    "selection": "info",
    "finished": "neutral",
    "cancelled": "bad",
}


def call_to_read(slug: str) -> Call:
    """A call by its name in the address; 404 when there is none."""
    call = queries.find_call(db.session, slug)
    if call is None:
        abort(404)
    return call


def call_to_change(slug: str) -> Call:
    """The same for somebody in charge of it; 403 for anybody else."""
    call = call_to_read(slug)
    if not may_change(call):
        abort(403)
    return call


def may_change(call: Call) -> bool:
    """Whether the person at the screen is in charge of the call, so that buttons are worth showing."""
    return current_user().may(Role.ADMIN, call.area_code)


def areas() -> tuple[str, ...]:
    """Prefixes of the county codes whose applications the person at the screen may read here."""
    return tuple(sorted({area for _, area in current_user().jurisdictions(*READERS)}))


def state_label(call: Call) -> str:
    return wording.label(queries.definition().states[call.state].label)


def refusable(operation: Callable[[], Any], beside: Mapping[str, str] | None = None) -> Callable[[], Any]:
    """An operation whose refusal is said on the form that asked for it.

    Args:
        beside: code of a reason → the field that it stands beside; others stand on top of the form.
    """

    def run() -> Any:
        try:
            return operation()
        except Refused as refused:
            raise Refusal(
                {
                    (beside or {}).get(reason.code, f"({reason.code})"): words_of(reason)
                    for reason in refused.reasons
                }
            ) from refused

    return run


@blueprint.app_template_global()
def openings_words(position: Position) -> str:
    """How many a position takes, and what became of what was announced."""
    announced = position.announced_openings
    if position.cancelled_at is not None:
        return str(_("职位已取消，原招%(announced)s人", announced=announced))
    if position.openings < announced:
        return str(_("招%(number)s人，原招%(announced)s人", number=position.openings, announced=announced))
    return str(_("招%(number)s人", number=position.openings))


@blueprint.app_context_processor
def _helpers() -> dict[str, Any]:
    return {
        "call_label": state_label,
        "call_tone": lambda call: TONES.get(call.state, "neutral"),
        "level_words": level_words,
    }
