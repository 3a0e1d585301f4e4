"""Public notices for everybody: while they stand, and only what they may show."""

import io
import uuid

from flask import Blueprint, abort, render_template, send_file
from werkzeug.wrappers import Response

from recruitment.clock import now
from recruitment.database import db
from recruitment.people.access import public
from recruitment.public.views import announced_call
from recruitment.public_notice import content, operations, queries
from recruitment.public_notice.models import PublicNotice
from recruitment.public_notice.paper import pdf, period

blueprint = Blueprint("notice_board", __name__, url_prefix="/calls/<slug>/notices")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Names are shown for as long as the law asks, and then nowhere: also not in the caches of search engines.
NOT_KEPT = {"X-Robots-Tag": "noindex, nofollow, noarchive", "Cache-Control": "no-store"}


def shown_notice(slug: str, notice_id: uuid.UUID) -> PublicNotice:
    """A notice that is published; 404 for any other. Whether its time is over, ``stands`` says."""
    found = queries.find(db.session, announced_call(slug), notice_id)
    if found is None or found.state not in ("running", "ended"):
        abort(404)
    return found


def stands(notice: PublicNotice) -> bool:
    """Whether the notice is to be seen now: the clock decides, not when a timer last ran."""
    return notice.state == "running" and notice.ends_at is not None and now() <= notice.ends_at


@blueprint.get("/")
@public
def index(slug: str) -> tuple[str, dict[str, str]]:
    call = announced_call(slug)
    shown = [row for row in queries.of_call(db.session, call, "running") if stands(row[0])]
    return render_template("public_notice/board.html", call=call, notices=shown, period=period), NOT_KEPT


@blueprint.get("/<uuid:notice_id>")
@public
def show(slug: str, notice_id: uuid.UUID) -> tuple[str, dict[str, str]]:
    """The list; after its time only that there was one."""
    notice = shown_notice(slug, notice_id)
    if not stands(notice):
        return render_template(
            "public_notice/over.html", call=notice.call, notice=notice, period=period(notice)
        ), NOT_KEPT
    return render_template(
        "public_notice/public.html",
        call=notice.call,
        notice=notice,
        period=period(notice),
        titles=[column.title for column in content.PUBLIC_NOTICE.columns],
        rows=[(row, content.cells(row)) for row in notice.rows],
    ), NOT_KEPT


@blueprint.get("/<uuid:notice_id>/list.<any(xlsx, pdf):kind>")
@public
def file(slug: str, notice_id: uuid.UUID, kind: str) -> Response:
    """The same list as a file, while it stands."""
    notice = shown_notice(slug, notice_id)
    if not stands(notice) or notice.published_at is None:
        abort(404)
    made = pdf(notice) if kind == "pdf" else operations.xlsx(notice, notice.published_at)[0]
    response = send_file(
        io.BytesIO(made),
        mimetype="application/pdf" if kind == "pdf" else XLSX,
        as_attachment=True,
        download_name=f"{notice.title}.{kind}",
    )
    response.headers.update(NOT_KEPT)
    return response
