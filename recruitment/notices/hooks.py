"""Where gateways report. No person comes here: a signature stands for the sign-in."""

import json

from flask import Blueprint, abort, jsonify, request
from werkzeug.wrappers import Response

from recruitment.clock import now
from recruitment.database import db
from recruitment.notices import reports
from recruitment.notices.channels import channels
from recruitment.notices.channels.sms import Sms
from recruitment.people.access import public
from recruitment.web.limits import own_token

blueprint = Blueprint("hooks", __name__, url_prefix="/hooks")
LONGEST = 16 * 1024


@blueprint.post("/sms")
@own_token
@public
def sms() -> tuple[Response, int]:
    """A report about a text message: 200 when taken in, 403 without our signature, 404 for what is not ours."""
    channel = channels().get("sms")
    if not isinstance(channel, Sms):
        abort(404)
    if (request.content_length or 0) > LONGEST:
        abort(413)
    body = request.get_data(cache=False)
    if not channel.gateway.genuine(dict(request.headers), "POST", request.path, body, now()):
        abort(403)
    try:
        report = json.loads(body)
    except ValueError:
        abort(400)
    if not isinstance(report, dict):
        abort(400)
    if not reports.apply(db.session, "sms", report, now()):
        abort(404)
    db.session.commit()
    return jsonify(status="ok"), 200
