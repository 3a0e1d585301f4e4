"""The offices' pages of the medical: the list, one candidate's results, and the plan."""

import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, cast

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from recruitment.calls.models import Call
from recruitment.calls.views.base import may_change, refusable
from recruitment.candidates import desk, listing
from recruitment.candidates.forms import ReasonForm, apart, state_labels
from recruitment.candidates.models import Candidate
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import handle
from recruitment.medical import notices as notices  # tells the facts of its notices when read
from recruitment.medical import operations, queries
from recruitment.medical.forms import OUTCOMES, PlanForm, ResultForm, TermsForm, plannable
from recruitment.medical.imports import OFFICE
from recruitment.medical.models import MedicalResult, Outcome
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.web import stages

blueprint = Blueprint("medical", __name__, url_prefix="/admin/calls/<slug>/medical")
Page = str | Response | tuple[str, int]

READERS = (*OFFICE, Role.PROVINCE_REVIEWER, Role.SUPERVISOR)
TONES = {"medical": "info", "medical_retest": "warn", "medical_failed": "bad"}
BESIDE = {"item": "item", "outcome": "outcome", "examined_on": "examined_on", "reason_missing": "reason"}


@blueprint.get("/")
@stages.of_call(_l("体检"), 70)
@allow(*READERS)
def index(slug: str) -> Page:
    """Who is in the medical, and how far."""
    call = desk.call_or_404(slug)
    form, chosen = desk.chosen(call, READERS, queries.STATES, request.args)
    after = desk.after()
    page = listing.page(db.session, chosen, after)
    return render_template(
        "medical/index.html",
        call=call,
        form=form,
        page=page,
        after=after,
        latest=queries.latest(db.session, [row.id for row in page.rows]),
        counts=listing.counts(db.session, chosen),
        narrowed={field.name: field.data for field in form if field.data},
        states=state_labels(),
        tones=TONES,
        outcomes=OUTCOMES,
        may_enter=bool(desk.areas(*OFFICE)),
    )


@blueprint.route("/<uuid:candidate_id>", methods=["GET", "POST"])
@allow(*OFFICE)
def enter(slug: str, candidate_id: uuid.UUID) -> Page:
    """One candidate's results, and the form for the next."""
    candidate = _candidate(slug, candidate_id)
    form = _result_form(candidate)
    if request.method == "POST":
        version, key = desk.sent()
        outcome = handle(
            form,
            refusable(
                lambda: operations.enter_result(
                    db.session,
                    candidate,
                    current_user(),
                    now(),
                    outcome=Outcome(form.outcome.data),
                    item=form.item.data or None,
                    examined_on=cast(date, form.examined_on.data),
                    expected_version=version,
                    key=key,
                ),
                BESIDE,
            ),
        )
        if outcome.done:
            flash(_("已登记%(name)s的体检结果，通知随后发出。", name=candidate.owner.name), "success")
            return redirect(url_for("medical.index", slug=slug), 303)
        return _page(slug, candidate_id, form=form, status=outcome.status)
    return _page(slug, candidate_id, form=form)


@blueprint.post("/<uuid:candidate_id>/reveal")
@allow(*OFFICE)
def reveal(slug: str, candidate_id: uuid.UUID) -> Page:
    """The items that were not met, shown once and on record."""
    candidate = _candidate(slug, candidate_id)
    return _act(
        slug,
        candidate_id,
        "reveal",
        lambda reason: operations.reveal(db.session, candidate, current_user(), now(), reason),
    )


@blueprint.post("/<uuid:candidate_id>/order-retest")
@allow(*OFFICE)
def order_retest(slug: str, candidate_id: uuid.UUID) -> Page:
    """The office orders the re-exam."""
    candidate = _candidate(slug, candidate_id)
    version, key = desk.sent()
    return _act(
        slug,
        candidate_id,
        "order",
        lambda reason: operations.order_retest(
            db.session,
            candidate,
            current_user().actor(),
            now(),
            reason=reason,
            expected_version=version,
            key=key,
        ),
    )


def _candidate(slug: str, candidate_id: uuid.UUID) -> Candidate:
    found = desk.candidate_or_404(desk.call_or_404(slug), candidate_id, OFFICE)
    if found.state not in queries.STATES and not queries.results(db.session, found.id):
        abort(404)
    return found


def _result_form(candidate: Candidate) -> ResultForm:
    form = ResultForm.open(f"medical:{candidate.id}:{candidate.state_version}")
    form.offer(list(queries.terms(db.session, candidate.call_id).items), candidate.state == "medical_retest")
    return form


def _reason_form(name: str, sent: bool) -> ReasonForm:
    return apart(ReasonForm(formdata=request.form if sent else None), name)


