"""The reviewers' pages: the queue of one's own area, one file with its evidence, and the decision on it."""

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from recruitment.applications import operations, queries, review_file, review_queue
from recruitment.applications.models import Application
from recruitment.applications.review_forms import ActForm, DecisionForm, open_decision, own_ids
from recruitment.applications.review_page import file_page, said_stale
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import Refusal, handle
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.people.uploads import Document, path_of, serve
from recruitment.web import navigation
from workflows.bulk import PreviewStale
from workflows.terms import Fired, Refused, Stale

blueprint = Blueprint("review", __name__, url_prefix="/review")

REVIEWERS = (Role.COUNTY_REVIEWER, Role.PREFECTURE_REVIEWER, Role.PROVINCE_REVIEWER)
READERS = (*REVIEWERS, Role.SUPERVISOR)
DECISIONS = "pass, return, refuse, confirm, send_back, reverse_refusal"
DONE = {
    "pass": _l("已通过"),
    "return": _l("已退回补正"),
    "refuse": _l("已审核不通过"),
    "confirm": _l("已确认合格"),
    "send_back": _l("已发回县级重审"),
    "reverse_refusal": _l("已撤销不通过决定"),
}
Page = str | Response | tuple[str, int]


def areas() -> tuple[str, ...]:
    """Prefixes of the areas whose applications the person may read here."""
    return tuple(dict.fromkeys(area for _role, area in current_user().jurisdictions(*READERS)))


def find(application_id: uuid.UUID) -> Application:
    """The application, or 404 when it is foreign: whether it exists is nobody's business elsewhere."""
    application = queries.find(db.session, application_id, areas())
    if application is None:
        abort(404)
    return application


def on_with_queue() -> Response:
    """Back to the queue as it was filtered."""
    return redirect(url_for("review.queue", **review_queue.filters()), 303)


@blueprint.get("/")
@allow(*READERS)
@navigation.entry(_l("审核"), 20, section="review.")
def queue() -> Page:
    """Who waits in one's own area, the longest wait first."""
    return render_template("review/queue.html", **review_queue.page(areas(), now()))


@blueprint.get("/next")
@allow(*READERS)
def next_file() -> Response:
    """The file after ``past`` in the queue."""
    past = request.args.get("past", type=uuid.UUID)
    return _next(find(past)) if past else on_with_queue()


def _next(past: Application) -> Response:
    chosen = review_queue.chosen_filter(areas(), now())
    following = queries.next_file(db.session, chosen, current_user().id, now(), past)
    if following is None:
        flash(_("这个列表里没有其他要处理的报名了。"), "info")
        return on_with_queue()
    return redirect(url_for("review.show", application_id=following.id, **review_queue.filters()), 303)


@blueprint.get("/<uuid:application_id>")
@allow(*READERS)
def show(application_id: uuid.UUID) -> Page:
    """One file: who, for what, what the rules found, the claims with their scans, and the decision."""
    return render_template("review/show.html", **file_page(find(application_id), now()))


@blueprint.get("/<uuid:application_id>/documents/<uuid:document_id>")
@allow(*READERS)
def document(application_id: uuid.UUID, document_id: uuid.UUID) -> Response:
    """A scan of the frozen form."""
    form = queries.form_of(db.session, application_id, areas())
    if str(document_id) not in review_file.document_ids(form):
        abort(404)
    stored = db.session.get(Document, document_id)
    if stored is None or not path_of(stored.id).is_file():
        abort(404)
    return serve(stored)


@blueprint.get(f"/<uuid:application_id>/<any({DECISIONS}, unmask, recuse):step>")
@allow(*READERS)
def step(application_id: uuid.UUID, step: str) -> Response:
    """Where a decision was sent is no page; who comes back to its address is meant to see the file."""
    return redirect(url_for("review.show", application_id=application_id, **review_queue.filters()))


@blueprint.post(f"/<uuid:application_id>/<any({DECISIONS}):trigger>")
@allow(*REVIEWERS)
def decide(application_id: uuid.UUID, trigger: str) -> Page:
    """Decide on the version that the page showed; the same page sent twice has one effect."""
    application = find(application_id)
    version, key = request.form.get("version", type=int), request.form.get("key", "")
    if version is None or not 8 <= len(key) <= 64:
        abort(400)
    form = open_decision(trigger, application, posted=True)
    refused: list[Refused] = []

    def save() -> Fired:
        try:
            return operations.decide(
                db.session,
                application,
                trigger,
                current_user().actor(),
                now(),
                form=form.answers(),
                expected_version=version,
                key=key,
            )
        except Refused as error:
            refused.append(error)
            raise Refusal(_beside(form, error)) from error

    who = f"{application.owner.name}（{application.receipt_number}）"
    outcome = handle(form, save)
    if outcome.done:
        flash(f"{DONE[trigger]}：{who}", "success")
        return _next(application)
    status = outcome.status
    if refused and not all(reason.code in form.beside for reason in refused[0].reasons):
        status = 409
    page = file_page(find(application_id), now(), sent={trigger: form})
    return render_template("review/show.html", **page), status


