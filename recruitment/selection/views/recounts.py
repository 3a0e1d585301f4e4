"""Requests for recounts, and their answers."""

import uuid
from functools import partial

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from recruitment.calls.models import Call
from recruitment.calls.views.base import refusable
from recruitment.candidates.models import Candidate
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import Refusal, handle, typed
from recruitment.lists.parsers import Wrong
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.selection import plans
from recruitment.selection.forms import RecountAnswerForm
from recruitment.selection.marks import operations
from recruitment.selection.marks.sheet import to_cell
from recruitment.selection.models import Mark, Recount
from recruitment.selection.results import queries
from recruitment.selection.views.base import (
    READERS,
    Page,
    blueprint,
    call_to_change,
    call_to_read,
    may_change,
)
from recruitment.web import stages


@blueprint.get("/admin/calls/<slug>/recounts")
@stages.of_call(_l("成绩复核申请"), 42)
@allow(*READERS)
def recounts(slug: str) -> Page:
    call = call_to_read(slug)
    return render_template(
        "selection/recounts.html",
        call=call,
        rows=queries.recounts(db.session, call),
        subjects=_subjects(call),
        may_change=may_change(call),
    )


def _subjects(call: Call) -> dict[str, str]:
    return {item.code: item.name for item in plans.scheme_of(db.session, call).subjects}


@blueprint.route("/admin/calls/<slug>/recounts/<uuid:recount_id>", methods=["GET", "POST"])
@allow(Role.ADMIN)
def answer_recount(slug: str, recount_id: uuid.UUID) -> Page:
    call = call_to_change(slug)
    asked = db.session.get(Recount, recount_id)
    if asked is None or asked.candidate.call_id != call.id:
        abort(404)
    form = RecountAnswerForm.open(f"recount-answer:{asked.id}")
    outcome = handle(form, refusable(lambda: _answer(call, asked, form), {"answer_missing": "answer"}))
    if outcome.done:
        flash(_("已答复。"), "success")
        return redirect(url_for("selection.recounts", slug=slug), 303)
    mark = db.session.get(Mark, (asked.candidate_id, asked.subject))
    return render_template(
        "selection/recount.html",
        call=call_to_change(slug),
        asked=asked,
        candidate=db.session.get_one(Candidate, asked.candidate_id),
        form=None if asked.answered_at else form,
        subject=_subjects(call).get(asked.subject, asked.subject),
        cell=to_cell(mark.value, mark.note) if mark else "",
    ), outcome.status


def _answer(call: Call, asked: Recount, form: RecountAnswerForm) -> None:
    person, moment = current_user(), now()
    change = None
    if form.outcome.data == "corrected":
        candidate = db.session.get_one(Candidate, asked.candidate_id)
        reason = f"成绩复核：{typed(form.answer)}"
        change = partial(
            operations.correct,
            db.session,
            call,
            candidate,
            asked.subject,
            typed(form.cell),
            reason,
            person,
            moment,
        )
    try:
        operations.answer_recount(
            db.session, call, asked, typed(form.answer), person, moment, correct_to=change
        )
    except Wrong as wrong:
        raise Refusal({"cell": f"{wrong}。"}) from wrong
