"""The recheck: the queue of one's own area, one candidate, the decision, and whom to call up."""

import uuid
from typing import Any

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import Length

from recruitment import wording
from recruitment.cadres.summary import summary
from recruitment.calls.models import Position
from recruitment.calls.views.base import refusable
from recruitment.candidates import timeline
from recruitment.candidates.models import Candidate
from recruitment.candidates.queries import within
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import DraftForm, handle, typed
from recruitment.people.access import allow, current_user
from recruitment.people.models import REVIEWERS, Role
from recruitment.selection.models import Stage
from recruitment.selection.recheck import operations, queries, substitution
from recruitment.selection.results.queries import line_of
from recruitment.selection.views.base import READERS as CALL_READERS
from recruitment.selection.views.base import (
    Page,
    blueprint,
    call_to_change,
    call_to_read,
    done_or_refused,
    may_change,
)
from recruitment.web import navigation, stages
from recruitment.workflow import engine
from workflows.terms import Reason

READERS = (*sorted(REVIEWERS), Role.ADMIN, Role.SUPERVISOR)


class DecisionForm(DraftForm):
    """A decision of the recheck; what it needs, the engine says."""

    reason = TextAreaField(
        _l("原因"), [Length(max=1000)], description=_l("考生会看到。请写清楚哪一项不符合，依据哪一条。")
    )


def _areas() -> tuple[str, ...]:
    return tuple(sorted({area for _, area in current_user().jurisdictions(*READERS)}))


def _label(state: str) -> str:
    return wording.label(engine().flows["candidate"].latest.states[state].label)


def _call_id(calls: list[Any]) -> uuid.UUID | None:
    """The call that the address names, of those that are offered."""
    slug = request.args.get("call", "")
    return next((call.id for call in calls if call.slug == slug), None)


@blueprint.get("/recheck/")
@navigation.entry(_l("资格复审"), 22, section="selection.recheck")
@allow(*READERS)
def recheck_queue() -> Page:
    areas = _areas()
    calls = queries.calls(db.session, areas)
    call_id = _call_id(calls)
    state = request.args.get("state", "shortlisted")
    if state not in queries.STATES:
        state = "shortlisted"
    page = queries.queue(
        db.session, queries.QueueFilter(areas, call_id, state), request.args.get("after", "")
    )
    return render_template(
        "selection/recheck_queue.html",
        page=page,
        calls=calls,
        slug=request.args.get("call", "") if call_id else "",
        state=state,
        states=[(name, _label(name)) for name in queries.STATES],
        counts=queries.counts(db.session, areas, call_id),
    )


def _find(candidate_id: uuid.UUID) -> Candidate:
    found = queries.find(db.session, _areas(), candidate_id)
    if found is None:
        abort(404)
    return found


@blueprint.get("/recheck/<uuid:candidate_id>")
@allow(*READERS)
def recheck_show(candidate_id: uuid.UUID) -> Page:
    return _page(_find(candidate_id))


def _offers(candidate: Candidate) -> dict[str, tuple[str, tuple[Reason, ...]]]:
    """What the person may do: trigger → its label and what speaks against it. Nothing for who only reads."""
    if not current_user().roles & {Role.COUNTY_REVIEWER, Role.ADMIN}:
        return {}
    found = engine().available(db.session, current_user().actor(), [candidate], now())[candidate.id]
    return {
        item.trigger: (wording.label(item.label), item.reasons)
        for item in found
        if item.trigger in operations.DECISIONS
        and not {reason.code for reason in item.reasons} & {"not_allowed", "outside_area"}
    }


def _page(
    candidate: Candidate, attempt: str = "", form: DecisionForm | None = None, status: int = 200
) -> tuple[str, int]:
    forms = {}
    # A form that was not the one sent shows its draft alone, or on a POST nothing.
    unsent = {"formdata": None} if request.method == "POST" else {}
    offers = _offers(candidate)
    for trigger in offers:
        if operations.DECISIONS[trigger]:
            forms[trigger] = form if form and trigger == attempt else _form(candidate, trigger, **unsent)
            forms[trigger].reason.id = forms[trigger].reason.label.field_id = f"reason-{trigger}"
    return render_template(
        "selection/recheck_show.html",
        candidate=candidate,
        owner=candidate.owner,
        standing=timeline.standing(candidate),
        sections=summary(candidate.application.form or {}),
        line=line_of(db.session, candidate, Stage.WRITTEN),
        offers=offers,
        forms=forms,
        attempt=attempt,
        form=form,
        steps=timeline.for_cadre(db.session, candidate),
    ), status


