"""Pages of ``audit``: what was looked at and taken out, by whom and why."""

from flask import Blueprint, abort, render_template, request
from flask_babel import lazy_gettext as _l

from recruitment.audit import queries
from recruitment.audit.words import ACTIONS
from recruitment.calls import candidates
from recruitment.database import db
from recruitment.lists.imports import IMPORTS
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.web import navigation

blueprint = Blueprint("audit", __name__, url_prefix="/admin/audit")

READERS = (Role.ADMIN, Role.SUPERVISOR)


@blueprint.get("")
@navigation.entry(_l("操作记录"), 40, section="audit.")
@allow(*READERS)
def index() -> str:
    """Acts on record, the newest first."""
    kinds = queries.actions(db.session)
    action = request.args.get("action", "")
    text = request.args.get("text", "").strip()
    areas = tuple(sorted({area for _, area in current_user().jurisdictions(*READERS)}))
    chosen = queries.RecordFilter(areas, action if action in kinds else "", text)
    after = request.args.get("after", "")
    try:
        page = queries.page(db.session, chosen, after)
    except ValueError:
        abort(404)
    return render_template(
        "audit/index.html",
        page=page,
        after=after,
        kinds=[(kind, ACTIONS.get(kind, kind)) for kind in kinds],
        names=ACTIONS,
        imports={name: declared.title for name, declared in IMPORTS.items()},
        action=chosen.action,
        text=text,
        filter_words=candidates.in_words,
    )
