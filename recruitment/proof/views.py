"""Pages that answer "did she get it?": for one application, for one notice, for a whole call."""

import io
import uuid
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, send_file
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from recruitment.applications import queries as applications
from recruitment.applications.models import Application
from recruitment.calls.forms import ExportForm
from recruitment.calls.models import Call
from recruitment.calls.views.base import call_to_change, call_to_read, may_change
from recruitment.clock import local, now
from recruitment.database import db
from recruitment.notices import catalogue
from recruitment.people.access import allow, current_user
from recruitment.people.models import REVIEWERS, Role
from recruitment.proof import exports, queries
from recruitment.proof.words import ADDRESS, DELIVERY, STATES, TONES, mask_address
from recruitment.web import stages

blueprint = Blueprint("proof", __name__)

# Who answers for notices, and who watches over that. What was never handed in is no reviewer's business.
OVERSEERS = (Role.ADMIN, Role.SUPERVISOR)
READERS = (*sorted(REVIEWERS), *OVERSEERS)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Page = str | Response | tuple[str, int]


def _areas(*roles: Role) -> tuple[str, ...]:
    return tuple(sorted({area for _role, area in current_user().jurisdictions(*roles)}))


def _filter(**narrowed: Any) -> queries.NoticeFilter:
    return queries.NoticeFilter(_areas(*READERS), _areas(*OVERSEERS), **narrowed)


@blueprint.app_context_processor
def _helpers() -> dict[str, Any]:
    return {
        "notice_label": catalogue.label,
        "notice_states": STATES,
        "notice_tones": TONES,
        "delivery_words": DELIVERY,
        "channel_words": ADDRESS,
        "mask_address": mask_address,
        "exact": _exact,
    }


def _exact(moment: datetime | None) -> str:
    """A moment to the second, for what may be disputed."""
    return f"{local(moment):%Y-%m-%d %H:%M:%S}" if moment else ""


@blueprint.get("/notices/of/<uuid:application_id>")
@allow(*READERS)
def of_application(application_id: uuid.UUID) -> Page:
    """Every notice about an application and all that followed from it, the newest first."""
    application = db.session.get(Application, application_id)
    may_read = application is not None and any(
        application.area_code.startswith(area)
        for area in (_areas(*READERS) if application.submitted_at else _areas(*OVERSEERS))
    )
    if application is None or not may_read:
        abort(404)
    chosen = _filter(application_id=application_id)
    return render_template(
        "proof/application.html",
        application=application,
        reviews=applications.find(db.session, application_id, _areas(*REVIEWERS, Role.SUPERVISOR))
        is not None,
        lives=list(queries.every(db.session, chosen)),
    )


@blueprint.get("/notices/<uuid:outbox_id>")
@allow(*READERS)
def show(outbox_id: uuid.UUID) -> Page:
    """The life of one notice with every attempt, and its text as it was sent."""
    life = queries.find(db.session, outbox_id, _filter())
    if life is None:
        abort(404)
    return render_template("proof/show.html", life=life, attempts=queries.attempts(db.session, life.notice))


@blueprint.get("/admin/calls/<slug>/notices")
@stages.of_call(_l("通知送达"), 200)
@allow(*OVERSEERS)
def of_call(slug: str) -> Page:
    """How many notices of a call stand where, and the list of them."""
    call = call_to_read(slug)
    return _page(call, ExportForm() if may_change(call) else None, request.args)


@blueprint.post("/admin/calls/<slug>/notices/export")
@allow(Role.ADMIN)
def export(slug: str) -> Page:
    """The list as a file, on record."""
    call = call_to_change(slug)
    form = ExportForm()
    if not form.validate():
        return _page(call, form, request.form, 422)
    made = exports.export(
        db.session,
        call,
        _of_call(call, request.form),
        current_user(),
        now(),
        purpose=str(form.purpose.data).strip(),
    )
    db.session.commit()
    response: Response = send_file(
        io.BytesIO(made.content), mimetype=XLSX, as_attachment=True, download_name=made.filename
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _of_call(call: Call, sent: Any) -> queries.NoticeFilter:
    notice, state = sent.get("notice", ""), sent.get("state", "")
    areas = _areas(*OVERSEERS)
    return queries.NoticeFilter(
        areas,
        areas,
        call_id=call.id,
        notice=notice if notice in catalogue.kinds() else "",
        state=state if state in queries.STATES else "",
        text=sent.get("text", "").strip(),
    )


def _page(call: Call, form: ExportForm | None, sent: Any, status: int = 200) -> tuple[str, int]:
    chosen = _of_call(call, sent)
    after = request.args.get("after", "")
    try:
        page = queries.page(db.session, chosen, after)
    except ValueError:
        abort(404)
    whole = queries.NoticeFilter(chosen.areas, chosen.drafts, call_id=call.id)
    found = queries.counts(db.session, whole)
    narrowed = {name: getattr(chosen, name) for name in ("notice", "state", "text") if getattr(chosen, name)}
    return render_template(
        "proof/call.html",
        call=call,
        counts=found,
        states=[state for state in queries.STATES if any(state in numbers for _kind, numbers in found)],
        page=page,
        after=after,
        narrowed=narrowed,
        form=form,
        nobody=_("没有符合筛选的通知。") if narrowed else _("本次招考还没有发出通知。"),
    ), status
