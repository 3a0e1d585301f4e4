"""Sign-up, sign-in, sign-out and forgotten passwords."""

import time
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import Form, handle, typed
from recruitment.people import accounts, second_factor, sessions
from recruitment.people.access import maybe_user, public
from recruitment.people.crypto import blind_index
from recruitment.people.forms import CodeForm, ForgottenForm, ResetForm, SignInForm, SignUpForm
from recruitment.people.id_number import normalise
from recruitment.people.models import User
from recruitment.web import navigation
from recruitment.web.limits import address, limiter, own_token

blueprint = Blueprint("people", __name__)
Page = str | Response | tuple[str, int]

# Between the right password and the code.
_CODE_WITHIN = timedelta(minutes=10)
# No answer about a forgotten password comes sooner, whoever is asked for.
FORGOTTEN_SECONDS = 0.5


def _identity_key() -> str:
    typed = "".join(request.form.get("identity", "").split()).lower()
    return f"identity:{blind_index('attempt', typed)}"


def _id_number_key() -> str:
    return f"identity:{blind_index('attempt', normalise(request.form.get('id_number', '')))}"


def _pending_key() -> str:
    return f"code:{session.get('pending', {}).get('user', request.remote_addr)}"


def _posts() -> bool:
    return request.method != "POST"


# These forms are checked against forgery by themselves: when their token has expired, the page comes back
# with what was typed instead of an error page.
@blueprint.route("/sign-up", methods=["GET", "POST"])
@own_token
@public
@limiter.limit("10 per hour", key_func=_id_number_key, exempt_when=_posts)
@limiter.limit("120 per hour", key_func=address, exempt_when=_posts)
def sign_up() -> Page:
    """Ask for an account."""
    if maybe_user():
        return redirect(navigation.landing())
    form = SignUpForm()

    def save() -> User:
        person = accounts.NewPerson(
            name=typed(form.name).strip(),
            id_number=form.id_number.parsed,
            phone=typed(form.phone),
            email=typed(form.email),
            password=typed(form.password),
        )
        at = now()
        user = accounts.sign_up(db.session, person, at)
        accounts.sign_in(db.session, user, at)
        return user

    outcome = handle(form, save)
    if outcome.done:
        flash(_("注册成功，您已登录。"), "success")
        return redirect(_after_sign_in())
    return render_template("people/sign_up.html", form=form), outcome.status


@blueprint.route("/confirm/<token>", methods=["GET", "POST"])
@own_token
@public
@limiter.limit("120 per hour", key_func=address, exempt_when=_posts)
def confirm(token: str) -> Page:
    """The link in the mail. It opens a page with a button: a program that opens links confirms nothing."""
    user = accounts.confirmation_owner(db.session, token)
    if user is None:
        again = url_for("account.show") if maybe_user() else url_for("people.sign_in")
        return render_template("people/link_expired.html", again=again), 404
    form = Form()
    if form.validate_on_submit():
        accounts.confirm(user, now())
        db.session.commit()
        flash(_("邮箱已验证。"), "success")
        return redirect(navigation.landing() if maybe_user() else url_for("people.sign_in"))
    return render_template("people/confirm.html", form=form, email=user.email)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@own_token
