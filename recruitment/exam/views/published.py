"""Where the public finds what seats were assigned from."""

import uuid

import sqlalchemy as sa
from flask import Blueprint, abort, render_template
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from recruitment.calls import queries as calls
from recruitment.calls.models import Call
from recruitment.database import db
from recruitment.exam import queries
from recruitment.exam.models import ExamPlan
from recruitment.exam.views.seats import csv_file
from recruitment.people.access import public
from recruitment.web import stages

blueprint = Blueprint("exam_seats", __name__, url_prefix="/calls/<slug>/seats")


def _released(call_id: uuid.UUID) -> sa.ColumnElement[bool]:
    return sa.exists().where(ExamPlan.call_id == call_id, ExamPlan.released_at.is_not(None))


@blueprint.get("")
@stages.of_public(_l("笔试座位"), 30, _released)
@public
def show(slug: str) -> str:
    """The seed, and the tables with which anybody can repeat the assignment."""
    call, plan = _published(slug)
    return render_template("exam/published.html", call=call, plan=plan, tables=queries.TABLES)


@blueprint.get("/<any(candidates, rooms, seats):name>.csv")
@public
def table(slug: str, name: str) -> Response:
    _call, plan = _published(slug)
    return csv_file(plan, name)


def _published(slug: str) -> tuple[Call, ExamPlan]:
    """A call that the public may see and its plan, once tickets are released; 404 before."""
    call = calls.find_call(db.session, slug)
    plan = queries.plan_of(db.session, call.id) if call and call.state in calls.shown_states() else None
    if call is None or plan is None or plan.released_at is None:
        abort(404)
    return call, plan
