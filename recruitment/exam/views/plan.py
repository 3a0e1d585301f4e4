"""The exam of a call at a glance, and its timetable."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from recruitment.calls.views.base import (
    READERS,
    Page,
    areas,
    call_to_change,
    call_to_read,
    may_change,
    refusable,
)
from recruitment.clock import now
from recruitment.database import db
from recruitment.exam import operations, queries
from recruitment.exam.forms import PlanForm
from recruitment.exam.views.base import blueprint
from recruitment.forms import handle
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.web import stages


@blueprint.get("/")
@stages.of_call(_l("笔试"), 30)
@allow(*READERS)
def index(slug: str) -> Page:
    """Where the preparations stand."""
    call = call_to_read(slug)
    lines = queries.venues(db.session, call.id, areas())
    return render_template(
        "exam/index.html",
        call=call,
        plan=queries.plan_of(db.session, call.id),
        demand=queries.demand(db.session, call.id),
        venues=len(lines),
        rooms=sum(line.rooms for line in lines),
        capacity=sum(line.capacity for line in lines),
        printed=queries.printed(db.session, call.id),
        may_change=may_change(call),
    )


@blueprint.route("/plan", methods=["GET", "POST"])
@allow(Role.ADMIN)
def plan(slug: str) -> Page:
    """Timetable, window for tickets, and rules."""
    call = call_to_change(slug)
    form = PlanForm.of(call, queries.plan_of(db.session, call.id))
    outcome = handle(
        form,
        refusable(
            lambda: operations.save_plan(db.session, call, current_user(), now(), **form.values()),
            beside={"prefix_in_use": "ticket_prefix"},
        ),
    )
    if outcome.done:
        flash(_("已保存。"), "success")
        return redirect(url_for("exam.index", slug=slug), 303)
    return render_template("exam/plan.html", call=call, form=form), outcome.status
