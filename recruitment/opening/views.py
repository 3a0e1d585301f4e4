"""The proposal page: what the ratio makes of each position, confirmed in one step."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

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
from recruitment.forms import handle
from recruitment.opening import facts, operations, queries
from recruitment.opening.forms import DecideForm, RatioForm
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.web import stages

__all__ = ["blueprint", "facts"]
blueprint = Blueprint("opening", __name__, url_prefix="/admin/calls/<slug>/opening")
Page = str | Response | tuple[str, int]
BESIDE = {"no_window": "rechoice_closes_at", "in_the_past": "rechoice_closes_at"}


@blueprint.get("")
@stages.of_call(_l("开考与核减"), 20, when=lambda call: call.state not in ("draft", "cancelled"))
@allow(*READERS)
def proposal(slug: str) -> Page:
    """What would be done, or what was."""
    return _page(call_to_read(slug))


def _page(
    call: Call, ratio_form: RatioForm | None = None, decide_form: DecideForm | None = None, status: int = 200
) -> tuple[str, int]:
    opening = queries.opening_of(db.session, call)
    proposed = queries.proposal(db.session, call)
    change = may_change(call) and opening.decided_at is None
    against = operations.deciding_reasons(db.session, call, proposed, opening) if change else []
    if decide_form is None:
        decide_form = DecideForm(formdata=None)
    decide_form.token.data = proposed.token
    decide_form.csrf_token.id = "decide-csrf_token"
    return render_template(
        "opening/proposal.html",
        call=call,
        opening=opening,
        proposed=proposed,
        decided=opening.lines or [],
        ratio_form=(ratio_form or RatioForm(formdata=None, obj=opening)) if change else None,
        decide_form=decide_form if change and not against else None,
        against=[words_of(reason) for reason in against],
        refused=decide_form,
    ), status


@blueprint.post("/ratio")
@allow(Role.ADMIN)
def set_ratio(slug: str) -> Page:
    """Set how many must have paid for each opening."""
    call = call_to_change(slug)
    form = RatioForm()

    def save() -> Any:
        return operations.set_ratio(
            db.session,
            call,
            current_user(),
            ratio=form.ratio.data or 0,
            ratio_autonomous=form.ratio_autonomous.data or 0,
        )

    outcome = handle(form, refusable(save))
    if outcome.done:
        flash(_("已保存，方案已按新的比例计算。"), "success")
        return redirect(url_for("opening.proposal", slug=slug), 303)
    return _page(call_to_read(slug), ratio_form=form, status=outcome.status)


@blueprint.post("/decide")
@allow(Role.ADMIN)
def decide(slug: str) -> Page:
    """Confirm the proposal."""
    call = call_to_change(slug)
    form = DecideForm()

    def save() -> Any:
        return operations.decide(
            db.session,
            call,
            current_user(),
            now(),
            token=form.token.data or "",
            rechoice_closes_at=form.rechoice_closes_at.data,
        )

    outcome = handle(form, refusable(save, BESIDE))
    if outcome.done:
        flash(_("已确认。职位取消的人会收到通知，可以在规定时间内改报。"), "success")
        return redirect(url_for("opening.proposal", slug=slug), 303)
    return _page(call_to_read(slug), decide_form=form, status=outcome.status)
