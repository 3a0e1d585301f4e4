"""A cadre's appeals: what may be appealed against, filing, following, taking back."""

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from recruitment import wording
from recruitment.appeals import notices, operations, queries, scores
from recruitment.appeals.forms import AppealForm, DocumentForm
from recruitment.appeals.kinds import KINDS, kinds_of
from recruitment.appeals.models import Appeal
from recruitment.appeals.queries import Decision
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import Form, Refusal, handle, typed
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.people.uploads import MOST_BYTES, UploadError, serve
from recruitment.web import navigation, stages
from recruitment.workflow import engine
from workflows.terms import Refused

__all__ = ["blueprint", "notices"]
blueprint = Blueprint("appeals", __name__)
Page = str | Response | tuple[str, int]
TONES = {
    "filed": "info",
    "accepted": "info",
    "upheld": "good",
    "settled": "good",
    "rejected": "bad",
    "withdrawn": "neutral",
}
TEXTS = {
    "filed": _l("已经收到您的申诉，等待受理。现在不用做什么。"),
    "accepted": _l("已经受理，由没有参与原决定的人复核。现在不用做什么。"),
    "upheld": _l("您的申诉成立。"),
    "settled": _l("您的申诉成立，成绩已经更正，名次已经重新公布。"),
    "rejected": _l("经复核，维持原决定。"),
    "withdrawn": _l("您已撤回申诉。在期限内还可以再提出。"),
}


@blueprint.get("/appeals/")
@navigation.entry(_l("申诉"), 30, "appeals.")
@allow(Role.CADRE)
def index() -> Page:
    """What was filed, and what may be appealed against."""
    user = current_user()
    return render_template(
        "appeals/index.html",
        appeals=queries.all_own(db.session, user),
        decisions=[found for found in queries.own_decisions(db.session, user) if found.appeal is None],
        kinds=KINDS,
        label_of=label_of,
        tones=TONES,
        now=now(),
    )


@blueprint.get("/candidates/<uuid:candidate_id>/appeals")
@stages.of_candidate(
    _l("申诉"), 95, when=lambda candidate: kinds_of("candidate", candidate.public_state) != []
)
@allow(Role.CADRE)
def of_candidate(candidate_id: uuid.UUID) -> Page:
    """Straight to the one decision of a candidate, or to all."""
    found = [
        decision
        for decision in queries.own_decisions(db.session, current_user())
        if decision.candidate is not None and decision.candidate.id == candidate_id
    ]
    if not found and not any(
        appeal.candidate_id == candidate_id for appeal in queries.all_own(db.session, current_user())
    ):
        abort(404)
    if len(found) == 1 and found[0].appeal is None:
        return redirect(
            url_for("appeals.new", kind=found[0].kind, application_id=found[0].application.id), 303
        )
    return redirect(url_for("appeals.index"), 303)


def label_of(appeal: Appeal) -> str:
    return wording.label(engine().flow(appeal).definition(appeal).states[appeal.public_state].label)


def _decision(kind: str, application_id: uuid.UUID) -> Decision:
    decisions = queries.own_decisions(db.session, current_user())
    wanted = (item for item in decisions if item.kind == kind and item.application.id == application_id)
    return next(wanted, None) or abort(404)


@blueprint.route(
    f"/appeals/new/<any({', '.join(KINDS)}):kind>/<uuid:application_id>", methods=["GET", "POST"]
)
@allow(Role.CADRE)
def new(kind: str, application_id: uuid.UUID) -> Page:
    """File an appeal against one decision."""
    decision = _decision(kind, application_id)
    if decision.appeal is not None:
        return redirect(url_for("appeals.show", appeal_id=decision.appeal.id), 303)
    form = AppealForm.open(f"appeal:{application_id}:{kind}:{decision.seq}")

    def save() -> Appeal:
        try:
            return operations.file(db.session, decision, current_user().actor(), now(), text=typed(form.text))
        except Refused as refused:
            raise Refusal(" ".join(reason.words for reason in refused.reasons)) from refused

    outcome = handle(form, save)
    if outcome.done:
        flash(_("申诉已提交。"), "success")
        return redirect(url_for("appeals.show", appeal_id=outcome.result.id), 303)
    return render_template(
        "appeals/new.html", form=form, decision=decision, kind=KINDS[kind], now=now()
    ), outcome.status


def _own(appeal_id: uuid.UUID) -> Appeal:
    return queries.own(db.session, current_user(), appeal_id) or abort(404)


@blueprint.get("/appeals/<uuid:appeal_id>")
@allow(Role.CADRE)
def show(appeal_id: uuid.UUID) -> Page:
    return _show(_own(appeal_id), DocumentForm(formdata=None))


def _show(appeal: Appeal, form: DocumentForm, status: int = 200) -> tuple[str, int]:
    open_ = appeal.public_state in queries.WAITING
    return render_template(
        "appeals/show.html",
        appeal=appeal,
        kind=KINDS[appeal.kind],
        label=label_of(appeal),
        tone=TONES[appeal.public_state],
        text=TEXTS[appeal.public_state],
        told=queries.ruling(db.session, appeal).get("told", "")
        if appeal.public_state in ("upheld", "settled", "rejected")
        else "",
        remedy=scores.remedy(db.session, appeal),
        form=form if open_ and appeal.state in queries.WAITING else None,
        may_withdraw=open_ and not appeal.held,
        most=operations.MOST_DOCUMENTS,
    ), status


@blueprint.post("/appeals/<uuid:appeal_id>/documents")
@allow(Role.CADRE)
def add_document(appeal_id: uuid.UUID) -> Page:
    appeal, form = _own(appeal_id), DocumentForm()

    def save() -> Any:
        try:
            file = form.image.data
            return operations.add_document(
                db.session, appeal, file.stream.read(MOST_BYTES + 1), file.filename
            )
        except UploadError as error:
            raise Refusal({"image": str(error)}) from error
        except Refused as refused:
            raise Refusal({"image": " ".join(reason.words for reason in refused.reasons)}) from refused

    outcome = handle(form, save)
    if outcome.done:
        flash(_("图片已上传。"), "success")
        return redirect(url_for("appeals.show", appeal_id=appeal_id), 303)
    return _show(_own(appeal_id), form, outcome.status)


@blueprint.get("/appeals/<uuid:appeal_id>/documents/<uuid:document_id>")
@allow(Role.CADRE)
def document(appeal_id: uuid.UUID, document_id: uuid.UUID) -> Response:
    stored = queries.document(db.session, _own(appeal_id), document_id)
    if stored is None:
        abort(404)
    return serve(stored)


@blueprint.post("/appeals/<uuid:appeal_id>/withdraw")
@allow(Role.CADRE)
def withdraw(appeal_id: uuid.UUID) -> Page:
    appeal, form = _own(appeal_id), Form()
    if not form.validate_on_submit():
        abort(400)
    try:
        operations.withdraw(db.session, appeal, current_user().actor(), now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        flash(" ".join(reason.words for reason in refused.reasons), "danger")
    else:
        flash(_("申诉已撤回。"), "success")
    return redirect(url_for("appeals.show", appeal_id=appeal_id), 303)
