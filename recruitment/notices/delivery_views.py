"""Pages about what did not arrive, for those in charge of it."""

import uuid

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import EmailField, StringField, TextAreaField
from wtforms.validators import Length

from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import Form, Required, handle, typed
from recruitment.notices import dead_letters
from recruitment.notices.channels import channels
from recruitment.notices.models import Delivery
from recruitment.notices.reasons import why
from recruitment.people.access import allow, current_user
from recruitment.people.forms import EmailRule
from recruitment.people.models import Role
from recruitment.web.navigation import entry
from recruitment.wording import label

blueprint = Blueprint("deliveries", __name__, url_prefix="/admin/deliveries")
Page = str | Response | tuple[str, int]
READERS = (Role.ADMIN, Role.SUPERVISOR)


class MendForm(Form):
    email = EmailField(_l("本人说的邮箱"), [Required(), EmailRule()])
    reason = StringField(
        _l("核实经过"),
        [Required(), Length(max=200)],
        description=_l("例如：已致电本人核实，原邮箱写错一个字母。"),
    )


class SettleForm(Form):
    class Meta:
        # It stands beside another form whose token has the id; every POST is checked by the application.
        csrf = False

    told = TextAreaField(
        _l("怎样告知的"), [Required(), Length(max=200)], description=_l("例如：11月22日电话告知本人。")
    )


def areas(*roles: Role) -> tuple[str, ...]:
    """What the area codes begin with that the person at the screen may see or change here."""
    return tuple(sorted({area for _, area in current_user().jurisdictions(*roles)}))


def chosen(*roles: Role) -> dead_letters.Failed:
    channel = request.values.get("channel", "")
    return dead_letters.Failed(
        areas(*roles), channel if channel in channels() else "", request.values.get("words", "").strip()
    )


@blueprint.get("")
@entry(_l("通知发送"), 34, section="deliveries.")
@allow(*READERS)
def index() -> Page:
    """What failed for good, the newest first."""
    which = chosen(*READERS)
    after = request.args.get("after", "")
    try:
        page = dead_letters.page(db.session, which, after)
    except ValueError:
        abort(404)
    return render_template(
        "notices/pages/failed.html",
        page=page,
        after=after,
        chosen=which,
        count=dead_letters.count(db.session, which),
        channels=channels(),
        broken=dead_letters.unpublished(db.session) if "51" in which.areas else [],
        may_change=Role.ADMIN in current_user().roles,
    )


def _delivery(delivery_id: uuid.UUID, *roles: Role) -> Delivery:
    return dead_letters.find(db.session, areas(*roles), delivery_id) or abort(404)


@blueprint.get("/<uuid:delivery_id>")
@allow(*READERS)
def show(delivery_id: uuid.UUID) -> Page:
    return _page(_delivery(delivery_id, *READERS), MendForm(), SettleForm())


def _page(delivery: Delivery, mending: MendForm, settling: SettleForm, status: int = 200) -> Page:
    page = render_template(
        "notices/pages/failed_one.html",
        delivery=delivery,
        channels=channels(),
        mending=mending,
        settling=settling,
        may_change=current_user().may(Role.ADMIN, delivery.notice.area_code),
    )
    return page, status


@blueprint.post("/resend")
@allow(Role.ADMIN)
def resend() -> Page:
    """Send the ticked ones again, or all that the filter shows."""
    which = chosen(Role.ADMIN)
    ids = []
    if request.form.get("what") != "all":
        for text in request.form.getlist("delivery"):
            try:
                ids.append(uuid.UUID(text))
            except ValueError:
                abort(400)
        if not ids:
            flash(_("请先勾选要重发的通知。"), "warning")
            return redirect(_list(which), 303)
    count = dead_letters.resend(db.session, current_user(), which, now(), ids)
    db.session.commit()
    flash(_("已安排重发%(count)s条，一分钟内开始发送。", count=count), "success")
    return redirect(_list(which), 303)


def _list(which: dead_letters.Failed) -> str:
    return url_for("deliveries.index", channel=which.channel or None, words=which.words or None)


@blueprint.post("/<uuid:delivery_id>/mend")
@allow(Role.ADMIN)
def mend(delivery_id: uuid.UUID) -> Page:
    """Send it to another address that the person named."""
    delivery = _delivery(delivery_id, Role.ADMIN)
    form = MendForm()
    outcome = handle(
        form,
        lambda: dead_letters.mend(
            db.session, current_user(), delivery, typed(form.email), typed(form.reason), now()
        ),
    )
    if outcome.done:
        flash(_("已安排发到新的邮箱。账号上的邮箱没有变，请本人登录后联系系统管理员更正。"), "success")
        return redirect(url_for("deliveries.index"), 303)
    return _page(_delivery(delivery_id, Role.ADMIN), form, SettleForm(formdata=None), outcome.status)


@blueprint.post("/<uuid:delivery_id>/settle")
@allow(Role.ADMIN)
def settle(delivery_id: uuid.UUID) -> Page:
    """Note that the person was told in another way."""
    delivery = _delivery(delivery_id, Role.ADMIN)
    form = SettleForm()
    outcome = handle(
        form,
        lambda: dead_letters.settle(db.session, current_user(), delivery, typed(form.told), now()),
    )
    if outcome.done:
        flash(_("已登记。"), "success")
        return redirect(url_for("deliveries.index"), 303)
    return _page(_delivery(delivery_id, Role.ADMIN), MendForm(formdata=None), form, outcome.status)


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"why": why, "state_name": label}


# The views of letters and dispatches hang on the same blueprint.
from recruitment.notices import post_views  # noqa: E402, F401
