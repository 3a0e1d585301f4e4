"""The inbox, and in demo mode the mails that were caught."""

import uuid

from flask import Blueprint, Response, abort, current_app, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _
from werkzeug.wrappers import Response as WsgiResponse

from recruitment.clock import now
from recruitment.database import db
from recruitment.notices import mailcatcher, operations, queries
from recruitment.people.access import allow, current_user, public
from recruitment.people.models import Role
from recruitment.web.navigation import entry

blueprint = Blueprint("notices", __name__)


@blueprint.get("/inbox/")
@entry(_("站内信"), 40, section="notices.")
@allow(Role.CADRE)
def inbox() -> str:
    try:
        page = queries.inbox(db.session, current_user().id, request.args.get("after", ""))
    except ValueError:
        abort(404)
    return render_template("notices/pages/inbox.html", page=page)


@blueprint.get("/inbox/<uuid:notice_id>")
@allow(Role.CADRE)
def show(notice_id: uuid.UUID) -> str:
    notice = queries.own(db.session, notice_id, current_user().id)
    if notice is None:
        abort(404)
    return render_template("notices/pages/show.html", notice=notice)


@blueprint.post("/inbox/<uuid:notice_id>/open")
@allow(Role.CADRE)
def open_notice(notice_id: uuid.UUID) -> WsgiResponse:
    """Opening is an act worth keeping, so it is a POST: it is what "she has read it" rests on."""
    if not operations.mark_read(db.session, current_user().id, notice_id, now()):
        abort(404)
    db.session.commit()
    return redirect(url_for("notices.show", notice_id=notice_id), 303)


@blueprint.get("/demo/mail")
@public
def demo_mail() -> str:
    _only_in_demo()
    mails = list(mailcatcher.caught(current_app.config["SETTINGS"].data_dir))
    return render_template("notices/pages/demo_mail.html", mails=mails)


@blueprint.get("/demo/mail/<key>")
@public
def demo_mail_show(key: str) -> str | Response:
    _only_in_demo()
    mail = mailcatcher.mail(current_app.config["SETTINGS"].data_dir, key)
    if mail is None:
        abort(404)
    body = mail.get_body(("plain",))
    return render_template(
        "notices/pages/demo_mail_show.html", mail=mail, text=body.get_content() if body else ""
    )


def _only_in_demo() -> None:
    if not current_app.config["SETTINGS"].demo:
        abort(404)
