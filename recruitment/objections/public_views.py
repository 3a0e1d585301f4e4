"""Objecting without an account: say it, get a code, come back with the code."""

import secrets
import uuid

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from recruitment import wording
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import Refusal, handle, typed
from recruitment.objections import operations, queries
from recruitment.objections.forms import CodeForm, EvidenceForm, ObjectionForm
from recruitment.objections.models import Objection
from recruitment.people.access import public
from recruitment.people.uploads import MOST_BYTES, UploadError
from recruitment.public_notice.models import PublicNoticeRow
from recruitment.public_notice.public_views import NOT_KEPT, shown_notice, stands
from recruitment.web.limits import address, limiter
from recruitment.workflow import engine
from workflows.terms import Refused

blueprint = Blueprint("objections", __name__)
Page = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]
# In the cookie of the informer's own browser: which objection it may see, and its code until it was noted down.
HELD, CODE = "objection", "objection_code"


def _posts() -> bool:
    return request.method != "POST"


@blueprint.route("/calls/<slug>/notices/<uuid:notice_id>/<int:number>/objection", methods=["GET", "POST"])
@public
@limiter.limit("5 per 10 minutes;20 per day", key_func=address, exempt_when=_posts)
def new(slug: str, notice_id: uuid.UUID, number: int) -> Page:
    """Object to somebody on a notice."""
    notice = shown_notice(slug, notice_id)
    row = queries.row_on_notice(db.session, notice.id, number)
    if row is None or not stands(notice):
        abort(404)
    form = ObjectionForm()
    if not form.key.data or len(form.key.data) != 64:
        form.key.data = secrets.token_hex(32)
    outcome = handle(form, lambda: _file(form, row))
    if outcome.done:
        objection, code = outcome.result
        session[HELD], session[CODE] = str(objection.id), code
        return redirect(url_for("objections.mine"), 303)
    return render_template("objections/new.html", form=form, row=row, notice=notice), outcome.status, NOT_KEPT


def _file(form: ObjectionForm, row: PublicNoticeRow) -> tuple[Objection, str]:
    try:
        return operations.file(
            db.session,
            row,
            now(),
            text=typed(form.text),
            request_key=typed(form.key),
            informer=form.informer(),
        )
    except Refused as refused:
        raise Refusal(" ".join(reason.words for reason in refused.reasons)) from refused


@blueprint.route("/objections/", methods=["GET", "POST"])
@public
@limiter.limit("10 per 10 minutes", key_func=address, exempt_when=_posts)
def follow() -> Page:
    """Come back with the code."""
    form = CodeForm()
    if form.validate_on_submit():
        objection = queries.by_code(db.session, typed(form.code))
        if objection is not None:
            session[HELD] = str(objection.id)
            session.pop(CODE, None)
            return redirect(url_for("objections.mine"), 303)
        form.code.errors = [_("没有这个查询码，请核对。")]
    return render_template("objections/follow.html", form=form), 422 if form.errors else 200, NOT_KEPT


def _mine() -> Objection | None:
    try:
        held = uuid.UUID(session.get(HELD, ""))
    except ValueError:
        return None
    return db.session.get(Objection, held)


@blueprint.get("/objections/mine")
@public
def mine() -> Page:
    """Where the objection stands; nothing about anybody, and nothing of what was said."""
    return _show(EvidenceForm(formdata=None))


def _show(form: EvidenceForm, status: int = 200) -> Page:
    objection = _mine()
    if objection is None:
        return redirect(url_for("objections.follow"), 303)
    state = engine().flow(objection).definition(objection).states[objection.public_state]
    settled = objection.public_state not in ("received", "investigating")
    return (
        render_template(
            "objections/mine.html",
            objection=objection,
            code=session.get(CODE),
            label=wording.label(state.label),
            told=queries.finding(db.session, objection).get("told", "") if settled else "",
            pictures=queries.count_evidence(db.session, objection),
            most=operations.MOST_EVIDENCE,
            form=None if settled else form,
        ),
        status,
        NOT_KEPT,
    )


@blueprint.post("/objections/mine/evidence")
@public
@limiter.limit("20 per 10 minutes", key_func=address)
def add_evidence() -> Page:
    objection = _mine()
    if objection is None:
        return redirect(url_for("objections.follow"), 303)
    form = EvidenceForm()

    def save() -> None:
        try:
            operations.add_evidence(db.session, objection, form.image.data.stream.read(MOST_BYTES + 1), now())
        except UploadError as error:
            raise Refusal({"image": str(error)}) from error
        except Refused as refused:
            raise Refusal({"image": " ".join(reason.words for reason in refused.reasons)}) from refused

    outcome = handle(form, save)
    if outcome.done:
        flash(_("图片已上传。"), "success")
        return redirect(url_for("objections.mine"), 303)
    return _show(form, outcome.status)


@blueprint.post("/objections/mine/close")
@public
def close() -> Response:
    """Leave nothing on a browser that others use."""
    session.pop(HELD, None)
    session.pop(CODE, None)
    flash(_("已退出。下次请用查询码查看。"), "success")
    return redirect(url_for("objections.follow"), 303)
