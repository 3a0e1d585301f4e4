"""What anybody may check: published rankings under ticket numbers, and their certificates."""

import io
import uuid
from collections.abc import Callable

import sqlalchemy as sa
from flask import abort, render_template, send_file
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import undefer
from werkzeug.wrappers import Response

from recruitment.calls.models import Call
from recruitment.calls.queries import find_position
from recruitment.database import db
from recruitment.people.access import public
from recruitment.public.views import announced_call
from recruitment.selection import plans
from recruitment.selection.models import CallRanking, Stage
from recruitment.selection.results import queries
from recruitment.selection.scheme import load_scheme
from recruitment.selection.views.base import blueprint
from recruitment.selection.views.results import stage_of
from recruitment.web import stages


def _published(call: Call, stage: Stage) -> CallRanking:
    found = plans.published(db.session, call.id, stage)
    if found is None:
        abort(404)
    return found


def _has(stage: Stage) -> Callable[[uuid.UUID], sa.ColumnElement[bool]]:
    return lambda call_id: sa.exists().where(*plans.in_force(call_id, stage))


@blueprint.get("/calls/<slug>/ranking/<stage>")
@stages.of_public(_l("笔试成绩和名次"), 45, _has(Stage.WRITTEN), stage=Stage.WRITTEN.value)
@stages.of_public(_l("总成绩和名次"), 62, _has(Stage.FINAL), stage=Stage.FINAL.value)
@public
def published(slug: str, stage: str) -> str:
    """A published ranking: its formula, its positions, its certificate."""
    call, which = announced_call(slug), stage_of(stage)
    ranking = _published(call, which)
    scheme = load_scheme(ranking.scheme)
    return render_template(
        "selection/published.html",
        call=call,
        stage=which,
        ranking=ranking,
        scheme=scheme,
        lines=queries.positions(db.session, ranking, scheme.ratio),
    )


@blueprint.get("/calls/<slug>/ranking/<stage>/<code>")
@public
def published_position(slug: str, stage: str, code: str) -> str:
    """One position of a published ranking, by ticket number."""
    call, which = announced_call(slug), stage_of(stage)
    ranking, position = _published(call, which), find_position(db.session, call, code)
    if position is None:
        abort(404)
    return render_template(
        "selection/ranked_position.html",
        call=call,
        ranking=ranking,
        position=position,
        rows=queries.rows_of(db.session, ranking, position.id),
        public=True,
    )


@blueprint.get("/calls/<slug>/ranking/<stage>/certificate.json")
@public
def certificate(slug: str, stage: str) -> Response:
    """The certificate to the byte as it was made."""
    call = announced_call(slug)
    ranking = _published(call, stage_of(stage))
    content = db.session.scalars(
        sa.select(CallRanking).options(undefer(CallRanking.certificate)).where(CallRanking.id == ranking.id)
    ).one()
    return send_file(
        io.BytesIO(content.certificate),
        mimetype="application/json",
        as_attachment=True,
        download_name=f"{call.slug}-{ranking.stage}-{ranking.hash[:12]}.json",
    )
