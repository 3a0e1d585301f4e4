"""Correcting one candidate's interview marks: proposed by one person, settled by another."""

import uuid
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

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
from recruitment.selection.interview import corrections
from recruitment.selection.interview import plan as planning
from recruitment.selection.interview.forms import InterviewCorrectionForm
from recruitment.selection.interview.models import InterviewCorrection
from recruitment.selection.interview.sheet import key
from recruitment.selection.marks.sheet import mark_cell
from recruitment.selection.models import InterviewMark, Stage
from recruitment.selection.numbers import plain
from recruitment.selection.views.base import (
    READERS,
    Page,
    blueprint,
    call_to_change,
    call_to_read,
    candidate_of_call,
    done_or_refused,
    may_change,
)

ADDRESS = "/admin/calls/<slug>/interview/marks/<ticket>"


@blueprint.route(ADDRESS, methods=["GET", "POST"])
@allow(Role.ADMIN)
def correct_interview(slug: str, ticket: str) -> Page:
    """Propose other marks."""
    call = call_to_change(slug)
    candidate = candidate_of_call(call, ticket)
    mark = db.session.get(InterviewMark, candidate.id)
    if mark is None or mark.value is None:
        abort(404)
    plan = planning.plan_of(db.session, call)
    elements = planning.elements_of(plan)
    given = [
        {"marks": " ".join(str(mark.sheet[key(number, x)]) for x in range(1, plan.examiners + 1))}
        for number in range(1, len(elements) + 1)
    ]
    form = InterviewCorrectionForm.open(f"interview-mark:{candidate.id}", data={"elements": given})
    for row, element in zip(form.elements.entries, elements, strict=False):
        row.form.marks.label.text = _(
            "%(name)s（满分%(full)s）", name=element.name, full=plain(element.full_mark)
        )
    outcome = handle(form, refusable(lambda: _propose(call, candidate, form), {"reason_missing": "reason"}))
    if outcome.done:
        flash(_("已提出更正。另一个人复核同意以后才生效。"), "success")
        return redirect(url_for("selection.interview", slug=slug), 303)
    call = call_to_change(slug)
    return render_template(
        "selection/interview_correction.html",
        call=call,
        ticket=ticket,
        form=form,
        examiners=plan.examiners,
        published=plans.published(db.session, call.id, Stage.FINAL) is not None,
    ), outcome.status


def _propose(call: Call, candidate: Candidate, form: InterviewCorrectionForm) -> InterviewCorrection:
    plan = planning.plan_of(db.session, call)
    elements = planning.elements_of(plan)
    cells: dict[str, str] = {}
    if len(form.elements.entries) != len(elements):
        raise Refusal({"elements": _("评分要素有改动，请重新打开本页。")})
    for number, (row, element) in enumerate(zip(form.elements.entries, elements, strict=True), 1):
        found = form.marks_of(row)
        if len(found) != plan.examiners:
            raise Refusal(
                {
                    "elements": _(
                        "“%(element)s”应有%(number)s个分数，现有%(found)s个。",
                        element=element.name,
                        number=plan.examiners,
                        found=len(found),
                    )
                }
            )
        for examiner, cell in enumerate(found, 1):
            try:
                cells[key(number, examiner)] = mark_cell(element.full_mark, ())(cell)
            except Wrong as wrong:
                raise Refusal({"elements": f"“{element.name}”·考官{examiner}：{wrong}。"}) from wrong
    return corrections.propose(db.session, call, candidate, cells, typed(form.reason), current_user(), now())


@blueprint.get("/admin/calls/<slug>/interview/corrections/<uuid:correction_id>")
@allow(*READERS)
def interview_correction(slug: str, correction_id: uuid.UUID) -> Page:
    """What would change, for the second person."""
    return _review(call_to_read(slug), correction_id)


def _review(
    call: Call, correction_id: uuid.UUID, refused: tuple[str, ...] = (), status: int = 200
) -> tuple[str, int]:
    found = db.session.get(InterviewCorrection, correction_id)
    if found is None or found.candidate.call_id != call.id:
        abort(404)
    plan = planning.plan_of(db.session, call)
    return render_template(
        "selection/interview_review.html",
        call=call,
        correction=found,
        changes=corrections.changes(found, planning.elements_of(plan), plan.examiners),
        own=found.proposed_by == current_user().id,
        refused=refused,
        may_change=may_change(call),
    ), status


@blueprint.post("/admin/calls/<slug>/interview/corrections/<uuid:correction_id>/<any(accept, refuse):answer>")
@allow(Role.ADMIN)
def settle_correction(slug: str, correction_id: uuid.UUID, answer: str) -> Page:
    call = call_to_change(slug)

    def settle() -> Any:
        return corrections.settle(db.session, call, correction_id, answer == "accept", current_user(), now())

    attempt = done_or_refused(settle)
    call = call_to_change(slug)
    if not attempt.done:
        return _review(call, correction_id, attempt.refused, 409)
    if attempt.result is None:
        flash(_("没有更正，原来的成绩不变。"), "success")
    elif plans.published(db.session, call.id, Stage.FINAL):
        flash(_("已更正。名次已经公布，需要撤回公布并重新排名，更正才会反映到名次。"), "warning")
    else:
        flash(_("已更正。请重新计算总成绩名次。"), "success")
    return redirect(url_for("selection.interview", slug=slug), 303)
