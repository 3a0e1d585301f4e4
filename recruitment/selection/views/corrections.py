"""One candidate's written marks, and their correction."""

import sqlalchemy as sa
from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from recruitment.calls.models import Call
from recruitment.calls.views.base import refusable
from recruitment.candidates.models import Candidate
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import Refusal, handle, options, typed
from recruitment.lists.parsers import Wrong
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.selection import plans
from recruitment.selection.forms import CorrectionForm
from recruitment.selection.marks import operations
from recruitment.selection.marks.sheet import to_cell
from recruitment.selection.models import MarkCorrection, Stage
from recruitment.selection.results import queries
from recruitment.selection.views.base import (
    READERS,
    Page,
    blueprint,
    call_to_change,
    call_to_read,
    candidate_of_call,
    may_change,
)


@blueprint.get("/admin/calls/<slug>/marks/find")
@allow(*READERS)
def find_marks(slug: str) -> Page:
    """Lead from a typed ticket number to its page."""
    call = call_to_read(slug)
    ticket = request.args.get("ticket", "").strip()
    found = db.session.scalar(
        sa.select(Candidate.id).where(Candidate.call_id == call.id, Candidate.ticket_number == ticket)
    )
    if found is None:
        flash(_("没有准考证号“%(ticket)s”，请核对。", ticket=ticket), "warning")
        return redirect(url_for("selection.marks", slug=slug), 303)
    return redirect(url_for("selection.marks_of", slug=slug, ticket=ticket), 303)


@blueprint.get("/admin/calls/<slug>/marks/of/<ticket>")
@allow(*READERS)
def marks_of(slug: str, ticket: str) -> Page:
    call = call_to_read(slug)
    form = CorrectionForm.open(f"correct:{call.id}:{ticket}") if may_change(call) else None
    return _marks_page(call, candidate_of_call(call, ticket), form, 200)


def _marks_page(
    call: Call, candidate: Candidate, form: CorrectionForm | None, status: int
) -> tuple[str, int]:
    subjects = {item.code: item.name for item in plans.scheme_of(db.session, call).subjects}
    mine = queries.marks_of(db.session, candidate)
    if form:
        form.subject.choices = options(subjects.items())
    past = db.session.scalars(
        sa.select(MarkCorrection)
        .options(joinedload(MarkCorrection.person))
        .where(MarkCorrection.candidate_id == candidate.id)
        .order_by(MarkCorrection.corrected_at.desc())
    )
    return render_template(
        "selection/marks_of.html",
        call=call,
        candidate=candidate,
        form=form if mine else None,
        rows=[(subjects[code], to_cell(*mark)) for code, mark in mine.items() if code in subjects],
        corrections=list(past),
        subjects=subjects,
        line=queries.line_of(db.session, candidate, Stage.WRITTEN),
        published=plans.published(db.session, call.id, Stage.WRITTEN) is not None,
    ), status


@blueprint.post("/admin/calls/<slug>/marks/of/<ticket>")
@allow(Role.ADMIN)
def correct_mark(slug: str, ticket: str) -> Page:
    call = call_to_change(slug)
    candidate = candidate_of_call(call, ticket)
    form = CorrectionForm.open(f"correct:{call.id}:{ticket}")
    form.subject.choices = options(
        (item.code, item.name) for item in plans.scheme_of(db.session, call).subjects
    )
    outcome = handle(form, refusable(lambda: _correct(call, candidate, form), {"no_change": "cell"}))
    if not outcome.done:
        call = call_to_change(slug)
        return _marks_page(call, candidate_of_call(call, ticket), form, outcome.status)
    if plans.published(db.session, call.id, Stage.WRITTEN):
        flash(_("已更正。名次已经公布，需要撤回公布并重新排名，更正才会反映到名次。"), "warning")
    else:
        flash(_("已更正。请重新计算名次。"), "success")
    return redirect(url_for("selection.marks_of", slug=slug, ticket=ticket), 303)


def _correct(call: Call, candidate: Candidate, form: CorrectionForm) -> MarkCorrection:
    try:
        return operations.correct(
            db.session,
            call,
            candidate,
            form.subject.data,
            typed(form.cell),
            typed(form.reason),
            current_user(),
            now(),
        )
    except Wrong as wrong:
        raise Refusal({"cell": f"{wrong}。"}) from wrong
