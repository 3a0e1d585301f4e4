"""Correcting the rules of a published call: propose, look at the difference, confirm; and what reviewers read."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from recruitment.applications.review import READERS as REVIEW_READERS
from recruitment.applications.review import areas as review_areas
from recruitment.applications.review_file import OUTCOMES, VERDICTS, rule_label
from recruitment.applications.review_queue import TONES, state_label
from recruitment.calls.conditions import bands, rule_set, value_words
from recruitment.calls.models import Call
from recruitment.calls.views.base import (
    READERS,
    Page,
    call_to_change,
    call_to_read,
    may_change,
    refusable,
    words_of,
)
from recruitment.clock import now
from recruitment.corrections import operations, queries
from recruitment.corrections.forms import CorrectionForm
from recruitment.corrections.models import Correction, Rejudgement
from recruitment.database import db
from recruitment.eligibility.parameters import Parameters
from recruitment.forms import handle
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.wording import label
from workflows.terms import Refused

blueprint = Blueprint("corrections", __name__)
BESIDE = {"reason_missing": "reason", "source_missing": "source"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One rule, or one published birth date, before and after a correction."""

    name: str
    before: str
    after: str


@blueprint.get("/admin/calls/<slug>/re-evaluate")
@allow(*READERS)
def index(slug: str) -> Page:
    """The form of a correction, and the corrections so far."""
    call = call_to_read(slug)
    return _index(call, _form(call))


@blueprint.post("/admin/calls/<slug>/re-evaluate")
@allow(Role.ADMIN)
def propose(slug: str) -> Page:
    """Judge everybody under the rules as they would be, and show the difference."""
    call = call_to_change(slug)
    form = CorrectionForm.of(call)
    outcome = handle(
        form,
        refusable(
            lambda: operations.propose(
                db.session,
                call,
                current_user().actor(),
                now(),
                parameters=form.parameters(),
                reason=str(form.reason.data),
                source=str(form.source.data),
            ),
            BESIDE,
        ),
    )
    if outcome.done:
        return _to(slug, outcome.result.number)
    return _index(call, form, outcome.status)


def _form(call: Call) -> CorrectionForm | None:
    if not may_change(call) or call.state not in operations.CORRECTABLE:
        return None
    return CorrectionForm.of(call)


def _index(call: Call, form: CorrectionForm | None, status: int = 200) -> tuple[str, int]:
    rows = queries.of_call(db.session, call)
    return render_template(
        "corrections/index.html",
        call=call,
        form=form,
        rows=rows,
        open=next((row for row in rows if row.confirmed_at is None), None),
        bands=bands(Parameters.from_json(call.parameters)),
        differences=_differences,
        may_change=may_change(call),
    ), status


@blueprint.get("/admin/calls/<slug>/re-evaluate/<int:number>")
@allow(*READERS)
def show(slug: str, number: int) -> Page:
    """Who changes from what to what, by which rule."""
    call = call_to_read(slug)
    return _page(call, _correction(call, number))


@blueprint.post("/admin/calls/<slug>/re-evaluate/<int:number>/confirm")
@allow(Role.ADMIN)
def confirm(slug: str, number: int) -> Page:
    """Let exactly what was shown hold, or nothing."""
    call = call_to_change(slug)
    correction = _correction(call, number)
    shown = _shown(correction)

    def act() -> None:
        operations.confirm(db.session, correction, current_user().actor(), now(), judged_at=shown)

    return _act(slug, number, act, _("已更正，新的判定已经保存。"))


@blueprint.post("/admin/calls/<slug>/re-evaluate/<int:number>/again")
@allow(Role.ADMIN)
def again(slug: str, number: int) -> Page:
    """Judge everybody once more."""
    correction = _correction(call_to_change(slug), number)

    def act() -> None:
        operations.judge_again(db.session, correction, current_user().actor(), now())

    return _act(slug, number, act, _("已重新试算，请核对。"))


