"""The list of calls, one call with its next steps, and the form that sets it up."""

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from recruitment import wording
from recruitment.areas.catalogue import PROVINCE_CODE
from recruitment.calls import conditions, deadlines, operations, queries
from recruitment.calls.call_form import CallForm
from recruitment.calls.forms import StepForm
from recruitment.calls.models import Call
from recruitment.calls.rules import parameters_of
from recruitment.calls.views.base import (
    READERS,
    Page,
    blueprint,
    call_to_change,
    call_to_read,
    may_change,
    refusable,
    words_of,
)
from recruitment.clock import now, today
from recruitment.database import db
from recruitment.eligibility.parameters import Parameters
from recruitment.forms import handle
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.web import navigation
from recruitment.workflow import engine
from workflows.terms import Refused

SLUG_TAKEN = {"uq_call_slug": ("slug", _l("已经有一次招考用了这个名称，请换一个。"))}
# Registration is opened again by extending it: without a later closing time it would close at once.
NOT_OFFERED = frozenset({"reopen_registration"})
# Not worth a word on the page: who may not do it at all is not told about it.
SILENT = frozenset({"not_allowed", "outside_area", "not_yours"})
GRAVE = frozenset({"cancel", "withdraw_notice"})


@dataclass(frozen=True, slots=True)
class Offer:
    """A step as the page offers it.

    Attributes:
        reasons: why it cannot be taken now; none if it can.
        form: asks for the reason of a step that needs one.
        refused: why an attempt just now did not succeed.
    """

    trigger: str
    label: str
    grave: bool
    reasons: tuple[str, ...]
    form: StepForm | None
    refused: tuple[str, ...] = ()


@blueprint.get("/")
@navigation.entry(_l("招考管理"), 10, section="calls.", beneath="/admin/calls/")
@allow(*READERS)
def index() -> Page:
    """Every call, the latest first."""
    return render_template(
        "calls/index.html",
        calls=queries.every_call(db.session),
        may_create=current_user().may(Role.ADMIN, PROVINCE_CODE),
    )


@blueprint.get("/<slug>")
@allow(*READERS)
def show(slug: str) -> Page:
    return _page(call_to_read(slug))


def _page(call: Call, attempt: str = "", refused: tuple[str, ...] = (), status: int = 200) -> tuple[str, int]:
    """One call.

    Args:
        attempt: the step that was tried and refused just now.
    """
    parameters = parameters_of(call)
    positions, openings = queries.totals(db.session, queries.PositionFilter(call.id))
    return render_template(
        "calls/show.html",
        call=call,
        may_change=may_change(call),
        offers=_offers(call, attempt, refused),
        bands=conditions.bands(parameters),
        changed=_changed(parameters),
        positions=positions,
        openings=openings,
        closes_at=deadlines.closes_at(db.session, call, None, None),
        extendable=call.state in operations.EXTENDABLE,
        history=queries.history(db.session, call),
    ), status


def _offers(call: Call, attempt: str, refused: tuple[str, ...]) -> list[Offer]:
    if not may_change(call):
        return []
    available = engine().available(db.session, current_user().actor(), [call], now())[call.id]
    offers = []
    for step in available:
        if step.trigger in NOT_OFFERED or SILENT & {reason.code for reason in step.reasons}:
            continue
        tried = step.trigger == attempt
        form = None
        if step.form == "reason":
            form = StepForm(formdata=request.form if tried else None)
            # Several of these forms stand on one page.
            form.reason.id = form.reason.label.field_id = f"reason-{step.trigger}"
        offers.append(
            Offer(
                trigger=step.trigger,
                label=wording.label(step.label),
                grave=step.trigger in GRAVE,
                reasons=tuple(words_of(reason) for reason in step.reasons),
                form=form,
                refused=refused if tried else (),
            )
        )
    return offers


def _changed(parameters: Parameters) -> list[tuple[str, str, str, str]]:
    """What the call sets for itself: name, value, reason, source."""
    rules = conditions.rule_set(parameters)
    return [
        (
            wording.label(parameters.words[path]),
            conditions.value_words(rules[path].kind, value.value, rules[path].unit),
            value.reason,
            value.citation.document,
        )
        for path, value in parameters.values.items()
        if value.reason is not None
    ]


@blueprint.post("/<slug>/<trigger>")
@allow(Role.ADMIN)
def step(slug: str, trigger: str) -> Page:
    """Take the call one step on."""
    call = call_to_change(slug)
    known = {item.trigger: item for item in queries.definition().transitions.values()}
    if trigger not in known or trigger in NOT_OFFERED | {"start"}:
        abort(404)
    reason = request.form.get("reason", "") if known[trigger].form == "reason" else None
    try:
        operations.advance(
            db.session,
            call,
            trigger,
            current_user().actor(),
            now(),
            reason=reason,
            expected_version=request.form.get("version", type=int),
        )
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        reasons = tuple(words_of(reason) for reason in refused.reasons)
        return _page(call_to_read(slug), trigger, reasons, 409)
    flash(_("已%(step)s。", step=wording.label(known[trigger].label)), "success")
    return redirect(url_for("calls.show", slug=slug), 303)


@blueprint.route("/new", methods=["GET", "POST"])
@allow(Role.ADMIN)
def create() -> Page:
    """Set up a call."""
    form = CallForm.of(None, "", today())
    if "preview" not in request.form:
        outcome = handle(
            form,
            refusable(lambda: operations.create(db.session, current_user().actor(), now(), **form.values())),
            SLUG_TAKEN,
        )
        if outcome.done:
            flash(_("已保存。接着导入职位表。"), "success")
            return redirect(url_for("calls.show", slug=outcome.result.slug), 303)
        return _form_page(form, None, outcome.status)
    return _form_page(form, None, 200 if form.validate() else 422)


@blueprint.route("/<slug>/edit", methods=["GET", "POST"])
@allow(Role.ADMIN)
def edit(slug: str) -> Page:
    """Change a call that has not been published."""
    call = call_to_change(slug)
    if call.state != "draft" and request.method != "POST":
        flash(_("公告已经发布，不能再修改；需要时可以延长报名时间。"), "warning")
        return redirect(url_for("calls.show", slug=slug), 303)
    form = CallForm.of(call, operations.fingerprint(call), today())
    if "preview" not in request.form:
        outcome = handle(
            form,
            refusable(
                lambda: operations.revise(
                    db.session,
                    call,
                    current_user().actor(),
                    form.values(),
                    expected_fingerprint=form.basis.data,
                )
            ),
            SLUG_TAKEN,
        )
        if outcome.done:
            flash(_("已保存。"), "success")
            return redirect(url_for("calls.show", slug=form.slug.data), 303)
        return _form_page(form, slug, outcome.status)
    return _form_page(form, slug, 200 if form.validate() else 422)


def _form_page(form: CallForm, slug: str | None, status: int) -> tuple[str, int]:
    parameters = form.preview()
    return render_template(
        "calls/edit.html",
        form=form,
        slug=slug,
        bands=conditions.bands(parameters) if parameters else [],
        reference_date=parameters.reference_date if parameters else None,
    ), status
