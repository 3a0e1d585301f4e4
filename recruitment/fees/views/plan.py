"""A call's fees: what is asked, opening payment, later deadlines, and where it stands."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from recruitment import wording
from recruitment.calls import queries as calls
from recruitment.calls.forms import county_choices
from recruitment.calls.models import Call
from recruitment.calls.views.base import (
    READERS,
    call_to_change,
    call_to_read,
    may_change,
    refusable,
    words_of,
)
from recruitment.clock import now
from recruitment.database import db
from recruitment.fees import models, operations, queries, tasks
from recruitment.fees.forms import FeeExtensionForm, PlanForm
from recruitment.fees.models import FeeExtension, FeePlan
from recruitment.fees.rules import WAIVER_KINDS
from recruitment.fees.views.base import Page, blueprint
from recruitment.forms import Refusal, handle
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.web import stages
from recruitment.workflow import engine
from workflows.terms import Refused

ADDRESS = "/admin/calls/<slug>/fees"
BESIDE = {"reason_missing": "reason", "not_later": "closes_at", "in_the_past": "closes_at"}


@blueprint.get(ADDRESS)
@stages.of_call(_l("缴费"), 10, when=lambda call: call.state not in ("draft", "cancelled"))
@allow(*READERS)
def overview(slug: str) -> Page:
    """What is asked, and where it stands."""
    return _overview(call_to_read(slug))


def _overview(call: Call, refused: tuple[str, ...] = (), status: int = 200) -> tuple[str, int]:
    moment, plan = now(), queries.plan_of(db.session, call)
    change = may_change(call)
    against = operations.opening_reasons(db.session, call, plan, moment) if change else []
    return render_template(
        "fees/overview.html",
        call=call,
        plan=plan,
        closes_at=operations.closes(db.session, call),
        standing=queries.standing(db.session, call, moment),
        may_change=change,
        against=[words_of(reason) for reason in against],
        refused=refused,
        states={
            name: wording.label(state.label)
            for name, state in engine().flows["candidate"].latest.states.items()
        },
        now=moment,
    ), status


@blueprint.route(f"{ADDRESS}/plan", methods=["GET", "POST"])
@allow(Role.ADMIN)
def plan(slug: str) -> Page:
    """Set what is asked, before payment is opened."""
    call = call_to_change(slug)
    stored = queries.plan_of(db.session, call)
    if stored is not None and stored.opened_at is not None:
        flash(_("缴费已经开始，标准不能再改；需要时可以延长缴费时间。"), "warning")
        return redirect(url_for("fees.overview", slug=slug), 303)
    form = _plan_form(call, stored)
    outcome = handle(
        form,
        refusable(lambda: operations.save_plan(db.session, call, current_user(), form.values())),
    )
    if outcome.done:
        flash(_("已保存。"), "success")
        return redirect(url_for("fees.overview", slug=slug), 303)
    return render_template("fees/plan.html", call=call, form=form), outcome.status


def _plan_form(call: Call, stored: FeePlan | None) -> PlanForm:
    given: dict[str, Any] = {
        "per_subject": models.PER_SUBJECT,
        "subjects": models.SUBJECTS,
        "interview": models.INTERVIEW,
        "late_hours": models.LATE_HOURS,
        "settle_hours": models.SETTLE_HOURS,
    }
    if stored:
        given = {name: getattr(stored, name) for name in given}
    given["waiver_kinds"] = "\n".join(stored.waiver_kinds if stored else WAIVER_KINDS)
    given["closes_at"] = stored.closes_at if stored else None
    given["instructions"] = stored.instructions if stored else ""
    return PlanForm.open(f"fee-plan:{call.id}", data=given)


@blueprint.post(f"{ADDRESS}/open")
@allow(Role.ADMIN)
def open_payment(slug: str) -> Page:
    """Ask the qualified to pay."""
    call = call_to_change(slug)
    try:
        operations.open_payment(db.session, call, current_user(), now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        reasons = tuple(words_of(reason) for reason in refused.reasons)
        return _overview(call_to_read(slug), reasons, 409)
    tasks.queue(call.id)
    flash(_("已开始缴费。系统正在逐个通知资格初审合格的人，人多时要几分钟。"), "success")
    return redirect(url_for("fees.overview", slug=slug), 303)


@blueprint.get(f"{ADDRESS}/extensions")
@allow(*READERS)
def extensions(slug: str) -> Page:
    call = call_to_read(slug)
    return _extensions(call, _extension_form(call) if may_change(call) else None)


@blueprint.post(f"{ADDRESS}/extensions")
@allow(Role.ADMIN)
def extend(slug: str) -> Page:
    """Let payment end later."""
    call = call_to_change(slug)
    form = _extension_form(call)
    outcome = handle(form, refusable(lambda: _extend(call, form), BESIDE))
    if outcome.done:
        flash(_("已延长。"), "success")
        return redirect(url_for("fees.extensions", slug=slug), 303)
    return _extensions(call, form, outcome.status)


def _extension_form(call: Call) -> FeeExtensionForm:
    form = FeeExtensionForm.open(f"fee-extension:{call.id}")
    form.county.choices = county_choices(calls.counties_of(db.session, call), _("请选择"))
    return form


def _extend(call: Call, form: FeeExtensionForm) -> FeeExtension:
    person = None
    if form.scope.data == "person":
        person = calls.find_person(db.session, call, form.person.data or "")
        if person is None:
            raise Refusal({"person": _("没有找到这个人。请核对身份证号，或者填写本次招考的回执号。")})
    closes_at: Any = form.closes_at.data
    return operations.extend(
        db.session,
        call,
        current_user(),
        now(),
        closes_at=closes_at,
        reason=str(form.reason.data),
        county_code=form.county.data if form.scope.data == "county" else None,
        user_id=person.id if person else None,
    )


def _extensions(call: Call, form: FeeExtensionForm | None, status: int = 200) -> tuple[str, int]:
    stored = queries.plan_of(db.session, call)
    return render_template(
        "fees/extensions.html",
        call=call,
        form=form if stored is not None and stored.opened_at is not None else None,
        rows=queries.extensions(db.session, call),
        closes_at=operations.closes(db.session, call),
    ), status
