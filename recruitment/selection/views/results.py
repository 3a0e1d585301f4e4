"""The ranking of a call: compute, look over by position, publish, withdraw."""

import uuid

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from recruitment.calls.models import Call
from recruitment.calls.queries import find_position
from recruitment.clock import now
from recruitment.database import db
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.selection.forms import SupplementForm, WithdrawForm
from recruitment.selection.models import CallRanking, Stage
from recruitment.selection.results import operations, queries
from recruitment.selection.results import supplement as supplements
from recruitment.selection.scheme import load_scheme
from recruitment.selection.views.base import (
    READERS,
    Page,
    blueprint,
    call_to_change,
    call_to_read,
    done_or_refused,
    may_change,
)
from recruitment.web import stages


def stage_of(text: str) -> Stage:
    """The stage in an address; 404 for any other."""
    try:
        return Stage(text)
    except ValueError:
        abort(404)


@blueprint.get("/admin/calls/<slug>/ranking/<stage>")
@allow(*READERS)
def ranking(slug: str, stage: str) -> Page:
    return _page(call_to_read(slug), stage_of(stage))


@blueprint.get("/admin/calls/<slug>/ranking/")
@stages.of_call(_l("排名"), 45)
@allow(*READERS)
def ranking_index(slug: str) -> Page:
    """To the stage that has work to do: the final one as soon as the written one is out and interviews are in."""
    call = call_to_read(slug)
    final = queries.latest(db.session, call, Stage.FINAL)
    return redirect(url_for("selection.ranking", slug=slug, stage=Stage.FINAL if final else Stage.WRITTEN))


def _page(
    call: Call,
    stage: Stage,
    refused: tuple[str, ...] = (),
    form: WithdrawForm | None = None,
    status: int = 200,
    supplementing: SupplementForm | None = None,
) -> tuple[str, int]:
    latest = queries.latest(db.session, call, stage)
    outdated = latest is not None and operations.stale(db.session, call, latest)
    lines = []
    if latest:
        lines = queries.positions(db.session, latest, load_scheme(latest.scheme).ratio)
    return render_template(
        "selection/ranking.html",
        call=call,
        stage=stage,
        ranking=latest,
        scheme=load_scheme(latest.scheme) if latest else None,
        outdated=outdated,
        stuck=outdated and latest is not None and bool(operations.moved_on(db.session, latest)),
        supplementing=supplementing or SupplementForm(prefix="supplement"),
        lines=lines,
        past=[
            item for item in queries.rankings(db.session, call) if item.withdrawn_at and item.stage == stage
        ],
        refused=refused,
        form=form or WithdrawForm(),
        may_change=may_change(call),
    ), status


@blueprint.get("/admin/calls/<slug>/ranking/<stage>/<code>")
@allow(*READERS)
def ranked_position(slug: str, stage: str, code: str) -> Page:
    """One position of the latest ranking, with what each candidate will read."""
    call = call_to_read(slug)
    latest = queries.latest(db.session, call, stage_of(stage))
    position = find_position(db.session, call, code)
    if latest is None or position is None:
        abort(404)
    rows = queries.rows_of(db.session, latest, position.id)
    return render_template(
        "selection/ranked_position.html",
        call=call,
        ranking=latest,
        position=position,
        rows=rows,
        public=False,
    )


@blueprint.post("/admin/calls/<slug>/ranking/<stage>/compute")
@allow(Role.ADMIN)
def compute(slug: str, stage: str) -> Page:
    call, which = call_to_change(slug), stage_of(stage)
    attempt = done_or_refused(lambda: operations.compute(db.session, call, which, current_user(), now()))
    if not attempt.done:
        return _page(call_to_change(slug), which, attempt.refused, status=409)
    flash(_("已计算，还没有公布。请按职位核对。"), "success")
    return redirect(url_for("selection.ranking", slug=slug, stage=which), 303)


@blueprint.post("/admin/calls/<slug>/ranking/<stage>/<uuid:ranking_id>/publish")
@allow(Role.ADMIN)
def publish(slug: str, stage: str, ranking_id: uuid.UUID) -> Page:
    call, which = call_to_change(slug), stage_of(stage)
    _find(call, ranking_id)
    attempt = done_or_refused(lambda: operations.publish(db.session, call, ranking_id, current_user(), now()))
    if not attempt.done:
        return _page(call_to_change(slug), which, attempt.refused, status=409)
    flash(_("已公布，并通知考生。"), "success")
    return redirect(url_for("selection.ranking", slug=slug, stage=which), 303)


@blueprint.post("/admin/calls/<slug>/ranking/<stage>/<uuid:ranking_id>/withdraw")
@allow(Role.ADMIN)
def withdraw(slug: str, stage: str, ranking_id: uuid.UUID) -> Page:
    call, which, form = call_to_change(slug), stage_of(stage), WithdrawForm()
    _find(call, ranking_id)
    if not form.validate():
        return _page(call, which, form=form, status=422)
    attempt = done_or_refused(
        lambda: operations.withdraw(
            db.session, call, ranking_id, form.reason.data or "", current_user(), now()
        )
    )
    if not attempt.done:
        return _page(call_to_change(slug), which, attempt.refused, form, status=409)
    flash(_("已撤回。更正以后请重新计算。"), "success")
    return redirect(url_for("selection.ranking", slug=slug, stage=which), 303)


@blueprint.post("/admin/calls/<slug>/ranking/supplement")
@allow(Role.ADMIN)
def supplement(slug: str) -> Page:
    """Publish corrected marks in place of a ranking that cannot be withdrawn any more."""
    call, form = call_to_change(slug), SupplementForm(prefix="supplement")
    if not form.validate():
        return _page(call, Stage.WRITTEN, supplementing=form, status=422)
    attempt = done_or_refused(
        lambda: supplements.supplement(db.session, call, form.reason.data or "", current_user(), now())
    )
    if not attempt.done:
        call = call_to_change(slug)
        return _page(call, Stage.WRITTEN, attempt.refused, supplementing=form, status=409)
    flash(_("已按更正后的成绩补充公布，并通知有变动的考生。"), "success")
    return redirect(url_for("selection.ranking", slug=slug, stage=Stage.WRITTEN), 303)


def _find(call: Call, ranking_id: uuid.UUID) -> CallRanking:
    found = db.session.get(CallRanking, ranking_id)
    if found is None or found.call_id != call.id:
        abort(404)
    return found
