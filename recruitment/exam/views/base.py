"""What the pages of the exam day have in common."""

import uuid

from flask import Blueprint, abort

from recruitment.calls.models import Call
from recruitment.calls.views.base import areas
from recruitment.database import db
from recruitment.exam import queries
from recruitment.exam.models import ExamPlan, ExamRoom, ExamSubject, Venue

blueprint = Blueprint("exam", __name__, url_prefix="/admin/calls/<slug>/exam")


def plan_or_404(call: Call) -> ExamPlan:
    found = queries.plan_of(db.session, call.id)
    if found is None:
        abort(404)
    return found


def venue_or_404(call: Call, venue_id: uuid.UUID) -> Venue:
    """A venue of the call in the reader's areas; 404 for any other."""
    found = queries.venue(db.session, call.id, venue_id, areas())
    if found is None:
        abort(404)
    return found


def room_or_404(call: Call, room_id: uuid.UUID) -> ExamRoom:
    """A room of the call in the reader's areas; 404 for any other."""
    found = queries.room(db.session, call.id, room_id, areas())
    if found is None:
        abort(404)
    return found


def subject_or_404(plan: ExamPlan, code: str) -> ExamSubject:
    """A paper of the plan by its code."""
    found = next((subject for subject in plan.subjects if subject.code == code), None)
    if found is None:
        abort(404)
    return found
