"""Inquiring into objections: the queue, one objection, its steps."""

import uuid
from functools import partial
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from recruitment import wording
from recruitment.applications.operations import recusal_reasons
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import typed
from recruitment.forms.handling import attach
from recruitment.objections import codes, notices, operations, queries
from recruitment.objections.forms import FIELDS, STEPS, RevealForm
from recruitment.objections.models import Objection
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.web import navigation, steps
from recruitment.workflow import engine
from workflows.terms import Refused

__all__ = ["blueprint", "notices"]
blueprint = Blueprint("inquiries", __name__, url_prefix="/review/objections")
Page = str | Any | tuple[str, int]
REVIEWERS = (Role.PREFECTURE_REVIEWER, Role.PROVINCE_REVIEWER)
READERS = (*REVIEWERS, Role.SUPERVISOR)
KINDS = {"waiting": _l("待核查"), "held": _l("待公布"), "all": _l("全部")}
TONES = {
    "received": "warn",
    "investigating": "info",
    "serious": "bad",
    "unproven": "warn",
    "dismissed": "neutral",
}
TRIGGERS = "investigate, find_serious, suspend, dismiss, release, take_back"


def areas() -> tuple[str, ...]:
    return tuple(sorted({area for _role, area in current_user().jurisdictions(*READERS)}))


def _reads_only() -> bool:
    return not current_user().roles & set(REVIEWERS)


def find(objection_id: uuid.UUID) -> Objection:
    """An objection of one's area; 404 for what is foreign."""
    return queries.find(db.session, objection_id, areas()) or abort(404)


@blueprint.get("/")
@navigation.entry(_l("异议核查"), 24, section="inquiries.")
@allow(*READERS)
def queue() -> Page:
    kind = request.args.get("kind", "waiting")
    if kind not in KINDS:
        abort(404)
    at = now()
    try:
        page = queries.queue(
            db.session,
            areas(),
            reviewer_id=None if _reads_only() else current_user().id,
            now=at,
            kind=kind,
            after=request.args.get("after", ""),
        )
    except ValueError:
        abort(404)
    return render_template(
        "objections/queue.html", page=page, kind=kind, kinds=KINDS, label_of=label_of, tones=TONES, now=at
    )


def label_of(objection: Objection) -> str:
    return wording.label(engine().flow(objection).definition(objection).states[objection.state].label)


@blueprint.get("/<uuid:objection_id>")
@allow(*READERS)
def show(objection_id: uuid.UUID) -> Page:
    return _show(find(objection_id))


def _show(
    objection: Objection,
    *,
    sent: dict[str, Any] | None = None,
    reveal_form: RevealForm | None = None,
    informer: Any = None,
    status: int = 200,
) -> Page:
    at, user = now(), current_user()
    away = recusal_reasons(db.session, objection, user.actor(), at)
    history = queries.history(db.session, "objection", objection.id)
    names = queries.names(db.session, [event.actor for event in history])
    labels = {
        name: wording.label(step.label)
        for name, step in engine().flow(objection).definition(objection).transitions.items()
    }
    # Who has to stay away learns neither what is said nor what was found.
    return render_template(
        "objections/show.html",
        objection=objection,
        away=away,
        label=label_of(objection),
        tone=TONES[objection.state],
        offers=[] if away else steps.offers(db.session, objection, at, STEPS, name="objection", sent=sent),
        history=[]
        if away
        else [(event, labels.get(event.transition), names.get(event.actor)) for event in history],
        reveal_form=reveal_form or RevealForm(formdata=None),
        may_reveal=objection.named and not away and not _reads_only(),
        informer=informer,
        now=at,
    ), status


@blueprint.post(f"/<uuid:objection_id>/<any({TRIGGERS}):trigger>")
@allow(*REVIEWERS)
def decide(objection_id: uuid.UUID, trigger: str) -> Page:
    """Take a step on the version that the page showed; the same page sent twice has one effect."""
    objection = find(objection_id)
    outcome, form = steps.take(
        objection,
        trigger,
        STEPS,
        FIELDS,
        partial(operations.decide, db.session, objection, trigger, current_user().actor(), now()),
        name="objection",
    )
    if form is not None and not outcome.done:
        return _show(find(objection_id), sent={trigger: form}, status=outcome.status)
    if outcome.done:
        flash(_("已办理：%(state)s", state=label_of(objection)), "success")
    return redirect(url_for("inquiries.show", objection_id=objection_id), 303)


@blueprint.post("/<uuid:objection_id>/reveal")
@allow(*REVIEWERS)
def reveal(objection_id: uuid.UUID) -> Page:
    """Show who objects, this once, and write down why."""
    objection, user = find(objection_id), current_user()
    form = RevealForm()
    if not form.validate():
        return _show(objection, reveal_form=form, status=422)
    try:
        informer = operations.reveal(db.session, objection, user, user.actor(), typed(form.reason), now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        attach(form, {"reason": " ".join(reason.words for reason in refused.reasons)})
        return _show(find(objection_id), reveal_form=form, status=422)
    return _show(find(objection_id), informer=informer)


@blueprint.get("/<uuid:objection_id>/evidence/<uuid:evidence_id>")
@allow(*READERS)
def evidence(objection_id: uuid.UUID, evidence_id: uuid.UUID) -> Response:
    objection = find(objection_id)
    found = queries.evidence(db.session, objection, evidence_id)
    if found is None or recusal_reasons(db.session, objection, current_user().actor(), now()):
        abort(404)
    response = Response(codes.decoded(found.content), mimetype="image/jpeg")
    response.headers["Content-Disposition"] = "inline"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "no-store"
    return response
