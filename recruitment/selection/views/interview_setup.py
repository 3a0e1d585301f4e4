"""Setting up the interview: elements, groups, examiners."""

from typing import Any

import sqlalchemy as sa
from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from recruitment.calls.models import Call, Position
from recruitment.calls.views.base import refusable
from recruitment.candidates.models import Candidate
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import DraftForm, handle, typed
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.selection.interview import plan as planning
from recruitment.selection.interview import queries
from recruitment.selection.interview.forms import ExaminersForm, GroupsForm, InterviewPlanForm
from recruitment.selection.models import Examiner
from recruitment.selection.views.base import Page, blueprint, call_to_change


@blueprint.route("/admin/calls/<slug>/interview/plan", methods=["GET", "POST"])
@allow(Role.ADMIN)
def interview_plan(slug: str) -> Page:
    call = call_to_change(slug)
    plan = planning.plan_of(db.session, call)
    form = InterviewPlanForm.open(
        f"interview:{call.id}",
        saved_at=plan.changed_at,
        data={
            "elements": plan.elements,
            "examiners": plan.examiners,
            "dropped": plan.dropped,
            "digits": plan.digits,
            "mode": plan.mode,
            "seed": plan.seed,
        },
    )

    def save() -> Any:
        return planning.save(
            db.session,
            call,
            current_user(),
            now(),
            elements=form.parts(),
            examiners=form.examiners.data or 0,
            dropped=form.dropped.data or 0,
            rounding=form.rounding(),
            seed=typed(form.seed),
        )

    beside = {
        "endless": "digits",
        "full_mark": "elements",
        "element_twice": "elements",
        "none_counts": "dropped",
    }
    return _answer(form, refusable(save, beside), slug, "selection/interview_plan.html")


@blueprint.route("/admin/calls/<slug>/interview/groups", methods=["GET", "POST"])
@allow(Role.ADMIN)
def interview_groups(slug: str) -> Page:
    call = call_to_change(slug)
    views = queries.group_views(db.session, call)
    form = GroupsForm.open(
        f"groups:{call.id}",
        data={
            "groups": [
                {
                    "name": view.group.name,
                    "begins_at": view.group.begins_at,
                    "place": view.group.place,
                    "positions": " ".join(position.code for position in view.positions),
                }
                for view in views
            ]
        },
    )
    save = refusable(lambda: planning.set_groups(db.session, call, form.rows(), current_user(), now()))
    return _answer(form, save, slug, "selection/interview_groups.html", waiting=_waiting(call))


def _waiting(call: Call) -> list[tuple[str, int]]:
    """Positions with somebody for the interview, and how many."""
    rows = db.session.execute(
        sa.select(Position.code, sa.func.count())
        .join(Candidate, Candidate.position_id == Position.id)
        .where(
            Candidate.call_id == call.id, Candidate.state.in_(("shortlisted", "called_up", planning.INVITED))
        )
        .group_by(Position.code)
        .order_by(Position.code)
    )
    return [(code, number) for code, number in rows]


@blueprint.route("/admin/calls/<slug>/interview/examiners", methods=["GET", "POST"])
@allow(Role.ADMIN)
def interview_examiners(slug: str) -> Page:
    call = call_to_change(slug)
    present = db.session.scalars(
        sa.select(Examiner).where(Examiner.call_id == call.id).order_by(Examiner.code)
    )
    lines = "\n".join(f"{row.code} {row.name} {row.unit}".rstrip() for row in present)
    form = ExaminersForm.open(f"examiners:{call.id}", data={"examiners": lines})
    save = refusable(lambda: planning.set_examiners(db.session, call, form.rows(), current_user(), now()))
    return _answer(form, save, slug, "selection/interview_examiners.html")


def _answer(form: DraftForm, save: Any, slug: str, template: str, **more: Any) -> Page:
    outcome = handle(form, save)
    if outcome.done:
        flash(_("已保存。"), "success")
        return redirect(url_for("selection.interview", slug=slug), 303)
    return render_template(template, call=call_to_change(slug), form=form, **more), outcome.status
