"""Reviewing appeals: the queue, one appeal, its steps; and a call's terms."""

import uuid
from functools import partial
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from recruitment import wording
from recruitment.appeals import operations, queries, scores
from recruitment.appeals.forms import FIELDS, STEPS, TermForm
from recruitment.appeals.kinds import KINDS
from recruitment.appeals.models import Appeal
from recruitment.appeals.views import TONES
from recruitment.applications.operations import recusal_reasons
from recruitment.calls.views.base import READERS as CALL_READERS
from recruitment.calls.views.base import call_to_change, call_to_read, may_change
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import handle
from recruitment.objections.queries import history as history_of
from recruitment.objections.queries import names as names_of
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.people.uploads import serve
from recruitment.web import navigation, stages, steps
from recruitment.workflow import engine

blueprint = Blueprint("appeal_review", __name__)
Page = str | Response | tuple[str, int]
REVIEWERS = (Role.PREFECTURE_REVIEWER, Role.PROVINCE_REVIEWER)
READERS = (*REVIEWERS, Role.SUPERVISOR)
SHOWN = {"waiting": _l("待复核"), "held": _l("待公布"), "all": _l("全部")}
TRIGGERS = "accept, uphold, reject, release, take_back"


def areas() -> tuple[str, ...]:
    return tuple(sorted({area for _role, area in current_user().jurisdictions(*READERS)}))


def _reads_only() -> bool:
    return not current_user().roles & set(REVIEWERS)


def find(appeal_id: uuid.UUID) -> Appeal:
    """An appeal of one's area; 404 for what is foreign."""
    return queries.find(db.session, appeal_id, areas()) or abort(404)


def label_of(appeal: Appeal) -> str:
    return wording.label(engine().flow(appeal).definition(appeal).states[appeal.state].label)


@blueprint.get("/review/appeals/")
@navigation.entry(_l("申诉复核"), 26, section="appeal_review.")
@allow(*READERS)
def queue() -> Page:
    show = request.args.get("show", "waiting")
    if show not in SHOWN:
        abort(404)
    at = now()
    try:
        page = queries.queue(
            db.session,
            areas(),
            reviewer_id=None if _reads_only() else current_user().id,
            now=at,
            show=show,
            after=request.args.get("after", ""),
        )
    except ValueError:
        abort(404)
    return render_template(
        "appeals/queue.html",
        page=page,
        show=show,
        shown=SHOWN,
        kinds=KINDS,
        label_of=label_of,
        tones=TONES,
        now=at,
    )


@blueprint.get("/review/appeals/<uuid:appeal_id>")
@allow(*READERS)
def show(appeal_id: uuid.UUID) -> Page:
    return _show(find(appeal_id))


def _show(appeal: Appeal, sent: dict[str, Any] | None = None, status: int = 200) -> tuple[str, int]:
    at = now()
    away = recusal_reasons(db.session, appeal, current_user().actor(), at)
    history = history_of(db.session, "appeal", appeal.id)
    names = names_of(db.session, [event.actor for event in history] + [appeal.first_decider])
    labels = {
        name: wording.label(step.label)
        for name, step in engine().flow(appeal).definition(appeal).transitions.items()
    }
    return render_template(
        "appeals/review.html",
        appeal=appeal,
        kind=KINDS[appeal.kind],
        away=away,
        label=label_of(appeal),
        tone=TONES[appeal.state],
        remedy=scores.remedy(db.session, appeal),
        may_correct=bool(current_user().roles & set(CALL_READERS)),
        first_decider=names.get(appeal.first_decider, _("系统")),
        offers=[] if away else steps.offers(db.session, appeal, at, STEPS, name="appeal-review", sent=sent),
        history=[(event, labels.get(event.transition), names.get(event.actor)) for event in history],
        now=at,
    ), status


@blueprint.post(f"/review/appeals/<uuid:appeal_id>/<any({TRIGGERS}):trigger>")
@allow(*REVIEWERS)
def decide(appeal_id: uuid.UUID, trigger: str) -> Page:
    """Take a step on the version that the page showed; the same page sent twice has one effect."""
    appeal = find(appeal_id)
    outcome, form = steps.take(
        appeal,
        trigger,
        STEPS,
        FIELDS,
        partial(operations.decide, db.session, appeal, trigger, current_user().actor(), now()),
        name="appeal-review",
    )
    if form is not None and not outcome.done:
        return _show(find(appeal_id), sent={trigger: form}, status=outcome.status)
    if outcome.done:
        flash(_("已办理：%(state)s", state=label_of(appeal)), "success")
    return redirect(url_for("appeal_review.show", appeal_id=appeal_id), 303)


@blueprint.get("/review/appeals/<uuid:appeal_id>/documents/<uuid:document_id>")
@allow(*READERS)
def document(appeal_id: uuid.UUID, document_id: uuid.UUID) -> Response:
    appeal = find(appeal_id)
    stored = queries.document(db.session, appeal, document_id)
    if stored is None or recusal_reasons(db.session, appeal, current_user().actor(), now()):
        abort(404)
    return serve(stored)


@blueprint.get("/admin/calls/<slug>/appeal-terms")
@stages.of_call(_l("申诉期限"), 95)
@allow(*CALL_READERS)
def terms(slug: str) -> Page:
    return _terms(slug, {})


def _terms(slug: str, sent: dict[str, TermForm], status: int = 200) -> tuple[str, int]:
    call = call_to_read(slug)
    found = queries.terms(db.session, call)
    rows = []
    for kind, term in found.items():
        form = sent.get(kind) or TermForm(formdata=None, obj=term)
        for field in form:
            field.id = field.label.field_id = f"{kind}-{field.name}"
        rows.append((kind, KINDS[kind].label, term, form))
    return render_template("appeals/terms.html", call=call, rows=rows, may_change=may_change(call)), status


@blueprint.post(f"/admin/calls/<slug>/appeal-terms/<any({', '.join(KINDS)}):kind>")
@allow(Role.ADMIN)
def set_term(slug: str, kind: str) -> Page:
    call, form = call_to_change(slug), TermForm()
    outcome = handle(
        form,
        lambda: operations.set_term(
            db.session,
            call,
            current_user(),
            kind,
            int(form.file_days.data or 0),
            int(form.decide_days.data or 0),
            now(),
        ),
    )
    if outcome.done:
        flash(_("已保存。"), "success")
        return redirect(url_for("appeal_review.terms", slug=slug), 303)
    return _terms(slug, {kind: form}, outcome.status)
