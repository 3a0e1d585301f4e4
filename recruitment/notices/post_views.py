"""Letters to post, and what was sent to many at once."""

import io
import uuid

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from recruitment.clock import now
from recruitment.database import db
from recruitment.notices import dispatches, letters
from recruitment.notices.delivery_views import READERS, Page, areas, blueprint
from recruitment.notices.models import Dispatch
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role


@blueprint.get("/letters")
@allow(*READERS)
def to_post() -> Page:
    """Letters that an office has to print and post."""
    return render_template(
        "notices/pages/letters.html",
        letters=letters.to_post(db.session, areas(*READERS)),
        count=letters.count(db.session, areas(*READERS)),
        may_change=Role.ADMIN in current_user().roles,
    )


def _ticked() -> list[letters.Letter]:
    try:
        ids = [uuid.UUID(text) for text in request.form.getlist("delivery")]
    except ValueError:
        abort(400)
    return letters.to_post(db.session, areas(Role.ADMIN), ids) if ids else []


@blueprint.post("/letters/print")
@allow(Role.ADMIN)
def print_letters() -> Page:
    """The ticked ones as one PDF, on record."""
    ticked = _ticked()
    if not ticked:
        flash(_("请先勾选信函。"), "warning")
        return redirect(url_for("deliveries.to_post"), 303)
    content = letters.pdf(ticked)
    letters.note_printed(db.session, current_user(), ticked, now())
    db.session.commit()
    response: Response = send_file(
        io.BytesIO(content), mimetype="application/pdf", as_attachment=True, download_name="待寄信函.pdf"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/letters/posted")
@allow(Role.ADMIN)
def posted() -> Page:
    """The ticked ones are in the post."""
    count = letters.mark_posted(db.session, current_user(), _ticked(), now())
    db.session.commit()
    if count:
        flash(_("已登记寄出%(count)s封。", count=count), "success")
    else:
        flash(_("请先勾选信函。"), "warning")
    return redirect(url_for("deliveries.to_post"), 303)


@blueprint.get("/dispatches")
@allow(*READERS)
def dispatched() -> Page:
    """What was sent to many at once, the newest first."""
    return render_template("notices/pages/dispatches.html", rows=dispatches.recent(db.session, _whose()))


def _whose() -> uuid.UUID | None:
    """Everybody's for who is in charge of the whole province, else one's own."""
    return None if "51" in areas(*READERS) else current_user().id


def _dispatch(dispatch_id: uuid.UUID) -> Dispatch:
    return dispatches.find(db.session, dispatch_id, _whose()) or abort(404)


@blueprint.get("/dispatches/<uuid:dispatch_id>")
@allow(*READERS)
def dispatch(dispatch_id: uuid.UUID) -> Page:
    """How far one has come."""
    found = _dispatch(dispatch_id)
    return render_template(
        "notices/pages/dispatch.html",
        dispatch=found,
        progress=dispatches.progress(db.session, found),
        may_change=Role.ADMIN in current_user().roles,
    )


@blueprint.post("/dispatches/<uuid:dispatch_id>/pause")
@allow(Role.ADMIN)
def pause(dispatch_id: uuid.UUID) -> Page:
    dispatches.pause(db.session, current_user(), _dispatch(dispatch_id), now())
    db.session.commit()
    flash(_("已暂停。正在发送的几十条仍会发完。"), "success")
    return redirect(url_for("deliveries.dispatch", dispatch_id=dispatch_id), 303)


@blueprint.post("/dispatches/<uuid:dispatch_id>/resume")
@allow(Role.ADMIN)
def resume(dispatch_id: uuid.UUID) -> Page:
    dispatches.resume(db.session, current_user(), _dispatch(dispatch_id), now())
    db.session.commit()
    flash(_("已继续发送。"), "success")
    return redirect(url_for("deliveries.dispatch", dispatch_id=dispatch_id), 303)
