"""Seats: assign them, look them over, release the tickets."""

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from recruitment.calls.models import Call
from recruitment.calls.views.base import (
    READERS,
    Page,
    call_to_change,
    call_to_read,
    may_change,
    refusable,
    words_of,
)
from recruitment.clock import now
from recruitment.database import db
from recruitment.exam import operations, queries
from recruitment.exam.forms import SeatsForm
from recruitment.exam.models import ExamPlan
from recruitment.exam.views.base import blueprint, plan_or_404
from recruitment.forms import handle
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from workflows.terms import Refused


@blueprint.get("/seats")
@allow(*READERS)
def seats(slug: str) -> Page:
    return _page(call_to_read(slug))


@blueprint.post("/seats")
@allow(Role.ADMIN)
def assign(slug: str) -> Page:
    """Seat everybody from the seed that was typed."""
    call = call_to_change(slug)
    form = SeatsForm()
    outcome = handle(
        form,
        refusable(
            lambda: operations.assign_seats(
                db.session,
                call,
                current_user(),
                str(form.seed.data),
                now(),
                reason=str(form.reason.data or ""),
            ),
            beside={"seed_missing": "seed", "reason_missing": "reason"},
        ),
    )
    if not outcome.done:
        return _page(call_to_read(slug), form, status=outcome.status)
    made = outcome.result
    flash(_("已编排%(people)s人，用了%(rooms)s个考场。", people=made.people, rooms=made.rooms), "success")
    return redirect(url_for("exam.seats", slug=slug), 303)


@blueprint.post("/seats/latecomers")
@allow(Role.ADMIN)
def latecomers(slug: str) -> Page:
    """Seat those who were confirmed later."""
    call = call_to_change(slug)

    def done(made: operations.Assigned) -> str:
        return str(_("已补排%(people)s人，其他人的座位没有变。", people=made.people))

    return _act(call, operations.seat_latecomers, done)


@blueprint.post("/seats/release")
@allow(Role.ADMIN)
def release(slug: str) -> Page:
    """Release the admission tickets."""
    return _act(
        call_to_change(slug),
        operations.release_tickets,
        lambda made: _("准考证已发放，考生在打印时间内可以打印。"),
    )


def _act(call: Call, operation: Callable[..., Any], words: Callable[[Any], str]) -> Page:
    slug = call.slug
    try:
        made = operation(db.session, call, current_user(), now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        return _page(call_to_read(slug), refused=[words_of(item) for item in refused.reasons], status=409)
    flash(words(made), "success")
    return redirect(url_for("exam.seats", slug=slug), 303)


def _page(
    call: Call, form: SeatsForm | None = None, refused: list[str] | None = None, status: int = 200
) -> tuple[str, int]:
    plan = queries.plan_of(db.session, call.id)
    demand = queries.demand(db.session, call.id)
    if form is None:
        form = SeatsForm(formdata=None)
    return render_template(
        "exam/seats.html",
        call=call,
        plan=plan,
        demand=demand,
        waiting=sum(row.people - row.seated for row in demand),
        form=form if may_change(call) and plan else None,
        refused=refused or [],
        may_change=may_change(call),
        tables=queries.TABLES,
        tried=request.method == "POST",
    ), status


@blueprint.get("/seats/<any(candidates, rooms, seats):table>.csv")
@allow(*READERS)
def seats_table(slug: str, table: str) -> Response:
    """The tables that are published with the tickets, before that."""
    call = call_to_read(slug)
    return csv_file(plan_or_404(call), table)


def csv_file(plan: ExamPlan, name: str) -> Response:
    """One of the tables of the assignment; 404 before there is one."""
    text = queries.table(db.session, plan, name)
    if text is None:
        abort(404)
    response = Response(text, mimetype="text/csv")
    response.headers["Content-Disposition"] = f"attachment; filename={name}.csv"
    return response
