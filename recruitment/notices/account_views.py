"""Where a person chooses how to be told, and proves that the number is theirs."""

import uuid

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from kombu.exceptions import OperationalError
from werkzeug.wrappers import Response
from wtforms import StringField

from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import Form, Required, typed
from recruitment.notices import tasks
from recruitment.notices.channels import channels
from recruitment.people import phone
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.web.limits import limiter

blueprint = Blueprint("channels", __name__, url_prefix="/account/channels")
Page = str | Response | tuple[str, int]


class PhoneCodeForm(Form):
    code = StringField(_l("短信验证码"), [Required()], description=_l("6位数字，10分钟内有效。"))


def _mine() -> str:
    return f"user:{current_user().id}"


@blueprint.get("")
@allow(Role.CADRE)
def show() -> Page:
    return _page(PhoneCodeForm())


def _page(form: PhoneCodeForm) -> Page:
    user = current_user()
    offered = {name: channel for name, channel in channels().items() if channel.chosen}
    page = render_template("notices/pages/channels.html", user=user, offered=offered, form=form)
    return page, 422 if form.errors else 200


@blueprint.post("")
@allow(Role.CADRE)
def choose() -> Page:
    """Keep what was ticked; the inbox is not asked about."""
    user = current_user()
    ticked = set(request.form.getlist("channel"))
    user.channels = [name for name, channel in channels().items() if channel.chosen and name in ticked]
    db.session.commit()
    flash(_("已保存。"), "success")
    return redirect(url_for("channels.show"), 303)


@blueprint.post("/phone/code")
@allow(Role.CADRE)
@limiter.limit("5 per hour", key_func=_mine)
def send_code() -> Page:
    """Send a code to the person's own number."""
    user = current_user()
    if "sms" not in channels() or not user.phone:
        abort(404)
    try:
        tasks.phone_code.apply_async((str(user.id), str(uuid.uuid4())))
    except (OperationalError, OSError):
        flash(_("现在不能发送短信，请稍后再试。"), "warning")
    else:
        flash(_("验证码已发往 %(phone)s，请在下面填写。", phone=user.masked_phone), "success")
    return redirect(url_for("channels.show"), 303)


@blueprint.post("/phone")
@allow(Role.CADRE)
@limiter.limit("10 per 15 minutes", key_func=_mine)
def confirm_phone() -> Page:
    """Take the code."""
    user = current_user()
    form = PhoneCodeForm()
    if form.validate():
        if phone.confirm(user, typed(form.code), now()):
            if "sms" not in user.channels:
                user.channels = [*user.channels, "sms"]
            db.session.commit()
            flash(_("手机号已验证，以后也会给您发短信。"), "success")
            return redirect(url_for("channels.show"), 303)
        form.code.errors = [_("验证码不对或者已过期。请核对，或者重新发送。")]
    return _page(form)