@blueprint.post("/admin/calls/<slug>/re-evaluate/<int:number>/discard")
@allow(Role.ADMIN)
def discard(slug: str, number: int) -> Page:
    """Give the proposal up."""
    call = call_to_change(slug)
    correction = _correction(call, number)
    _shown(correction)
    try:
        operations.discard(db.session, correction, current_user().actor())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        return _page(call_to_read(slug), _correction(call, number), refused, 409)
    flash(_("已放弃这份更正，招考条件没有改变。"), "info")
    return redirect(url_for("corrections.index", slug=slug), 303)


def _act(slug: str, number: int, act: Any, done: str) -> Page:
    try:
        act()
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        call = call_to_read(slug)
        return _page(call, _correction(call, number), refused, 409)
    flash(done, "success")
    return _to(slug, number)


def _to(slug: str, number: int) -> Response:
    return redirect(url_for("corrections.show", slug=slug, number=number), 303)


def _correction(call: Call, number: int) -> Correction:
    found = queries.find(db.session, call, number)
    if found is None:
        abort(404)
    return found


def _shown(correction: Correction) -> datetime:
    """Which judgement the page showed: of this proposal, not of another one under the same number."""
    try:
        named, shown = (
            uuid.UUID(request.form["correction"]),
            datetime.fromisoformat(request.form["judged_at"]),
        )
    except ValueError:
        abort(400)
    # A proposal that has taken the place of the one on the page was judged at another time.
    return shown if named == correction.id else datetime.min.replace(tzinfo=correction.judged_at.tzinfo)


def _page(
    call: Call, correction: Correction, refused: Refused | None = None, status: int = 200
) -> tuple[str, int]:
    kind = request.args.get("kind", queries.VERDICT)
    before, after = (request.args.get(name, "") for name in ("before", "after"))
    chosen = queries.RejudgementFilter(
        correction.id,
        kind if kind in queries.KINDS else queries.VERDICT,
        before if before in VERDICTS else "",
        after if after in VERDICTS else "",
    )
    try:
        page = queries.page(db.session, chosen, request.args.get("from", ""))
    except ValueError:
        abort(404)
    return render_template(
        "corrections/show.html",
        call=call,
        correction=correction,
        figures=queries.figures(db.session, correction),
        differences=_differences(correction),
        chosen=chosen,
        page=page,
        after=request.args.get("from", ""),
        refused=[words_of(reason) for reason in refused.reasons] if refused else [],
        may_change=may_change(call) and call.state in operations.CORRECTABLE,
    ), status


def _differences(correction: Correction) -> list[Difference]:
    """What the correction changes: values of rules, then the birth dates that people are told."""
    old, new = Parameters.from_json(correction.before), Parameters.from_json(correction.after)
    kinds = rule_set(new)
    found = [
        Difference(
            label(new.words[path]),
            value_words(kinds[path].kind, old[path], kinds[path].unit),
            value_words(kinds[path].kind, new[path], kinds[path].unit),
        )
        for path in new.values
        if old[path] != new[path]
    ]
    found += [
        Difference(_("出生日期：%(who)s", who=after.who), before.born, after.born)
        for before, after in zip(bands(old), bands(new), strict=True)
        if before.limit != after.limit
    ]
    return found


@blueprint.get("/review/corrections")
@allow(*REVIEW_READERS)
def to_look_at() -> Page:
    """Decided applications of one's own area whose verdict a correction of the rules has changed."""
    return render_template("corrections/to_look_at.html", rows=queries.to_look_at(db.session, review_areas()))


def _number_to_look_at() -> int:
    return queries.number_to_look_at(db.session, review_areas())


def _corrections_of(application_id: uuid.UUID) -> list[Rejudgement]:
    return queries.of_application(db.session, application_id)


@blueprint.app_context_processor
def _helpers() -> dict[str, Any]:
    return {
        "verdict_tags": VERDICTS,
        "outcome_words": OUTCOMES,
        "rule_label": rule_label,
        "application_state": state_label,
        "application_tones": TONES,
        "number_to_look_at": _number_to_look_at,
        "corrections_of": _corrections_of,
    }