def _beside(form: DecisionForm, refused: Refused) -> Mapping[str, str]:
    """The engine's reasons by the field that each belongs to; what belongs to none stands on top."""
    if isinstance(refused, Stale):
        return {"": said_stale(refused)}
    errors: dict[str, str] = {}
    for reason in refused.reasons:
        name = form.beside.get(reason.code, "")
        words = reason.words if name or not reason.citation else f"{reason.words}（{reason.citation}）"
        errors[name] = f"{errors[name]} {words}" if name in errors else words
    return errors


@blueprint.post("/<uuid:application_id>/unmask")
@allow(*REVIEWERS)
def unmask(application_id: uuid.UUID) -> Page:
    """Show the ID and phone numbers for a while, and write down why."""
    application, user = find(application_id), current_user()
    return _act(
        "unmask",
        application,
        lambda reason: operations.unmask(db.session, application, user, user.actor(), reason, now()),
        _("已记录查看原因。完整号码显示 15 分钟。"),
    )


@blueprint.post("/<uuid:application_id>/recuse")
@allow(*REVIEWERS)
def recuse(application_id: uuid.UUID) -> Page:
    """Declare that one may not handle this cadre's applications."""
    application, user = find(application_id), current_user()
    return _act(
        "recuse",
        application,
        lambda reason: operations.recuse(db.session, application, user, reason, now()),
        _("已登记回避。这名报考人的报名请交给同事处理。"),
    )


def _act(name: str, application: Application, act: Callable[[str], None], done: str) -> Page:
    """Do what needs a reason and changes no application; then show the file again."""
    form = ActForm()
    own_ids(form, name)

    def save() -> None:
        try:
            act(form.reason.data or "")
        except Refused as error:
            raise Refusal({"reason": " ".join(reason.words for reason in error.reasons)}) from error

    outcome = handle(form, save)
    if outcome.done:
        flash(done, "success")
        return redirect(url_for("review.show", application_id=application.id, **review_queue.filters()), 303)
    page = file_page(find(application.id), now(), sent={name: form})
    return render_template("review/show.html", **page), outcome.status


@blueprint.get("/confirm")
@allow(Role.PREFECTURE_REVIEWER)
def preview() -> Page:
    """Who would be confirmed together, and who is left out and why."""
    rows = _picked(request.args.getlist("pick"))
    if not rows:
        flash(_("请先勾选要确认的报名。"), "warning")
        return on_with_queue()
    return _preview(rows)


@blueprint.post("/confirm")
@allow(Role.PREFECTURE_REVIEWER)
def confirm() -> Page:
    """Confirm exactly those that the preview showed, or nobody if anything has changed since."""
    key, token = request.form.get("key", ""), request.form.get("token", "")
    rows = _picked(request.form.getlist("pick"))
    if not rows or not token or not 8 <= len(key) <= 64:
        abort(400)
    try:
        number = operations.decide_many(
            db.session, rows, "confirm", current_user().actor(), now(), token=token, key=key
        )
    except PreviewStale:
        db.session.rollback()
        flash(_("名单刚才有了变化，一份也没有确认。请重新核对。"), "warning")
        return _preview(_picked(request.form.getlist("pick"))), 409
    db.session.commit()
    flash(_("已确认 %(number)s 份报名合格。", number=number), "success")
    return on_with_queue()


def _preview(rows: list[Application]) -> str:
    together = operations.preview_many(db.session, rows, "confirm", current_user().actor(), now())
    return render_template(
        "review/confirm.html",
        rows=rows,
        together=together,
        key=uuid.uuid4().hex,
        filters=review_queue.filters(),
    )


def _picked(texts: Iterable[str]) -> list[Application]:
    """Those of one's own area, in the order picked, and no more than a page holds."""
    wanted = list(dict.fromkeys(_uuids(texts)))[: queries.PAGE]
    found = queries.found(db.session, wanted, areas())
    return [found[id_] for id_ in wanted if id_ in found]


def _uuids(texts: Iterable[str]) -> Iterator[uuid.UUID]:
    for text in texts:
        try:
            yield uuid.UUID(text)
        except ValueError:
            continue
