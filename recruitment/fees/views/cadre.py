"""A cadre's own fee: what to pay, until when and how, the receipt, and the request to pay nothing."""

import uuid

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from recruitment.calls.views.base import refusable, words_of
from recruitment.candidates import queries as candidates
from recruitment.candidates.models import Candidate
from recruitment.clock import now
from recruitment.database import db
from recruitment.fees import gateway, queries, waivers
from recruitment.fees.forms import AskForm
from recruitment.fees.models import Waiver
from recruitment.fees.views.base import Page, blueprint
from recruitment.forms import Refusal, handle, options, typed
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.people.uploads import MOST_BYTES, UploadError, path_of, serve, store_image
from recruitment.web import stages

# Later stages have pages of their own; the receipt stays reachable.
ADDRESS = "/candidates/<uuid:candidate_id>/fee"


@blueprint.get(ADDRESS)
@stages.of_candidate(_l("缴费"), 10, due=("awaiting_fee",))
@allow(Role.CADRE)
def own(candidate_id: uuid.UUID) -> Page:
    """One's own fee."""
    return _page(_own(candidate_id))


def _own(candidate_id: uuid.UUID) -> Candidate:
    candidate = candidates.own(db.session, current_user(), candidate_id)
    if candidate is None:
        abort(404)
    return candidate


def _page(candidate: Candidate, form: AskForm | None = None, status: int = 200) -> tuple[str, int]:
    moment = now()
    part = queries.part_of(db.session, candidate)
    against = waivers.asking_reasons(db.session, candidate, moment) if part else []
    if form is None and part and not against:
        form = _ask_form(part)
    return render_template(
        "fees/own.html",
        candidate=candidate,
        part=part,
        form=form,
        against=[words_of(reason) for reason in against],
        cashier=gateway.cashier_is_open(),
        now=moment,
    ), status


def _ask_form(part: queries.Part) -> AskForm:
    form = AskForm()
    form.kind.choices = options((kind, kind) for kind in part.plan.waiver_kinds)
    return form


@blueprint.post(f"{ADDRESS}/waiver")
@allow(Role.CADRE)
def ask(candidate_id: uuid.UUID) -> Page:
    """Ask to pay nothing."""
    candidate = _own(candidate_id)
    part = queries.part_of(db.session, candidate)
    if part is None:
        abort(404)
    form = _ask_form(part)
    outcome = handle(form, refusable(lambda: _ask(candidate, form)))
    if outcome.done:
        flash(_("已提交免缴申请，审核结果会通知您。审核期间不会按未缴费处理。"), "success")
        return redirect(url_for("fees.own", candidate_id=candidate_id), 303)
    return _page(_own(candidate_id), form, outcome.status)


def _ask(candidate: Candidate, form: AskForm) -> Waiver:
    upload = form.image.data
    try:
        document = store_image(
            db.session, current_user().id, upload.stream.read(MOST_BYTES + 1), upload.filename or ""
        )
    except UploadError as error:
        raise Refusal({"image": str(error)}) from error
    return waivers.ask(
        db.session,
        candidate,
        now(),
        kind=str(form.kind.data),
        document=document,
        explanation=typed(form.explanation),
    )


@blueprint.get(f"{ADDRESS}/waiver/<uuid:waiver_id>/image")
@allow(Role.CADRE)
def own_evidence(candidate_id: uuid.UUID, waiver_id: uuid.UUID) -> Response:
    """The evidence that one handed in oneself."""
    candidate = _own(candidate_id)
    waiver = db.session.get(Waiver, waiver_id)
    if waiver is None or waiver.user_id != candidate.owner_id or not path_of(waiver.document_id).is_file():
        abort(404)
    return serve(waiver.document)


@blueprint.post(f"{ADDRESS}/cashier")
@allow(Role.CADRE)
def cashier(candidate_id: uuid.UUID) -> Page:
    """Pay at the pretend cashier, which tells of it by a signed message as a bank would; demo only."""
    candidate = _own(candidate_id)
    part = queries.part_of(db.session, candidate)
    if not gateway.cashier_is_open() or part is None:
        abort(404)
    paid = gateway.pretend_to_pay(db.session, candidate, part.plan.amount, now())
    db.session.commit()
    if paid.outcome == "counted":
        flash(_("演示收银台已收款，缴费已确认。"), "success")
    else:
        flash(_("演示收银台已收款，但没有确认。请看下面的缴费记录。"), "warning")
    return redirect(url_for("fees.own", candidate_id=candidate_id), 303)
