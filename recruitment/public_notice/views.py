"""Public notices for admins: prepare, look, publish, take down."""

import uuid

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from recruitment import wording
from recruitment.areas import catalogue
from recruitment.areas.catalogue import PROVINCE_CODE, prefix
from recruitment.calls.models import Call
from recruitment.calls.views.base import READERS, Page, call_to_read, may_change, refusable, words_of
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import handle, options, typed
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.public_notice import content, guards, notices, operations, queries
from recruitment.public_notice.forms import PrepareForm, TermForm, WithdrawForm
from recruitment.public_notice.models import PublicNotice
from recruitment.public_notice.paper import period
from recruitment.web import stages
from recruitment.workflow import engine
from workflows.terms import Refused

__all__ = ["blueprint", "notices"]
blueprint = Blueprint("public_notice", __name__, url_prefix="/admin/calls/<slug>/notices")
TONES = {
    "prepared": "warn",
    "running": "good",
    "ended": "neutral",
    "withdrawn": "bad",
    "discarded": "neutral",
}


def _reads(area: str) -> bool:
    """Whether the person at the screen may see lists of the area."""
    return any(
        prefix(area).startswith(reach) or reach.startswith(prefix(area))
        for _role, reach in current_user().jurisdictions(*READERS)
    )


def _notice(call: Call, notice_id: uuid.UUID) -> PublicNotice:
    found = queries.find(db.session, call, notice_id)
    if found is None or not any(
        prefix(found.area_code).startswith(reach) for _role, reach in current_user().jurisdictions(*READERS)
    ):
        abort(404)
    return found


def _areas(call: Call) -> dict[str, int]:
    """Areas with people to be shown for which the person at the screen is in charge."""
    user = current_user()
    by_prefecture = queries.cleared_by_prefecture(db.session, call)
    found = {area: number for area, number in by_prefecture.items() if user.may(Role.ADMIN, area)}
    if found and user.may(Role.ADMIN, PROVINCE_CODE):
        found = {PROVINCE_CODE: sum(by_prefecture.values())} | found
    return found


@blueprint.get("/")
@stages.of_call(_l("公示"), 90, when=lambda call: call.state in ("selection", "exam", "finished"))
@allow(*READERS)
def index(slug: str) -> Page:
    return _index(call_to_read(slug))


def _index(
    call: Call, prepare_form: PrepareForm | None = None, term_form: TermForm | None = None, status: int = 200
) -> tuple[str, int]:
    areas = _areas(call)
    if prepare_form is None and areas:
        prepare_form = _prepare_form(call, areas)
    term = queries.term(db.session, call)
    if term_form is None and current_user().may(Role.ADMIN, call.area_code):
        term_form = TermForm(formdata=None, obj=term)
    return render_template(
        "public_notice/index.html",
        call=call,
        notices=[row for row in queries.of_call(db.session, call) if _reads(row[0].area_code)],
        state_label=_label,
        tones=TONES,
        term=term,
        areas=areas,
        prepare_form=prepare_form,
        term_form=term_form,
    ), status


def _label(notice: PublicNotice) -> str:
    return wording.label(engine().flows["public_notice"].latest.states[notice.state].label)


def _prepare_form(call: Call, areas: dict[str, int]) -> PrepareForm:
    form = PrepareForm.open(f"public-notice:{call.id}")
    form.area.choices = options(
        (area, _("%(area)s（%(number)s人）", area=_area_name(area), number=number))
        for area, number in areas.items()
    )
    return form


@blueprint.post("/")
@allow(Role.ADMIN)
def prepare(slug: str) -> Page:
    call = call_to_read(slug)
    areas = _areas(call)
    if not areas:
        if not may_change(call):
            abort(403)
        flash(_("还没有考察合格、等待公示的人员。"), "warning")
        return _index(call, status=409)
    form = _prepare_form(call, areas)
    outcome = handle(
        form,
        refusable(
            lambda: operations.prepare(
                db.session,
                call,
                str(form.area.data),
                current_user().actor(),
                now(),
                introduction=typed(form.introduction),
            )
        ),
    )
    if outcome.done:
        return redirect(url_for("public_notice.show", slug=slug, notice_id=outcome.result.id), 303)
    return _index(call, prepare_form=form, status=outcome.status)


