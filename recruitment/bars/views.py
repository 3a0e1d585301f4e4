"""The register of bars, and the violations of a call."""

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from recruitment.bars import operations, queries
from recruitment.bars.forms import BarForm, RevokeForm, SearchForm, ViolationForm
from recruitment.bars.imports import LIST
from recruitment.bars.models import Bar
from recruitment.bars.table import Entry
from recruitment.bars.words import CONSEQUENCES, KINDS, STATUS
from recruitment.calls import queries as calls
from recruitment.calls.models import Call
from recruitment.calls.views.base import READERS as CALL_READERS
from recruitment.calls.views.base import call_to_change, call_to_read, may_change, refusable
from recruitment.candidates.forms import apart
from recruitment.clock import now, today
from recruitment.database import db
from recruitment.exam.attendance import incident_of
from recruitment.exam.incidents import KINDS as INCIDENT_KINDS
from recruitment.exam.incidents import PROPOSED
from recruitment.exam.models import Incident
from recruitment.forms import Refusal, handle, options, typed
from recruitment.lists.pages import register as register_import
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.web import navigation, stages

blueprint = Blueprint("bars", __name__)
Page = str | Response | tuple[str, int]
KEEPERS = operations.KEEPERS
READERS = (*KEEPERS, Role.SUPERVISOR)


@blueprint.app_context_processor
def _helpers() -> dict[str, Any]:
    return {
        "bar_kinds": KINDS,
        "bar_status": lambda bar: STATUS[queries.status(bar, today())],
        "violation_consequences": CONSEQUENCES,
    }


@blueprint.get("/admin/bars")
@navigation.entry(_l("禁考名单"), 40, section="bars.")
@allow(*READERS)
def register() -> Page:
    """The register, the latest first."""
    return _register(SearchForm(formdata=None))


def _register(form: SearchForm, found: list[Bar] | None = None, status: int = 200) -> tuple[str, int]:
    after = request.args.get("after", "")
    try:
        page = queries.page(db.session, after)
    except ValueError:
        abort(404)
    return render_template(
        "bars/register.html",
        form=form if current_user().roles & set(KEEPERS) else None,
        found=found,
        page=page,
        after=after,
        may_keep=operations.may_keep(current_user()),
    ), status


@blueprint.post("/admin/bars")
@allow(*KEEPERS)
def search() -> Page:
    """By ID number, which then stands in no address; that somebody looked is recorded."""
    form = SearchForm()
    if not form.validate():
        return _register(form, status=422)
    found = queries.of_number(db.session, form.id_number.number.value)
    operations.searched(db.session, current_user(), now(), len(found))
    db.session.commit()
    return _register(form, found)


@blueprint.route("/admin/bars/new", methods=["GET", "POST"])
@allow(*KEEPERS)
def enter() -> Page:
    """Make one entry."""
    _keeper()
    form = BarForm.open("bar:new")
    outcome = handle(form, refusable(lambda: _enter(form)))
    if outcome.done:
        if outcome.result.new:
            flash(_("已列入禁考名单。"), "success")
        else:
            flash(_("名单里已有这个人的同一决定，没有重复列入。"), "info")
        return redirect(url_for("bars.register"), 303)
    return render_template("bars/new.html", form=form), outcome.status


def _keeper() -> None:
    if not operations.may_keep(current_user()):
        abort(403)


def _enter(form: BarForm) -> operations.Entered:
    starts_on: Any = form.starts_on.data
    entry = Entry(
        typed(form.name),
        form.id_number.number,
        str(form.kind.data),
        typed(form.source),
        typed(form.clause),
        starts_on,
        None if form.for_life.data else form.until.data,
    )
    return operations.enter(db.session, [entry], current_user(), now())


def _bar(bar_id: uuid.UUID) -> Bar:
    return db.session.get(Bar, bar_id) or abort(404)


@blueprint.get("/admin/bars/<uuid:bar_id>")
@allow(*READERS)
def show(bar_id: uuid.UUID) -> Page:
    """One entry."""
    return _show(_bar(bar_id), RevokeForm(formdata=None))


def _show(bar: Bar, form: RevokeForm, status: int = 200) -> tuple[str, int]:
    may_revoke = bar.revoked_at is None and operations.may_keep(current_user())
    return render_template("bars/show.html", bar=bar, form=form if may_revoke else None), status


@blueprint.post("/admin/bars/<uuid:bar_id>/revoke")
@allow(*KEEPERS)
def revoke(bar_id: uuid.UUID) -> Page:
    """Take an entry back."""
    bar = _bar(bar_id)
    form = RevokeForm()
    outcome = handle(
        form,
        refusable(
            lambda: operations.revoke(db.session, bar, current_user(), now(), reason=typed(form.reason)),
            {"reason_missing": "reason"},
        ),
    )
    if outcome.done:
        flash(_("已撤销。"), "success")
        return redirect(url_for("bars.show", bar_id=bar_id), 303)
    return _show(_bar(bar_id), form, outcome.status)


