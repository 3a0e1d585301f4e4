"""Pages of what is decided and not yet told: every text and recipient before the release."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import Refusal, handle
from recruitment.notices import catalogue
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.proof import queries as proof
from recruitment.proof.queries import Life, NoticeFilter
from recruitment.releases import operations, queries
from recruitment.releases.forms import KINDS, CancelForm, EditForm
from recruitment.releases.models import EditKind
from recruitment.web import navigation
from workflows.terms import Refused

blueprint = Blueprint("releases", __name__, url_prefix="/releases")

# Outcomes are held and released in the prefecture and the province.
EDITORS = (Role.PREFECTURE_REVIEWER, Role.PROVINCE_REVIEWER)
READERS = (*EDITORS, Role.SUPERVISOR)
Page = str | Response | tuple[str, int]


def _areas() -> tuple[str, ...]:
    return tuple(sorted({area for _role, area in current_user().jurisdictions(*READERS)}))


def _find(outbox_id: uuid.UUID) -> Life:
    areas = _areas()
    life = proof.find(db.session, outbox_id, NoticeFilter(areas, areas, state="held"))
    if life is None:
        abort(404)
    return life


@blueprint.get("")
@navigation.entry(_l("待公布通知"), 35, section="releases.")
@allow(*READERS)
def index() -> Page:
    """Every held notice of one's area with its whole text."""
    lives = queries.held(db.session, _areas())
    return render_template(
        "releases/index.html",
        lives=[(life, operations.preview(db.session, life.row)) for life in lives],
        most=queries.MOST,
    )


@blueprint.get("/<uuid:outbox_id>")
@allow(*READERS)
def show(outbox_id: uuid.UUID) -> Page:
    return _page(_find(outbox_id))


@blueprint.post("/<uuid:outbox_id>/edit")
@allow(*EDITORS)
def edit(outbox_id: uuid.UUID) -> Page:
    """Change the text that will leave."""
    life = _find(outbox_id)
    form = _edit_form(outbox_id)
    return _act(
        life,
        form,
        lambda: operations.edit(
            db.session, outbox_id, current_user(), EditKind(form.kind.data), form.text.data or "", now()
        ),
        _("已保存。公布时按新的文字发出。"),
        "text",
        edit=form,
    )


@blueprint.post("/<uuid:outbox_id>/cancel")
@allow(*EDITORS)
def cancel(outbox_id: uuid.UUID) -> Page:
    """Let the notice never leave."""
    life = _find(outbox_id)
    form = CancelForm()
    return _act(
        life,
        form,
        lambda: operations.cancel(db.session, outbox_id, current_user(), form.reason.data or "", now()),
        _("已取消，这条通知不会发出。"),
        "reason",
        cancel=form,
    )


@blueprint.post("/<uuid:outbox_id>/trial")
@allow(*EDITORS)
def trial(outbox_id: uuid.UUID) -> Page:
    """Send the text to oneself."""
    _find(outbox_id)
    operations.send_to_oneself(db.session, outbox_id, current_user(), now())
    db.session.commit()
    flash(_("已把这条通知发到您自己的邮箱，本人没有收到。"), "success")
    return redirect(url_for("releases.show", outbox_id=outbox_id), 303)


def _act(life: Life, form: Any, act: Callable[[], object], done: str, beside: str, **forms: Any) -> Page:
    def save() -> None:
        try:
            act()
        except Refused as refused:
            raise Refusal({beside: " ".join(reason.words for reason in refused.reasons)}) from refused

    outcome = handle(form, save)
    if outcome.done:
        flash(done, "success")
        gone = "cancel" in forms
        target = url_for("releases.index") if gone else url_for("releases.show", outbox_id=life.row.id)
        return redirect(target, 303)
    return _page(_find(life.row.id), outcome.status, **forms)


def _edit_form(outbox_id: uuid.UUID) -> EditForm:
    return EditForm.open(f"notice_edit:{outbox_id}")


def _page(life: Life, status: int = 200, **forms: Any) -> tuple[str, int]:
    kind = catalogue.kinds().get(life.row.notice)
    may_change = bool(current_user().roles & set(EDITORS))
    edit_form = forms.get("edit") or (_edit_form(life.row.id) if may_change else None)
    cancel_form = forms.get("cancel") or (CancelForm(formdata=None) if may_change else None)
    return render_template(
        "releases/show.html",
        life=life,
        text=operations.preview(db.session, life.row),
        edits=queries.edits(db.session, life.row.id),
        kinds=KINDS,
        may_change=may_change,
        legal=kind is None or kind.legal,
        edit_form=edit_form,
        cancel_form=cancel_form,
        wrong=next((form for form in forms.values() if form.errors), None),
    ), status
