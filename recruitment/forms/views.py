"""The two requests behind every form that keeps a draft."""

from flask import Blueprint, abort, flash, jsonify, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from recruitment.clock import local, now
from recruitment.database import db
from recruitment.forms import drafts
from recruitment.people.access import current_user, public, signed_in
from recruitment.web.limits import limiter, own_token

blueprint = Blueprint("forms", __name__, url_prefix="/draft")


def _owner_key() -> str:
    owner = drafts.read_token(request.form.get(drafts.OWNER_FIELD))
    return f"draft:{owner.user_id}" if owner else f"draft:{request.remote_addr}"


# The signed token is the permission and the proof against forged requests: it must also work after the
# session has ended, and it allows nothing but to write into its owner's own draft.
@blueprint.post("")
@own_token
@public
@limiter.limit("120 per minute", key_func=_owner_key)
def keep() -> tuple[Response, int]:
    """Save the fields of a page by itself, from JavaScript."""
    owner = drafts.read_token(request.form.get(drafts.OWNER_FIELD))
    if owner is None:
        return jsonify(saved=False), 400
    fields = drafts.raw_fields(request.form)
    if not fields:
        return jsonify(saved=False), 413
    at = now()
    drafts.keep(db.session, owner, fields, at, late=True)
    db.session.commit()
    return jsonify(saved=True, at=f"{local(at):%H:%M}"), 200


@blueprint.post("/discard")
@signed_in
def discard() -> Response:
    """Throw the draft away and show what is stored."""
    owner = drafts.read_token(request.form.get(drafts.OWNER_FIELD))
    if owner is None or owner.user_id != current_user().id:
        abort(400)
    drafts.close(db.session, owner, now())
    db.session.commit()
    flash(_("已放弃未保存的内容。"), "info")
    return redirect(owner.path)