register_import(blueprint, LIST)


# Violations of a call


@blueprint.get("/admin/calls/<slug>/violations")
@stages.of_call(_l("违纪违规"), 35, when=lambda call: call.state in ("in_review", "exam", "selection"))
@allow(*CALL_READERS)
def violations(slug: str) -> Page:
    """What was recorded, and the form to record more."""
    call = call_to_read(slug)
    return _violations(call, _form(call, _incident(call)) if may_change(call) else None)


def _incident(call: Call) -> Incident | None:
    """What was noted in the exam room that the address names."""
    try:
        incident_id = uuid.UUID(request.args.get("incident", ""))
    except ValueError:
        return None
    return incident_of(db.session, call.id, incident_id) or abort(404)


def _form(call: Call, incident: Incident | None) -> ViolationForm:
    """The form, filled in as far as an incident says it already."""
    if incident is None:
        form = ViolationForm.open(f"violation:{call.id}")
    else:
        data = {
            "person": incident.candidate.application.receipt_number,
            "consequence": PROPOSED.get(incident.kind),
            "subject": incident.subject.code,
            "kind": "exam_cheating",
            "facts": incident.description,
        }
        form = ViolationForm.open(f"violation:{call.id}:{incident.id}", data=data)
    form.subject.choices = _papers(call)
    return form


def _papers(call: Call) -> list[tuple[str, str]]:
    return options([("", _("不适用")), *queries.papers(db.session, call).items()])


def _violations(
    call: Call,
    form: ViolationForm | None,
    status: int = 200,
    sent: tuple[uuid.UUID, RevokeForm] | None = None,
) -> tuple[str, int]:
    rows = queries.violations(db.session, call)
    incident = _incident(call)
    revoking = {
        violation.id: apart(RevokeForm(formdata=None), str(violation.id))
        for violation, _candidate in rows
        if form and violation.consequence == "paper_zero" and violation.revoked_at is None
    }
    if sent:
        revoking[sent[0]] = apart(sent[1], str(sent[0]))
    return render_template(
        "bars/violations.html",
        call=call,
        form=form,
        rows=rows,
        revoking=revoking,
        papers=queries.papers(db.session, call),
        incident=incident,
        incident_kinds=INCIDENT_KINDS,
        handled=bool(incident and queries.of_incidents(db.session, [incident.id])),
    ), status


@blueprint.post("/admin/calls/<slug>/violations")
@allow(Role.ADMIN)
def record_violation(slug: str) -> Page:
    """Record one."""
    call = call_to_change(slug)
    incident = _incident(call)
    form = _form(call, incident)
    outcome = handle(form, refusable(lambda: _record(call, form, incident), BESIDE))
    if outcome.done:
        flash(_("已登记。"), "success")
        return redirect(url_for("bars.violations", slug=slug), 303)
    return _violations(call, form, outcome.status)


@blueprint.post("/admin/calls/<slug>/violations/<uuid:violation_id>/revoke")
@allow(Role.ADMIN)
def revoke_violation(slug: str, violation_id: uuid.UUID) -> Page:
    """Let a zeroed paper count again."""
    call, form = call_to_change(slug), RevokeForm()
    found = queries.violation_of(db.session, call, violation_id)
    if found is None:
        abort(404)
    outcome = handle(
        form,
        refusable(
            lambda: operations.take_back(
                db.session, call, found, current_user(), now(), reason=typed(form.reason)
            ),
            {"reason_missing": "reason"},
        ),
    )
    if outcome.done:
        flash(_("已撤销。名次需要重新计算。"), "success")
        return redirect(url_for("bars.violations", slug=slug), 303)
    call = call_to_change(slug)
    unsent = ViolationForm.open(f"violation:{call.id}", formdata=None)
    unsent.subject.choices = _papers(call)
    return _violations(call, unsent, outcome.status, (violation_id, form))


BESIDE = {
    "facts_missing": "facts",
    "clause_missing": "clause",
    "subject_missing": "subject",
    "subject_unknown": "subject",
    "recorded_already": "subject",
    "no_id_number": "person",
    "barred_already": "person",
    "incident_of_another": "person",
}


def _record(call: Call, form: ViolationForm, incident: Incident | None) -> Any:
    person = calls.find_person(db.session, call, typed(form.person))
    candidate = queries.find_candidate(db.session, call, person) if person else None
    if candidate is None:
        raise Refusal({"person": _("本次招考的考生中没有这个人。请核对身份证号或回执号。")})
    return operations.record_violation(
        db.session,
        call,
        candidate,
        current_user(),
        now(),
        today(),
        consequence=str(form.consequence.data),
        facts=typed(form.facts),
        clause=typed(form.clause),
        subject=typed(form.subject),
        kind=str(form.kind.data),
        for_life=bool(form.for_life.data),
        incident=incident,
    )
