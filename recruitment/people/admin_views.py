"""The system admin's pages: who has an account and what they may do. No applications."""

import uuid
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import orm
from werkzeug.wrappers import Response

from recruitment.audit.operations import record
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import Refusal, handle, options, typed
from recruitment.people import accounts, admin
from recruitment.people.access import allow, current_user
from recruitment.people.admin_forms import ActForm, CorrectionForm, GrantForm, NewStaffForm, SearchForm
from recruitment.people.models import Role, User
from recruitment.people.words import ROLES
from recruitment.web.navigation import entry

blueprint = Blueprint("users", __name__, url_prefix="/admin/users")
Page = str | Response | tuple[str, int]
_LIMIT = 50
_LONGEST = 254


def _user(user_id: uuid.UUID) -> User:
    return db.session.get(User, user_id) or abort(404)


@blueprint.get("/")
@entry(_l("账号管理"), 10, section="users.")
@allow(Role.SYSTEM_ADMIN)
def index() -> Page:
    words, role = request.args.get("q", "").strip(), request.args.get("role", "")
    after = None
    if "name" in request.args and "id" in request.args:
        after = (request.args["name"], request.args.get("id", type=uuid.UUID) or abort(400))
    found = admin.listing(db.session, words=words, role=role, after=after, limit=_LIMIT)
    next_url = None
    if len(found) > _LIMIT:
        last = found[_LIMIT - 1]
        next_url = url_for("users.index", q=words or None, role=role or None, name=last.name, id=last.id)
    form = SearchForm(formdata=None, data={"words": words})
    return render_template(
        "people/users.html",
        users=found[:_LIMIT],
        form=form,
        words=words,
        role=role,
        roles=ROLES,
        next_url=next_url,
        first_url=url_for("users.index", q=words or None, role=role or None) if after else None,
    )


@blueprint.post("/search")
@allow(Role.SYSTEM_ADMIN)
def search() -> Page:
    """By a number straight to its owner, so that it stands in no address; by name to the list."""
    # They go into an address, and no name or number is longer.
    words = typed(SearchForm().words).strip()[:_LONGEST]
    found = accounts.find(db.session, words)
    if found:
        return redirect(url_for("users.show", user_id=found.id))
    if any(character.isdigit() for character in words) and "@" not in words:
        flash(_("没有使用这个号码的账号。"), "warning")
        return redirect(url_for("users.index"))
    return redirect(url_for("users.index", q=words or None))


@blueprint.route("/new", methods=["GET", "POST"])
@allow(Role.SYSTEM_ADMIN)
def create() -> Page:
    form = NewStaffForm()
    outcome = handle(
        form,
        lambda: admin.create_staff(
            db.session,
            current_user(),
            name=typed(form.name).strip(),
            email=typed(form.email),
            phone=typed(form.phone),
            role=Role(form.role.data),
            area_code=form.area.data,
            at=now(),
        ),
    )
    if outcome.done:
        flash(_("账号已开通，设置密码的链接已发往 %(email)s。", email=outcome.result.email), "success")
        return redirect(url_for("users.show", user_id=outcome.result.id))
    return render_template("people/user_new.html", form=form), outcome.status


def _show(user: User, status: int = 200, **forms: Any) -> Page:
    shown = {
        "grant_form": GrantForm(formdata=None),
        "act_form": ActForm(formdata=None),
        "numbers": None,
    } | forms
    shown["act_form"].act.choices = _acts(user)
    return render_template("people/user.html", shown=user, **shown), status


def _acts(user: User) -> list[Any]:
    """What may be done about the account as it is now."""
    acts = []
    if user.id_number or user.phone:
        acts.append(("reveal", _("查看完整身份证号和手机号")))
    if accounts.locked(user, now()) or user.failed_logins:
        acts.append(("unlock", _("解除因输错密码造成的锁定")))
    if user.id != current_user().id:
        if user.totp_enabled_at:
            acts.append(("second_factor", _("关闭两步验证（手机和备用码都丢失时）")))
        acts.append(("invite", _("发送设置密码的链接")))
        acts.append(("close", _("停用账号")) if user.active else ("open", _("恢复账号")))
    return options(acts)


