"""When a session or a token has run out: save what was typed first, then talk about signing in."""

from flask import Flask, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response

from recruitment.clock import now
from recruitment.database import SAFE_METHODS, db
from recruitment.forms import drafts
from recruitment.people.access import maybe_user
from recruitment.web import errors

EXPIRED = errors.Words(
    _l("页面已过期"),
    _l("页面打开时间过长，或者您已在别处退出登录。请返回上一页，刷新后再提交一次。"),
)


def _rescue() -> drafts.Owner | None:
    """File the request's fields under the owner that their token names."""
    owner = drafts.read_token(request.form.get(drafts.OWNER_FIELD))
    if owner:
        fields = drafts.raw_fields(request.form)
        if fields:
            drafts.keep(db.session, owner, fields, now())
            db.session.commit()
    return owner


def not_signed_in(error: Unauthorized) -> Response:
    """To sign-in, and from there back to where the person was."""
    if request.method in SAFE_METHODS:
        return redirect(url_for("people.sign_in", next=request.full_path.rstrip("?")))
    owner = _rescue()
    if owner is None:
        flash(_("登录已过期，请重新登录。"), "warning")
        return redirect(url_for("people.sign_in"))
    # The page is given back to its owner only: on a shared computer the next to sign in may be somebody else.
    session["resume"] = {"user": str(owner.user_id), "path": owner.path}
    flash(_("登录已过期。您填写的内容已经保存，重新登录后会自动恢复。"), "warning")
    return redirect(url_for("people.sign_in"))


def bad_token(error: CSRFError) -> Response | tuple[str, int]:
    """The page's token is not of this session."""
    user = maybe_user()
    if user is None and drafts.OWNER_FIELD in request.form:
        return not_signed_in(Unauthorized())
    owner = _rescue()
    if owner is None:
        return errors.page(EXPIRED, 400)
    if user is None or user.id != owner.user_id:
        # Somebody else has signed in to this browser since the page was opened.
        flash(_("刚才提交的表单属于另一个账号，内容已保存到那个账号的草稿中，没有提交。"), "warning")
        return redirect(request.script_root + "/")
    flash(_("页面已过期，还没有提交。您填写的内容都在，请核对后再提交一次。"), "warning")
    return redirect(owner.path)


def init_app(app: Flask) -> None:
    app.register_error_handler(Unauthorized, not_signed_in)
    app.register_error_handler(CSRFError, bad_token)
