"""A cadre's own marks, rank and explanation, and the request to count again."""

import uuid
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from recruitment.calls.views.base import refusable
from recruitment.candidates.models import Candidate
from recruitment.candidates.queries import own
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import handle, options, typed
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.selection import plans
from recruitment.selection.forms import RecountForm
from recruitment.selection.marks import operations
from recruitment.selection.marks.sheet import to_cell
from recruitment.selection.models import MarkCorrection, Stage
from recruitment.selection.results import queries
from recruitment.selection.scheme import load_scheme
from recruitment.selection.views.base import Page, blueprint
from recruitment.web import stages

# States in which there cannot be any marks to look up.
BEFORE_MARKS = frozenset({"awaiting_fee", "unpaid", "displaced"})


def own_candidate(candidate_id: uuid.UUID) -> Candidate:
    """The cadre's own candidate; 404 for any other."""
    found = own(db.session, current_user(), candidate_id)
    if found is None:
        abort(404)
    return found


def _published(candidate: Candidate) -> bool:
    return (
        candidate.public_state not in BEFORE_MARKS
        and plans.published(db.session, candidate.call_id, Stage.WRITTEN) is not None
    )


@blueprint.route("/candidates/<uuid:candidate_id>/scores", methods=["GET", "POST"])
@stages.of_candidate(_l("成绩和名次"), 40, when=_published)
@allow(Role.CADRE)
def scores(candidate_id: uuid.UUID) -> Page:
    candidate = own_candidate(candidate_id)
    plan = plans.plan_of(db.session, candidate.call)
    line = queries.line_of(db.session, candidate, Stage.WRITTEN)
    closed = operations.window_reasons(plan.query_opens_at, plan.query_closes_at, now())
    form = None
    status = 200
    if line and not closed:
        form, done, status = _recount(candidate, plan)
        if done:
            flash(_("已收到复核申请。结果会显示在这一页。"), "success")
            return redirect(url_for("selection.scores", candidate_id=candidate_id), 303)
        candidate = own_candidate(candidate_id)
        line = queries.line_of(db.session, candidate, Stage.WRITTEN)
    return render_template(
        "selection/scores.html",
        candidate=candidate,
        plan=plan,
        line=line,
        final=queries.line_of(db.session, candidate, Stage.FINAL) if line else None,
        closed=[reason.words for reason in closed],
        form=form,
        rows=_rows(candidate) if line and not closed else [],
        corrections=_corrections(candidate) if line and not closed else [],
        recounts=queries.recounts_of(db.session, candidate),
        subjects=_subjects(candidate),
    ), status


def _subjects(candidate: Candidate) -> dict[str, str]:
    scheme = load_scheme(plans.plan_of(db.session, candidate.call).scheme)
    return {item.code: item.name for item in scheme.subjects}


def _rows(candidate: Candidate) -> list[tuple[str, str]]:
    mine = queries.marks_of(db.session, candidate)
    return [(name, to_cell(*mine[code])) for code, name in _subjects(candidate).items() if code in mine]


def _corrections(candidate: Candidate) -> list[MarkCorrection]:
    found = db.session.scalars(
        sa.select(MarkCorrection)
        .where(MarkCorrection.candidate_id == candidate.id)
        .order_by(MarkCorrection.corrected_at)
    )
    return list(found)


def _recount(candidate: Candidate, plan: Any) -> tuple[RecountForm | None, bool, int]:
    """The form to ask for a recount, whether it was just accepted, and the status of the page."""
    asked = queries.recounts_of(db.session, candidate)
    open_to = [(code, name) for code, name in _subjects(candidate).items() if code not in asked]
    if not open_to:
        return None, False, 200
    form = RecountForm.open(f"recount:{candidate.id}")
    form.subject.choices = options(open_to)
    outcome = handle(
        form,
        refusable(
            lambda: operations.ask_recount(
                db.session, candidate, form.subject.data, typed(form.reason), now()
            ),
            {"reason_missing": "reason", "no_mark": "subject"},
        ),
    )
    return form, outcome.done, outcome.status
