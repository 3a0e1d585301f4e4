"""How a call makes an order of marks: the scheme, chosen from a preset and edited as checked text."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from recruitment.calls.models import Call
from recruitment.calls.views.base import refusable
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import handle, typed
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.selection import plans
from recruitment.selection.forms import PlanForm
from recruitment.selection.presets import PRESETS
from recruitment.selection.scheme import Scheme, SchemeError, load_scheme
from recruitment.selection.views.base import Page, blueprint, call_to_change
from recruitment.web import stages


@blueprint.route("/admin/calls/<slug>/scheme", methods=["GET", "POST"])
@stages.of_call(_l("成绩方案"), 38)
@allow(Role.ADMIN)
def scheme(slug: str) -> Page:
    call = call_to_change(slug)
    plan = plans.plan_of(db.session, call)
    form = PlanForm.open(f"plan:{call.id}", saved_at=plan.changed_at, data=_data(plan))
    if "load" in request.form and form.preset.data in PRESETS:
        form.scheme.data = PRESETS[form.preset.data].toml
        form.scheme.raw_data = None
        return _page(call, form, 200)
    outcome = handle(
        form,
        refusable(
            lambda: _save(call, form),
            {"scheme_locked": "scheme", "subjects_locked": "scheme"},
        ),
    )
    if outcome.done:
        flash(_("已保存。"), "success")
        return redirect(url_for("selection.scheme", slug=slug), 303)
    return _page(call, form, outcome.status)


def _save(call: Call, form: PlanForm) -> Any:
    return plans.save(
        db.session,
        call,
        current_user(),
        now(),
        scheme=_text(typed(form.scheme)),
        bonuses=form.rules(),
        bonus_proof_by=form.bonus_proof_by.data,
        query_opens_at=form.query_opens_at.data,
        query_closes_at=form.query_closes_at.data,
        consent_hours=form.consent_hours.data or 0,
    )


def _text(value: str) -> str:
    """As a file would hold it: browsers send line ends of their own."""
    return value.replace("\r\n", "\n").rstrip() + "\n"


def _data(plan: Any) -> dict[str, Any]:
    return {
        "scheme": plan.scheme,
        "bonuses": plan.bonus_rules,
        "bonus_proof_by": plan.bonus_proof_by,
        "query_opens_at": plan.query_opens_at,
        "query_closes_at": plan.query_closes_at,
        "consent_hours": plan.consent_hours,
    }


def _page(call: Call, form: PlanForm, status: int) -> Page:
    read: Scheme | None = None
    try:
        read = load_scheme(form.scheme.data or "")
    except SchemeError:
        read = None
    return (
        render_template(
            "selection/scheme.html",
            call=call,
            form=form,
            read=read,
            locked=plans.published(db.session, call.id, "written") is not None,
        ),
        status,
    )