@blueprint.post("/term")
@allow(Role.ADMIN)
def set_term(slug: str) -> Page:
    call = call_to_read(slug)
    if not current_user().may(Role.ADMIN, call.area_code):
        abort(403)
    form = TermForm()
    days, inquiry = form.working_days, form.inquiry_days
    outcome = handle(
        form,
        lambda: operations.set_term(
            db.session, call, current_user(), int(days.data or 0), int(inquiry.data or 0), now()
        ),
    )
    if outcome.done:
        flash(_("已保存。"), "success")
        return redirect(url_for("public_notice.index", slug=slug), 303)
    return _index(call, term_form=form, status=outcome.status)


@blueprint.get("/<uuid:notice_id>")
@allow(*READERS)
def show(slug: str, notice_id: uuid.UUID) -> Page:
    """The list as it will be or was shown, with what can be done now."""
    call = call_to_read(slug)
    return _show(_notice(call, notice_id))


def _show(
    notice: PublicNotice,
    refused: list[str] | None = None,
    withdraw_form: WithdrawForm | None = None,
    status: int = 200,
) -> tuple[str, int]:
    in_charge = current_user().may(Role.ADMIN, notice.area_code)
    if withdraw_form is None and in_charge and notice.state == "running":
        withdraw_form = WithdrawForm.open(f"withdraw-notice:{notice.id}")
    return render_template(
        "public_notice/show.html",
        call=notice.call,
        notice=notice,
        titles=[column.title for column in content.PUBLIC_NOTICE.columns],
        rows=[content.cells(row) for row in notice.rows],
        period=period(notice),
        label=_label(notice),
        tone=TONES[notice.state],
        leaks=guards.leaks(db.session, notice) if notice.state == "prepared" else [],
        in_charge=in_charge,
        refused=refused or [],
        withdraw_form=withdraw_form,
    ), status


@blueprint.post("/<uuid:notice_id>/<any(publish, discard):act>")
@allow(Role.ADMIN)
def act(slug: str, notice_id: uuid.UUID, act: str) -> Page:
    """Publish a prepared list, or give it up."""
    notice = _notice(call_to_read(slug), notice_id)
    actor, at = current_user().actor(), now()
    try:
        if act == "publish":
            version = request.form.get("version", type=int)
            operations.publish(db.session, notice, actor, at, expected_version=version)
        else:
            operations.discard(db.session, notice, actor, at)
        db.session.commit()
    except Refused as refused:
        reasons = [words_of(reason) for reason in refused.reasons]
        db.session.rollback()
        return _show(_notice(call_to_read(slug), notice_id), refused=reasons, status=409)
    flash(_("已发布。") if act == "publish" else _("名单已作废。"), "success")
    return redirect(url_for("public_notice.show", slug=slug, notice_id=notice_id), 303)


@blueprint.post("/<uuid:notice_id>/withdraw")
@allow(Role.ADMIN)
def withdraw(slug: str, notice_id: uuid.UUID) -> Page:
    notice = _notice(call_to_read(slug), notice_id)
    form = WithdrawForm.open(f"withdraw-notice:{notice.id}")
    actor = current_user().actor()
    outcome = handle(
        form,
        refusable(lambda: operations.withdraw(db.session, notice, actor, now(), typed(form.reason).strip())),
    )
    if outcome.done:
        flash(_("公示已撤下。"), "success")
        return redirect(url_for("public_notice.show", slug=slug, notice_id=notice_id), 303)
    return _show(notice, withdraw_form=form, status=outcome.status)


def _area_name(code: str) -> str:
    return _("全省") if code == PROVINCE_CODE else catalogue.prefectures()[code]


@blueprint.app_context_processor
def _helpers() -> dict[str, object]:
    """For the public page of a call, which knows nothing of notices."""
    return {
        "running_notices": lambda call: queries.of_call(db.session, call, "running"),
        "notice_area_name": _area_name,
    }
