"""The exam day: who came, what was noted, and the rooms of a venue with all that is done for them."""

import uuid

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from recruitment.bars import queries as violations
from recruitment.calls.models import Call
from recruitment.calls.views.base import (
    READERS,
    Page,
    areas,
    call_to_read,
    may_change,
    refusable,
)
from recruitment.clock import now
from recruitment.database import db
from recruitment.exam import attendance as operations
from recruitment.exam import queries
from recruitment.exam.forms import AttendanceForm, IncidentForm
from recruitment.exam.imports import ATTENDANCE_LIST
from recruitment.exam.incidents import KINDS
from recruitment.exam.models import ExamRoom
from recruitment.exam.views.base import blueprint, plan_or_404, room_or_404, subject_or_404, venue_or_404
from recruitment.exam.views.papers import KINDS as PAPERS
from recruitment.forms import handle
from recruitment.lists.pages import register
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role


@blueprint.get("/attendance")
@allow(*READERS)
def attendance(slug: str) -> Page:
    """By venue: seated, came, did not come, not yet known; and what was noted."""
    call = call_to_read(slug)
    incidents = operations.incidents(db.session, call.id, areas())
    return render_template(
        "exam/attendance.html",
        call=call,
        plan=queries.plan_of(db.session, call.id),
        lines=[line for line in queries.venues(db.session, call.id, areas()) if line.seated],
        counts=operations.counts_by_venue(db.session, call.id),
        incidents=incidents,
        handled=violations.of_incidents(db.session, [item.id for item in incidents]),
        kinds=KINDS,
        may_change=may_change(call),
    )


@blueprint.get("/venues/<uuid:venue_id>")
@allow(*READERS)
def venue(slug: str, venue_id: uuid.UUID) -> Page:
    """The rooms of a venue: paper to print, attendance to record."""
    call = call_to_read(slug)
    found = venue_or_404(call, venue_id)
    return render_template(
        "exam/venue.html",
        call=call,
        plan=queries.plan_of(db.session, call.id),
        venue=found,
        lines=queries.rooms(db.session, found.id),
        counts=operations.counts_by_room(db.session, found.id),
        papers=PAPERS,
        may_act=current_user().may(Role.ADMIN, found.county_code),
    )


@blueprint.route("/rooms/<uuid:room_id>/attendance/<subject>", methods=["GET", "POST"])
@allow(Role.ADMIN)
def room_attendance(slug: str, room_id: uuid.UUID, subject: str) -> Page:
    """Tick who did not come to a paper."""
    call = call_to_read(slug)
    room = _room_to_change(call, room_id)
    paper = subject_or_404(plan_or_404(call), subject)
    lines = operations.room_lines(db.session, room.id, paper.id)
    form = AttendanceForm.of(lines)
    outcome = handle(
        form,
        refusable(
            lambda: operations.record_room(
                db.session,
                room,
                paper,
                current_user(),
                [uuid.UUID(key) for key in form.absent.data or ()],
                now(),
            )
        ),
    )
    if outcome.done:
        made = outcome.result
        flash(
            _("已登记：到考%(present)s人，缺考%(absent)s人。", present=made.present, absent=made.absent),
            "success",
        )
        return redirect(url_for("exam.venue", slug=slug, venue_id=room.venue_id), 303)
    return render_template(
        "exam/room_attendance.html",
        call=call,
        room=room,
        subject=paper,
        lines=lines,
        form=form,
        known=any(line.present is not None for line in lines),
    ), outcome.status


@blueprint.route("/rooms/<uuid:room_id>/incidents", methods=["GET", "POST"])
@allow(Role.ADMIN)
def room_incidents(slug: str, room_id: uuid.UUID) -> Page:
    """What was noted in a room, and a form to note more."""
    call = call_to_read(slug)
    room = _room_to_change(call, room_id)
    plan = plan_or_404(call)
    lines = operations.room_lines(db.session, room.id, room.id)
    form = IncidentForm.of(room, lines, plan.subjects)
    outcome = handle(
        form,
        refusable(
            lambda: operations.note_incident(
                db.session,
                room,
                current_user(),
                candidate_id=uuid.UUID(str(form.candidate.data)),
                subject=subject_or_404(plan, str(form.subject.data)),
                kind=str(form.kind.data),
                description=str(form.description.data).strip(),
                now=now(),
            )
        ),
    )
    if outcome.done:
        flash(_("已记录。"), "success")
        return redirect(url_for("exam.room_incidents", slug=slug, room_id=room_id), 303)
    incidents = operations.incidents(db.session, call.id, areas(), room.id)
    return render_template(
        "exam/room_incidents.html",
        call=call,
        room=room,
        form=form,
        incidents=incidents,
        handled=violations.of_incidents(db.session, [item.id for item in incidents]),
        kinds=KINDS,
        may_handle=may_change(call),
    ), outcome.status


def _room_to_change(call: Call, room_id: uuid.UUID) -> ExamRoom:
    room = room_or_404(call, room_id)
    if not current_user().may(Role.ADMIN, room.venue.county_code):
        abort(403)
    return room


register(blueprint, ATTENDANCE_LIST)
