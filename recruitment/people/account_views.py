"""A person's own account."""

import base64
import io
import textwrap

import qrcode
import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from qrcode.image.svg import SvgPathImage
from werkzeug.wrappers import Response

from recruitment.audit.operations import record
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import typed
from recruitment.people import accounts, passwords, second_factor, sessions
from recruitment.people.access import current_user, signed_in, unfinished
from recruitment.people.forms import ChangePasswordForm, FirstCodeForm, PasswordAgainForm
from recruitment.people.models import SignIn
from recruitment.web.limits import limiter

blueprint = Blueprint("account", __name__, url_prefix="/account")
Page = str | Response | tuple[str, int]

# A signed-in browser must not become a place to guess passwords at.
_guesses = limiter.shared_limit(
    "10 per 15 minutes",
    scope="own password",
    key_func=lambda: f"user:{current_user().id}",
    exempt_when=lambda: request.method != "POST",
)


@blueprint.get("")
@signed_in
def show() -> Page:
    user = current_user()
    places = db.session.scalars(
        sa.select(SignIn)
        .where(
            SignIn.user_id == user.id, SignIn.ended_at.is_(None), SignIn.created_at > now() - sessions.LONGEST
        )
        .order_by(SignIn.created_at.desc())
        .limit(20)
    ).all()
    return render_template("people/account.html", user=user, places=places, here=sessions.current_id())


@blueprint.post("/reveal")
@signed_in
def reveal() -> Page:
    """Show the person's own ID and phone number in full, on record."""
    user = current_user()
    record(
        db.session, user, "id_number.unmask", at=now(), subject_kind="user", subject_id=user.id, reason="本人"
    )
    db.session.commit()
    return render_template("people/account_numbers.html", user=user)


@blueprint.post("/confirm-email")
@signed_in
@limiter.limit("5 per hour", key_func=lambda: f"user:{current_user().id}")
def confirm_email() -> Page:
    """Send the link once more."""
    user = current_user()
    if user.email_confirmed_at is None or user.email_failed_at:
        accounts.ask_confirmation(db.session, user, now())
        db.session.commit()
        flash(_("验证邮件已发往 %(email)s，请查收。", email=user.email), "success")
    return redirect(url_for("account.show"))


@blueprint.route("/password", methods=["GET", "POST"])
@unfinished
@_guesses
def change_password() -> Page:
    user = current_user()
    form = ChangePasswordForm(personal=accounts.personal_texts(user))
    if form.validate_on_submit():
        if passwords.matches(user.password, typed(form.current_password)):
            accounts.set_password(db.session, user, typed(form.password), now())
            db.session.commit()
            flash(_("密码已修改，其他设备上的登录已退出。"), "success")
            return redirect(url_for("account.show"))
        form.current_password.errors = [_("现在的密码不对。")]
    return render_template("people/change_password.html", form=form, user=user), 422 if form.errors else 200


@blueprint.post("/sign-ins/end")
@signed_in
def end_others() -> Page:
    """Sign out everywhere but here."""
    sessions.end_all(db.session, current_user(), now(), keep=sessions.current_id())
    db.session.commit()
    flash(_("其他设备上的登录已退出。"), "success")
    return redirect(url_for("account.show"))


@blueprint.get("/second-factor")
@unfinished
def set_up_second_factor() -> Page:
    """Explain it, or show the code to scan once there is one."""
    return _second_factor_page(FirstCodeForm())


def _second_factor_page(form: FirstCodeForm) -> Page:
    user = current_user()
    picture = ""
    if user.totp_secret and not user.totp_enabled_at:
        drawn = io.BytesIO()
        qrcode.make(second_factor.address(user), image_factory=SvgPathImage).save(drawn)
        picture = "data:image/svg+xml;base64," + base64.b64encode(drawn.getvalue()).decode()
    return (
        render_template(
            "people/second_factor.html",
            user=user,
            form=form,
            picture=picture,
            secret=" ".join(textwrap.wrap(user.totp_secret or "", 4)),
        ),
        422 if form.errors else 200,
    )


@blueprint.post("/second-factor/start")
@unfinished
def start_second_factor() -> Page:
    accounts.start_second_factor(current_user())
    db.session.commit()
    return redirect(url_for("account.set_up_second_factor"))


@blueprint.post("/second-factor/enable")
@unfinished
@_guesses
def enable_second_factor() -> Page:
    """Take the first code; show the recovery codes, this once."""
    user = current_user()
    form = FirstCodeForm()
    if form.validate():
        codes = accounts.enable_second_factor(db.session, user, typed(form.code), now())
        if codes:
            db.session.commit()
            return render_template("people/recovery_codes.html", codes=codes)
        form.code.errors = [_("验证码不对。请核对手机时间是否准确，再填写应用中现在显示的数字。")]
    return _second_factor_page(form)


@blueprint.route("/second-factor/off", methods=["GET", "POST"])
@signed_in
@_guesses
def disable_second_factor() -> Page:
    user = current_user()
    if user.totp_enabled_at is None:
        abort(404)
    form = PasswordAgainForm()
    if form.validate_on_submit():
        if passwords.matches(user.password, typed(form.password)):
            accounts.disable_second_factor(db.session, user, user, now())
            db.session.commit()
            flash(_("两步验证已关闭。"), "warning")
            return redirect(url_for("account.show"))
        form.password.errors = [_("现在的密码不对。")]
    return render_template("people/second_factor_off.html", form=form), 422 if form.errors else 200