@blueprint.get("/<uuid:user_id>")
@allow(Role.SYSTEM_ADMIN)
def show(user_id: uuid.UUID) -> Page:
    return _show(_user(user_id))


@blueprint.post("/<uuid:user_id>/grants")
@allow(Role.SYSTEM_ADMIN)
def give(user_id: uuid.UUID) -> Page:
    user, form = _user(user_id), GrantForm()
    outcome = handle(
        form,
        lambda: admin.grant(db.session, current_user(), user, Role(form.role.data), form.area.data, now()),
    )
    if outcome.done:
        flash(_("职责已添加。"), "success")
        return redirect(url_for("users.show", user_id=user.id))
    return _show(user, outcome.status, grant_form=form)


@blueprint.post("/<uuid:user_id>/grants/<uuid:grant_id>/revoke")
@allow(Role.SYSTEM_ADMIN)
def revoke(user_id: uuid.UUID, grant_id: uuid.UUID) -> Page:
    user = _user(user_id)
    held = next((grant for grant in user.grants if grant.id == grant_id), None) or abort(404)
    try:
        admin.revoke(db.session, current_user(), user, held, now())
    except Refusal as refusal:
        db.session.rollback()
        flash(str(refusal), "danger")
    else:
        db.session.commit()
        flash(_("职责已收回。"), "success")
    return redirect(url_for("users.show", user_id=user_id))


@blueprint.post("/<uuid:user_id>/act")
@allow(Role.SYSTEM_ADMIN)
def act(user_id: uuid.UUID) -> Page:
    """One of the acts that need a reason."""
    user, form = _user(user_id), ActForm()
    form.act.choices = _acts(user)
    outcome = handle(form, lambda: _do(db.session, user, form.act.data, typed(form.reason).strip()))
    if not outcome.done:
        return _show(user, outcome.status, act_form=form)
    if form.act.data == "reveal":
        return _show(user, numbers=(user.id_number, user.phone))
    flash(_("已办理，并留下记录。"), "success")
    return redirect(url_for("users.show", user_id=user.id))


def _do(session: orm.Session, user: User, what: str, reason: str) -> None:
    actor, at = current_user(), now()
    match what:
        case "reveal":
            record(
                session,
                actor,
                "id_number.unmask",
                at=at,
                subject_kind="user",
                subject_id=user.id,
                reason=reason,
            )
        case "unlock":
            admin.unlock(session, actor, user, reason, at)
        case "second_factor":
            admin.reset_second_factor(session, actor, user, reason, at)
        case "invite":
            accounts.invite(session, user, at)
            record(
                session, actor, "user.invite", at=at, subject_kind="user", subject_id=user.id, reason=reason
            )
        case "close" | "open":
            admin.set_active(session, actor, user, what == "open", reason, at)


@blueprint.route("/<uuid:user_id>/correct", methods=["GET", "POST"])
@allow(Role.SYSTEM_ADMIN)
def correct(user_id: uuid.UUID) -> Page:
    """Name, e-mail and phone, after checking who somebody is."""
    user = _user(user_id)
    # The stored phone number is not shown: an empty field leaves it as it is.
    form = CorrectionForm(data={"name": user.name, "email": user.email})
    outcome = handle(
        form,
        lambda: admin.change_contact(
            db.session,
            current_user(),
            user,
            name=typed(form.name).strip(),
            email=typed(form.email),
            phone=typed(form.phone),
            reason=typed(form.reason).strip(),
            at=now(),
        ),
    )
    if outcome.done:
        flash(_("已更正，并留下记录。"), "success")
        return redirect(url_for("users.show", user_id=user.id))
    return render_template("people/user_correct.html", form=form, shown=user), outcome.status
