"""Pages of the substitutes: what the ranking says, proposing, consenting."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from recruitment.calls.models import Call
from recruitment.calls.views.base import refusable
from recruitment.candidates import desk
from recruitment.candidates.forms import ReasonForm, apart, state_labels
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import handle
from recruitment.medical import substitutes
from recruitment.medical.imports import OFFICE
from recruitment.medical.views import READERS
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role

blueprint = Blueprint("substitutes", __name__, url_prefix="/admin/calls/<slug>/substitutes")
Page = str | Response | tuple[str, int]

# Whose consent it needs.
AUTHORITY = (Role.PREFECTURE_REVIEWER, Role.PROVINCE_REVIEWER)


@blueprint.get("/")
@allow(*READERS)
def index(slug: str) -> Page:
    """Every position with a vacancy, who would move up, and what waits for consent."""
    return _page(desk.call_or_404(slug))


@blueprint.post("/propose/<uuid:candidate_id>")
@allow(*OFFICE)
def propose(slug: str, candidate_id: uuid.UUID) -> Page:
    """Propose the next by the ranking."""
    call = desk.call_or_404(slug)
    candidate = desk.candidate_or_404(call, candidate_id, OFFICE)
    if candidate.state != "interviewed":
        abort(404)
    return _do(
        call,
        str(candidate_id),
        lambda reason: substitutes.propose_substitute(db.session, candidate, current_user(), now(), reason),
        _("已提出递补，等待同意。"),
    )


@blueprint.post("/<uuid:proposal_id>")
@allow(*AUTHORITY)
def decide(slug: str, proposal_id: uuid.UUID) -> Page:
    """Consent or not."""
    call = desk.call_or_404(slug)
    proposal = substitutes.find(db.session, call, proposal_id, desk.areas(*AUTHORITY))
    if proposal is None:
        abort(404)
    consent = request.form.get("consent") == "1"
    return _do(
        call,
        str(proposal_id),
        lambda reason: substitutes.decide(
            db.session, proposal, current_user(), now(), consent=consent, answer=reason
        ),
        _("已同意递补，通知随后发出。") if consent else _("没有同意递补。"),
    )


def _do(call: Call, name: str, act: Callable[[str], Any], done: str) -> Page:
    form = apart(ReasonForm(), name)
    outcome = handle(form, refusable(lambda: act(form.reason.data or ""), {"reason_missing": "reason"}))
    if outcome.done:
        flash(done, "success")
        return redirect(url_for("substitutes.index", slug=call.slug), 303)
    return _page(call, {name: form}, outcome.status)


def _page(call: Call, sent: dict[str, ReasonForm] | None = None, status: int = 200) -> tuple[str, int]:
    found = substitutes.vacancies(db.session, call, desk.areas(*READERS))
    names = [str(row.id) for item in found for row in item.proposal.next]
    names += [str(row.id) for item in found for row in item.waiting]
    forms = {name: apart(ReasonForm(formdata=None), name) for name in names}
    return render_template(
        "medical/substitutes.html",
        call=call,
        vacancies=found,
        forms=forms | (sent or {}),
        sent=sent or {},
        states=state_labels(),
        me=current_user().id,
        may_enter=bool(desk.areas(*OFFICE)),
        may_consent=bool(desk.areas(*AUTHORITY)),
    ), status
