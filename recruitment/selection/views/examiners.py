"""Examiners who must stay away from candidates, and the blank sheets that they fill in."""

import io
import uuid
from typing import Any

from flask import abort, flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from recruitment.calls.models import Call
from recruitment.calls.views.base import refusable
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import handle, typed
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.selection.interview import plan as planning
from recruitment.selection.interview import queries, recusal
from recruitment.selection.interview.forms import RecusalForm, WithdrawRecusalForm
from recruitment.selection.interview.paper import score_sheets_pdf
from recruitment.selection.views.base import (
    READERS,
    Page,
    blueprint,
    call_to_change,
    call_to_read,
    done_or_refused,
    may_change,
)
from recruitment.wording import official

BESIDE = {
    "no_examiner": "code",
    "no_candidate": "ticket",
    "marks_in": "ticket",
    "tie_unknown": "tie",
    "explanation_missing": "explanation",
}


@blueprint.get("/admin/calls/<slug>/interview/recusals")
@allow(*READERS)
def recusals(slug: str) -> Page:
    """What was declared, and what the forms show."""
    call = call_to_read(slug)
    return _page(call, RecusalForm.open(f"recusal:{call.id}") if may_change(call) else None)


def _page(
    call: Call, form: RecusalForm | None, refused: tuple[str, ...] = (), status: int = 200
) -> tuple[str, int]:
    return render_template(
        "selection/recusals.html",
        call=call,
        form=form,
        withdrawing=WithdrawRecusalForm(prefix="withdraw-"),
        declared=recusal.declarations(db.session, call),
        shown=[one for one in recusal.of_call(db.session, call) if not one.declared],
        misplaced=recusal.misplaced(db.session, call),
        plan=planning.plan_of(db.session, call),
        ties=recusal.TIES,
        refused=refused,
        may_change=may_change(call),
    ), status


@blueprint.post("/admin/calls/<slug>/interview/recusals")
@allow(Role.ADMIN)
def declare_recusal(slug: str) -> Page:
    call = call_to_change(slug)
    form = RecusalForm.open(f"recusal:{call.id}")

    def save() -> Any:
        return recusal.declare(
            db.session,
            call,
            typed(form.code).strip(),
            typed(form.ticket).strip(),
            form.tie.data,
            typed(form.explanation),
            current_user(),
            now(),
        )

    outcome = handle(form, refusable(save, BESIDE))
    if outcome.done:
        flash(_("已登记回避。"), "success")
        return redirect(url_for("selection.recusals", slug=slug), 303)
    return _page(call_to_change(slug), form, status=outcome.status)


@blueprint.post("/admin/calls/<slug>/interview/recusals/<uuid:recusal_id>/withdraw")
@allow(Role.ADMIN)
def withdraw_recusal(slug: str, recusal_id: uuid.UUID) -> Page:
    call, form = call_to_change(slug), WithdrawRecusalForm(prefix="withdraw-")
    reason = typed(form.reason)
    attempt = done_or_refused(
        lambda: recusal.withdraw(db.session, call, recusal_id, reason, current_user(), now())
    )
    if not attempt.done:
        call = call_to_change(slug)
        return _page(call, RecusalForm.open(f"recusal:{call.id}"), attempt.refused, 409)
    flash(_("已撤回。"), "success")
    return redirect(url_for("selection.recusals", slug=slug), 303)


@blueprint.get("/admin/calls/<slug>/interview/score-sheets.pdf")
@allow(*READERS)
def score_sheets(slug: str) -> Response:
    """Blank score sheets by drawn number; nobody's name is on them."""
    call = call_to_read(slug)
    plan = planning.plan_of(db.session, call)
    if plan.drawn_at is None:
        abort(404)
    with official():
        content = score_sheets_pdf(
            call.title,
            queries.group_views(db.session, call),
            planning.elements_of(plan),
            plan.examiners,
            plan.dropped,
        )
    return send_file(
        io.BytesIO(content),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"面试评分表-{slug}.pdf",
    )
