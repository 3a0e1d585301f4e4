"""Ruling on whether somebody came to a paper, where attendance and marks contradict each other."""

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from recruitment.calls.views.base import refusable
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import handle, typed
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.selection import plans
from recruitment.selection.forms import RulingForm
from recruitment.selection.marks import attendance
from recruitment.selection.marks.sheet import to_cell
from recruitment.selection.models import AttendanceRuling, Mark
from recruitment.selection.views.base import Page, blueprint, call_to_change, candidate_of_call


@blueprint.route("/admin/calls/<slug>/marks/of/<ticket>/attendance/<subject>", methods=["GET", "POST"])
@allow(Role.ADMIN)
def rule_attendance(slug: str, ticket: str, subject: str) -> Page:
    """Say which is right; the sheet of marks may have been refused, so there need not be a mark yet."""
    call = call_to_change(slug)
    candidate = candidate_of_call(call, ticket)
    names = {item.code: item.name for item in plans.scheme_of(db.session, call).subjects}
    if subject not in names:
        abort(404)
    form = RulingForm.open(f"attendance:{candidate.id}:{subject}")
    outcome = handle(
        form,
        refusable(
            lambda: attendance.rule(
                db.session,
                call,
                candidate,
                subject,
                came=form.came.data == "came",
                reason=typed(form.reason),
                person=current_user(),
                now=now(),
            ),
            {"reason_missing": "reason"},
        ),
    )
    if outcome.done:
        flash(_("已裁定。没有导入的成绩表请重新上传；已经导入的请重新计算名次。"), "success")
        return redirect(url_for("selection.marks", slug=slug), 303)
    call = call_to_change(slug)
    mark = db.session.get(Mark, (candidate.id, subject))
    return render_template(
        "selection/attendance.html",
        call=call,
        candidate=candidate_of_call(call, ticket),
        subject=names[subject],
        form=form,
        came=attendance.recorded(db.session, call, candidate, subject),
        cell=to_cell(mark.value, mark.note) if mark else "",
        ruling=db.session.get(AttendanceRuling, (candidate.id, subject)),
    ), outcome.status