def _act(slug: str, candidate_id: uuid.UUID, name: str, act: Callable[[str], Any]) -> Page:
    form = _reason_form(name, sent=True)
    outcome = handle(form, refusable(lambda: act(str(form.reason.data)), BESIDE))
    if outcome.done and name == "reveal":
        return _page(slug, candidate_id, revealed=outcome.result)
    if outcome.done:
        flash(_("已安排复检，通知随后发出。"), "success")
        return redirect(url_for("medical.enter", slug=slug, candidate_id=candidate_id), 303)
    return _page(slug, candidate_id, acts={name: form}, status=outcome.status)


def _page(
    slug: str,
    candidate_id: uuid.UUID,
    *,
    form: ResultForm | None = None,
    acts: dict[str, ReasonForm] | None = None,
    revealed: list[MedicalResult] | None = None,
    status: int = 200,
) -> tuple[str, int]:
    candidate = _candidate(slug, candidate_id)
    done = queries.results(db.session, candidate.id)
    waits = candidate.state == "medical" and bool(done)
    return render_template(
        "medical/candidate.html",
        call=candidate.call,
        candidate=candidate,
        form=form or _result_form(candidate),
        acts={name: _reason_form(name, sent=False) for name in ("reveal", "order")} | (acts or {}),
        results=done,
        revealed=revealed,
        waits=waits,
        open=candidate.state in ("medical", "medical_retest") and not waits,
        plan=queries.plan_for(db.session, candidate.call_id, candidate.area_code),
        states=state_labels(),
        tones=TONES,
        outcomes=OUTCOMES,
        key=uuid.uuid4().hex,
    ), status


# The plan


@blueprint.get("/plan")
@allow(*OFFICE)
def plan(slug: str) -> Page:
    """When and where, and within how many days a re-exam may be asked for."""
    return _plan_page(desk.call_or_404(slug))


@blueprint.post("/plan")
@allow(*OFFICE)
def set_plan(slug: str) -> Page:
    """Set the plan of an area."""
    call = desk.call_or_404(slug)
    form = _plan_form(call)
    outcome = handle(
        form,
        lambda: operations.set_plan(
            db.session,
            call,
            area_code=form.area_code.data,
            reports_at=cast(datetime, form.reports_at.data),
            hospital=str(form.hospital.data).strip(),
            address=str(form.address.data).strip(),
            note=(form.note.data or "").strip(),
        ),
    )
    if outcome.done:
        flash(_("已保存体检安排。"), "success")
        return redirect(url_for("medical.plan", slug=slug), 303)
    return _plan_page(call, plan_form=form, status=outcome.status)


@blueprint.post("/plan/<area_code>/drop")
@allow(*OFFICE)
def drop_plan(slug: str, area_code: str) -> Page:
    """Take the plan of an area back."""
    call = desk.call_or_404(slug)
    if area_code not in plannable(desk.areas(*OFFICE)):
        abort(404)
    operations.drop_plan(db.session, call, area_code)
    db.session.commit()
    flash(_("已删除这条体检安排。"), "success")
    return redirect(url_for("medical.plan", slug=slug), 303)


@blueprint.post("/terms")
@allow(Role.ADMIN)
def set_terms(slug: str) -> Page:
    """Set how the call holds its medicals."""
    call = desk.call_or_404(slug)
    if not may_change(call):
        abort(403)
    form = _terms_form(call)
    outcome = handle(
        form,
        refusable(
            lambda: operations.set_terms(
                db.session,
                call,
                current_user(),
                now(),
                retest_days=form.retest_days.data or 0,
                items=form.lines(),
            ),
            {"items": "items"},
        ),
    )
    if outcome.done:
        flash(_("已保存。"), "success")
        return redirect(url_for("medical.plan", slug=slug), 303)
    return _plan_page(call, terms_form=form, status=outcome.status)


def _plan_form(call: Call) -> PlanForm:
    form = PlanForm.open(f"medical-plan:{call.id}")
    form.offer(desk.areas(*OFFICE))
    return apart(form, "plan")


def _terms_form(call: Call) -> TermsForm:
    terms = queries.terms(db.session, call.id)
    data = {"retest_days": terms.retest_days, "items": "\n".join(terms.items)}
    return apart(TermsForm.open(f"medical-terms:{call.id}", saved_at=terms.updated_at, data=data), "terms")


def _plan_page(
    call: Call,
    *,
    plan_form: PlanForm | None = None,
    terms_form: TermsForm | None = None,
    status: int = 200,
) -> tuple[str, int]:
    return render_template(
        "medical/plan.html",
        call=call,
        plans=queries.plans(db.session, call),
        mine=plannable(desk.areas(*OFFICE)),
        plan_form=plan_form or _plan_form(call),
        terms_form=(terms_form or _terms_form(call)) if may_change(call) else None,
        terms=queries.terms(db.session, call.id),
    ), status
