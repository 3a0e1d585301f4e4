"""A cadre agrees to substitute, or gives up."""

import uuid

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField

from recruitment.calls.views.base import refusable
from recruitment.candidates import timeline
from recruitment.candidates.models import Candidate
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import Form, Required, handle
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.selection.recheck import operations
from recruitment.selection.views.base import Page, blueprint
from recruitment.selection.views.cadre import own_candidate
from recruitment.web import stages
from recruitment.workflow import engine
from workflows.schema import timer


class AcceptForm(Form):
    """Nothing to fill in: pressing the button is the answer."""


class GiveUpForm(Form):
    """The answer to “do you really mean it”."""

    version = HiddenField()
    sure = BooleanField(_l("我确定放弃，知道放弃后不能恢复。"), [Required(_l("确定放弃的，请先打勾。"))])


def _may_give_up(candidate: Candidate) -> bool:
    steps = engine().flow(candidate).definition(candidate).transitions.values()
    return any(step.trigger == "give_up" and candidate.public_state in step.sources for step in steps)


@blueprint.route("/candidates/<uuid:candidate_id>/substitution", methods=["GET", "POST"])
@stages.of_candidate(
    _l("确认是否递补"), 50, when=lambda candidate: candidate.public_state == "called_up", due=("called_up",)
)
@allow(Role.CADRE)
def substitution(candidate_id: uuid.UUID) -> Page:
    candidate = own_candidate(candidate_id)
    form = AcceptForm()
    outcome = handle(form, refusable(lambda: operations.accept(db.session, candidate, current_user(), now())))
    if outcome.done:
        flash(_("已确认递补。请等候资格复审通知。"), "success")
        return redirect(url_for("candidates.show", candidate_id=candidate_id), 303)
    candidate = own_candidate(candidate_id)
    if candidate.public_state != "called_up":
        flash(_("现在没有等您确认的递补。"), "info")
        return redirect(url_for("candidates.show", candidate_id=candidate_id), 303)
    return render_template(
        "selection/substitution.html", candidate=candidate, form=form, due=_due(candidate), now=now()
    ), outcome.status


def _due(candidate: Candidate) -> object:
    return db.session.scalar(
        sa.select(timer.c.due_at).where(
            timer.c.workflow == "candidate",
            timer.c.subject_id == candidate.id,
            timer.c.name == "consent_deadline",
            timer.c.ended_at.is_(None),
        )
    )


@blueprint.route("/candidates/<uuid:candidate_id>/give-up", methods=["GET", "POST"])
@stages.of_candidate(_l("放弃"), 200, when=_may_give_up)
@allow(Role.CADRE)
def give_up(candidate_id: uuid.UUID) -> Page:
    candidate = own_candidate(candidate_id)
    form = GiveUpForm(version=str(candidate.state_version))
    version = form.version.data or ""
    if not version.isdigit():
        abort(400)
    outcome = handle(
        form,
        refusable(
            lambda: operations.give_up(
                db.session, candidate, current_user(), now(), expected_version=int(version)
            )
        ),
    )
    if outcome.done:
        flash(_("已登记放弃。"), "success")
        return redirect(url_for("candidates.show", candidate_id=candidate_id), 303)
    candidate = own_candidate(candidate_id)
    form.version.data = str(candidate.state_version)
    form.version.raw_data = None
    return render_template(
        "selection/give_up.html",
        candidate=candidate,
        form=form,
        standing=timeline.standing(candidate),
        possible=_may_give_up(candidate),
    ), outcome.status
