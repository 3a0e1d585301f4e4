"""Later closing times: for everyone, a county, or a person."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from recruitment.calls import deadlines, operations, queries
from recruitment.calls.forms import ExtensionForm, county_choices
from recruitment.calls.models import Call, Extension
from recruitment.calls.views.base import (
    READERS,
    Page,
    blueprint,
    call_to_change,
    call_to_read,
    may_change,
    refusable,
)
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import Refusal, handle
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role

BESIDE = {"reason_missing": "reason", "not_later": "closes_at", "in_the_past": "closes_at"}


@blueprint.get("/<slug>/extensions")
@allow(*READERS)
def extensions(slug: str) -> Page:
    call = call_to_read(slug)
    return _page(call, _form(call) if may_change(call) else None)


@blueprint.post("/<slug>/extensions")
@allow(Role.ADMIN)
def extend(slug: str) -> Page:
    call = call_to_change(slug)
    form = _form(call)
    outcome = handle(form, refusable(lambda: _extend(call, form), BESIDE))
    if outcome.done:
        flash(_("已延长。"), "success")
        return redirect(url_for("calls.extensions", slug=slug), 303)
    return _page(call, form, outcome.status)


def _form(call: Call) -> ExtensionForm:
    form = ExtensionForm.open(f"extension:{call.id}")
    form.county.choices = county_choices(queries.counties_of(db.session, call), _("请选择"))
    return form


def _extend(call: Call, form: ExtensionForm) -> Extension:
    county = form.county.data if form.scope.data == "county" else None
    person = None
    if form.scope.data == "person":
        person = queries.find_person(db.session, call, form.person.data or "")
        if person is None:
            raise Refusal({"person": _("没有找到这个人。请核对身份证号，或者填写本次招考的回执号。")})
    closes_at: Any = form.closes_at.data
    return operations.extend(
        db.session,
        call,
        current_user().actor(),
        now(),
        closes_at=closes_at,
        reason=str(form.reason.data),
        county_code=county,
        user_id=person.id if person else None,
    )


def _page(call: Call, form: ExtensionForm | None, status: int = 200) -> tuple[str, int]:
    return render_template(
        "calls/extensions.html",
        call=call,
        form=form if call.state in operations.EXTENDABLE else None,
        rows=queries.extensions(db.session, call),
        closes_at=deadlines.closes_at(db.session, call, None, None),
        may_change=may_change(call),
    ), status