def _form(candidate: Candidate, trigger: str, **kwargs: Any) -> DecisionForm:
    return DecisionForm.open(f"recheck:{candidate.id}:{trigger}", saved_at=candidate.state_since, **kwargs)


@blueprint.post("/recheck/<uuid:candidate_id>/<trigger>")
@allow(Role.COUNTY_REVIEWER, Role.ADMIN)
def recheck_decide(candidate_id: uuid.UUID, trigger: str) -> Page:
    candidate = _find(candidate_id)
    if trigger not in operations.DECISIONS:
        abort(404)
    form = _form(candidate, trigger)
    version = request.form.get("version", type=int)
    outcome = handle(
        form,
        refusable(
            lambda: operations.decide(
                db.session,
                candidate,
                trigger,
                current_user(),
                now(),
                reason=typed(form.reason),
                expected_version=version,
            ),
            {"reason_missing": "reason"},
        ),
    )
    if not outcome.done:
        return _page(_find(candidate_id), trigger, form, outcome.status)
    flash(
        _("已%(step)s：%(name)s。", step=wording.label(_step(trigger)), name=candidate.owner.name), "success"
    )
    if request.form.get("from") == "substitutes":
        return redirect(url_for("selection.recheck_substitutes"), 303)
    return redirect(url_for("selection.recheck_queue", call=candidate.call.slug), 303)


def _step(trigger: str) -> str:
    steps = engine().flows["candidate"].latest.transitions.values()
    return next(step.label for step in steps if step.trigger == trigger)


@blueprint.get("/recheck/substitutes")
@allow(*READERS)
def recheck_substitutes() -> Page:
    """Positions where somebody dropped out, and whom the scheme proposes to call up."""
    areas = _areas()
    blocks = []
    for call in queries.calls(db.session, areas):
        here = sa.select(Candidate.position_id).where(Candidate.call_id == call.id, within(areas)).distinct()
        found = substitution.proposals(db.session, call, db.session.scalars(here))
        if not found.vacancies:
            continue
        positions = db.session.scalars(
            sa.select(Position).where(Position.id.in_(found.vacancies)).order_by(Position.code)
        )
        due = queries.named(db.session, list(found.due))
        blocks.append(
            (
                call,
                [
                    (
                        position,
                        found.vacancies[position.id],
                        [row for row in due if row.position_id == position.id],
                    )
                    for position in positions
                ],
                found.due,
            )
        )
    may = bool(current_user().roles & {Role.COUNTY_REVIEWER, Role.ADMIN})
    return render_template("selection/substitutes.html", blocks=blocks, may=may)


@blueprint.get("/admin/calls/<slug>/closing")
@stages.of_call(
    _l("结束未录用的考生"), 110, when=lambda call: call.state in ("exam", "selection", "finished")
)
@allow(*CALL_READERS)
def closing(slug: str) -> Page:
    return _closing(slug)


def _closing(slug: str, refused: tuple[str, ...] = (), status: int = 200) -> tuple[str, int]:
    call = call_to_read(slug)
    found = operations.left_over(db.session, call)
    return render_template(
        "selection/closing.html",
        call=call,
        rows=[(_label(state), len(ids)) for state, ids in found.items()],
        number=sum(map(len, found.values())),
        refused=refused,
        may_change=may_change(call),
    ), status


@blueprint.post("/admin/calls/<slug>/closing")
@allow(Role.ADMIN)
def close_rest(slug: str) -> Page:
    call = call_to_change(slug)
    attempt = done_or_refused(lambda: operations.close(db.session, call, current_user(), now()))
    if not attempt.done:
        return _closing(slug, attempt.refused, 409)
    flash(_("已通知%(number)s名考生。", number=attempt.result), "success")
    return redirect(url_for("selection.closing", slug=slug), 303)
