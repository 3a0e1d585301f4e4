"""The county's answers to those who ask to pay nothing."""

import uuid

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from recruitment.calls.views.base import refusable
from recruitment.candidates.models import Candidate
from recruitment.clock import now
from recruitment.database import db
from recruitment.fees import queries
from recruitment.fees import waivers as operations
from recruitment.fees.forms import AnswerForm
from recruitment.fees.models import Waiver
from recruitment.fees.views.base import Page, blueprint
from recruitment.forms import handle, typed
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.people.uploads import path_of, serve
from recruitment.web import navigation

DECIDERS = (Role.COUNTY_REVIEWER, Role.ADMIN)
READERS = (*DECIDERS, Role.SUPERVISOR)
ADDRESS = "/fees/waivers"
BESIDE = {"reason_missing": "reason"}


def _areas(*roles: Role) -> tuple[str, ...]:
    return tuple(dict.fromkeys(area for _role, area in current_user().jurisdictions(*roles)))


@blueprint.get(ADDRESS)
@navigation.entry(_l("免缴审核"), 28, section="fees.waiver")
@allow(*READERS)
def waiver_queue() -> Page:
    """Who waits for an answer in one's own area, the longest wait first."""
    return render_template(
        "fees/waivers.html", rows=queries.waiver_queue(db.session, _areas(*READERS)), now=now()
    )


def _find(waiver_id: uuid.UUID) -> tuple[Waiver, Candidate]:
    found = queries.waiver_of(db.session, _areas(*READERS), waiver_id)
    if found is None:
        abort(404)
    return found


@blueprint.get(f"{ADDRESS}/<uuid:waiver_id>")
@allow(*READERS)
def waiver(waiver_id: uuid.UUID) -> Page:
    """One request with its evidence."""
    return _page(*_find(waiver_id))


def _page(
    shown: Waiver, candidate: Candidate, form: AnswerForm | None = None, status: int = 200
) -> tuple[str, int]:
    user = current_user()
    may_decide = any(user.may(role, candidate.area_code) for role in DECIDERS)
    if form is None and may_decide and shown.decision is None:
        form = AnswerForm.open(f"waiver:{shown.id}")
    return render_template("fees/waiver.html", waiver=shown, candidate=candidate, form=form), status


@blueprint.post(f"{ADDRESS}/<uuid:waiver_id>")
@allow(*DECIDERS)
def answer(waiver_id: uuid.UUID) -> Page:
    """Grant or refuse."""
    shown, _candidate = _find(waiver_id)
    form = AnswerForm.open(f"waiver:{shown.id}")
    outcome = handle(
        form,
        refusable(
            lambda: operations.decide(
                db.session,
                shown,
                current_user(),
                now(),
                granted=form.decision.data == "granted",
                reason=typed(form.reason),
            ),
            BESIDE,
        ),
    )
    if outcome.done:
        flash(_("已处理，并通知本人。"), "success")
        return redirect(url_for("fees.waiver_queue"), 303)
    return _page(*_find(waiver_id), form, outcome.status)


@blueprint.get(f"{ADDRESS}/<uuid:waiver_id>/image")
@allow(*READERS)
def waiver_evidence(waiver_id: uuid.UUID) -> Response:
    """The evidence."""
    shown, _candidate = _find(waiver_id)
    if not path_of(shown.document_id).is_file():
        abort(404)
    return serve(shown.document)