@public
@limiter.limit("20 per 15 minutes", key_func=_identity_key, exempt_when=_posts)
@limiter.limit("300 per 15 minutes", key_func=address, exempt_when=_posts)
def sign_in() -> Page:
    """By ID number, phone or e-mail, and password."""
    if maybe_user():
        return redirect(_after_sign_in())
    form = SignInForm()
    if form.validate_on_submit():
        at = now()
        user = accounts.check_password(db.session, typed(form.identity), typed(form.password), at)
        if user is None:
            db.session.commit()
            form.form_errors.append(
                _("账号或密码不对，或者输错次数太多、账号暂时锁定。请核对后再试，也可以找回密码。")
            )
        elif user.totp_enabled_at:
            db.session.commit()
            session["pending"] = {
                "user": str(user.id),
                "until": (at + _CODE_WITHIN).isoformat(),
                "next": _safe_path(request.args.get("next")),
            }
            return redirect(url_for("people.code"))
        else:
            return _signed_in(user, at, request.args.get("next"))
    return render_template("people/sign_in.html", form=form), 422 if form.errors else 200


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
@own_token
@public
@limiter.limit("20 per 15 minutes", key_func=_pending_key, exempt_when=_posts)
def code() -> Page:
    """The second factor, after the password."""
    pending = session.get("pending")
    at = now()
    if not pending or datetime.fromisoformat(pending["until"]) < at:
        session.pop("pending", None)
        return redirect(url_for("people.sign_in"))
    form = CodeForm()
    if form.validate_on_submit():
        user = db.session.get_one(User, pending["user"], with_for_update=True)
        usable = user.active and not accounts.locked(user, at)
        if usable and (
            second_factor.accept(user, typed(form.code), at)
            or second_factor.accept_recovery(user, typed(form.code))
        ):
            return _signed_in(user, at, pending["next"])
        if usable:
            accounts.note_failure(db.session, user, at)
        db.session.commit()
        form.code.errors = [_("验证码不对或已经用过。请等下一个验证码再试。")]
    return render_template("people/code.html", form=form), 422 if form.errors else 200


def _signed_in(user: User, at: datetime, path: str | None) -> Response:
    accounts.sign_in(db.session, user, at)
    db.session.commit()
    return redirect(_after_sign_in(path))


def _after_sign_in(path: str | None = None) -> str:
    """Back to the page whose form was rescued, else to the page asked for, else to the person's own work."""
    user = maybe_user()
    resume = session.pop("resume", None)
    if resume and user and resume["user"] == str(user.id):
        return str(resume["path"])
    return _safe_path(path or request.args.get("next")) or navigation.landing()


def _safe_path(path: str | None) -> str | None:
    """A path on this site, or none: never an address that somebody else put into a link."""
    if not path or "\\" in path or any(ord(character) < 32 for character in path):
        return None
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or not path.startswith("/") or path.startswith("//"):
        return None
    return path


# Signing out always works, also from a page whose token has expired: on a shared computer that matters more
# than somebody being signed out by a forged request.
@blueprint.post("/sign-out")
@own_token
@public
def sign_out() -> Page:
    """End the session here and on the server, and have the browser forget what it kept."""
    sessions.end(db.session, now())
    db.session.commit()
    flash(_("您已退出登录。"), "success")
    response = redirect(url_for("people.sign_in"))
    response.headers["Clear-Site-Data"] = '"storage"'
    return response


@blueprint.route("/forgotten", methods=["GET", "POST"])
@own_token
@public
@limiter.limit("5 per hour", key_func=_identity_key, exempt_when=_posts)
@limiter.limit("100 per hour", key_func=address, exempt_when=_posts)
def forgotten() -> Page:
    """Ask for a link to choose a new password. The answer is the same whether there is an account or not."""
    form = ForgottenForm()
    if form.validate_on_submit():
        began = time.monotonic()
        accounts.ask_reset(db.session, typed(form.identity), now())
        db.session.commit()
        # A letter takes longer than none: who measures the answer must not learn whether there is an account.
        time.sleep(max(0.0, FORGOTTEN_SECONDS - (time.monotonic() - began)))
        return redirect(url_for("people.forgotten_sent"))
    return render_template("people/forgotten.html", form=form), 422 if form.errors else 200


@blueprint.get("/forgotten/sent")
@public
def forgotten_sent() -> Page:
    return render_template("people/forgotten_sent.html")


@blueprint.route("/reset/<token>", methods=["GET", "POST"])
@own_token
@public
@limiter.limit("60 per hour", key_func=address, exempt_when=_posts)
def reset(token: str) -> Page:
    """Choose a new password by the link in the mail. Sign-in follows, second factor included."""
    user = accounts.reset_owner(db.session, token)
    if user is None:
        return render_template("people/link_expired.html", again=url_for("people.forgotten")), 404
    form = ResetForm(personal=accounts.personal_texts(user))
    if form.validate_on_submit():
        accounts.set_password(db.session, user, typed(form.password), now())
        # Who could open the link reads the mailbox.
        accounts.confirm(user, now())
        db.session.commit()
        flash(_("密码已修改。请用新密码登录。"), "success")
        return redirect(url_for("people.sign_in"))
    return render_template("people/reset.html", form=form), 422 if form.errors else 200
