"""Results from the hospital's file: names out, upload, dry run, import."""

import io
import uuid

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from recruitment.audit.operations import record
from recruitment.calls.forms import ExportForm
from recruitment.calls.models import Call
from recruitment.calls.views.base import refusable, words_of
from recruitment.calls.views.candidates import XLSX
from recruitment.candidates import desk, listing
from recruitment.candidates.forms import apart
from recruitment.candidates.listing import CandidateFilter
from recruitment.clock import local, now, today
from recruitment.database import db
from recruitment.forms import handle
from recruitment.lists.writing import xlsx_bytes
from recruitment.medical import imports, queries
from recruitment.medical.forms import ResultsFileForm
from recruitment.medical.models import MedicalUpload
from recruitment.medical.results_list import BLANK, WORDS, read_for
from recruitment.medical.views import OFFICE
from recruitment.people.access import allow, current_user
from recruitment.wording import official
from workflows.terms import Refused

blueprint = Blueprint("medical_files", __name__, url_prefix="/admin/calls/<slug>/medical")
Page = str | Response | tuple[str, int]
EXPORT = "medical.names"
# Who still waits for a result.
WAITING = ("medical", "medical_retest")
PREVIEWED, ERRORS_SHOWN = 20, 500


@blueprint.get("/import")
@allow(*OFFICE)
def upload(slug: str) -> Page:
    """What to do, and where to choose the file."""
    return _upload_page(desk.call_or_404(slug))


@blueprint.post("/import")
@allow(*OFFICE)
def send(slug: str) -> Page:
    """Take a file in and lead to its dry run."""
    call = desk.call_or_404(slug)
    form = ResultsFileForm()

    def save() -> MedicalUpload:
        file = form.table.data
        content = file.stream.read(imports.MOST_BYTES + 1)
        return imports.keep(db.session, call, current_user(), content, file.filename, now())

    outcome = handle(form, refusable(save, {"file": "table"}))
    if outcome.done:
        return redirect(url_for("medical_files.dry_run", slug=slug, upload_id=outcome.result.id), 303)
    return _upload_page(call, form=form, status=outcome.status)


@blueprint.post("/names")
@allow(*OFFICE)
def names(slug: str) -> Page:
    """Who waits for a result, as the file that the hospital fills in; on record."""
    call = desk.call_or_404(slug)
    form = ExportForm()
    if not form.validate():
        return _upload_page(call, export_form=form, status=422)
    chosen = CandidateFilter(desk.areas(*OFFICE), call.id, WAITING)
    with official():
        content, written = xlsx_bytes(
            BLANK, listing.every(db.session, chosen), created=local(now()), title=f"{call.title}{BLANK.name}"
        )
    record(
        db.session,
        current_user(),
        EXPORT,
        at=now(),
        subject_kind="call",
        subject_id=call.id,
        reason=str(form.purpose.data).strip(),
        detail={"rows": written.rows, "sha256": written.sha256},
    )
    db.session.commit()
    response: Response = send_file(
        io.BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=f"体检结果-{slug}.xlsx"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/import/<uuid:upload_id>")
@allow(*OFFICE)
def dry_run(slug: str, upload_id: uuid.UUID) -> Page:
    """What an import would do, down to each error; nothing is changed."""
    call = desk.call_or_404(slug)
    return _dry_run(call, _upload(call, upload_id))


@blueprint.post("/import/<uuid:upload_id>")
@allow(*OFFICE)
def confirm(slug: str, upload_id: uuid.UUID) -> Page:
    """Enter what the dry run showed, or nothing."""
    call = desk.call_or_404(slug)
    kept = _upload(call, upload_id)
    try:
        number = imports.enter_all(db.session, call, kept, current_user(), desk.areas(*OFFICE), now())
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        reasons = [words_of(reason) for reason in refused.reasons]
        return _dry_run(call, _upload(call, upload_id), reasons, 409)
    flash(_("已登记%(number)s人的体检结果，通知随后发出。", number=number), "success")
    return redirect(url_for("medical.index", slug=slug), 303)


def _upload(call: Call, upload_id: uuid.UUID) -> MedicalUpload:
    kept = queries.upload(db.session, call, upload_id, current_user().id)
    if kept is None:
        abort(404)
    return kept


def _upload_page(
    call: Call,
    *,
    form: ResultsFileForm | None = None,
    export_form: ExportForm | None = None,
    status: int = 200,
) -> tuple[str, int]:
    waiting = listing.counts(db.session, CandidateFilter(desk.areas(*OFFICE), call.id, WAITING))
    return render_template(
        "medical/upload.html",
        call=call,
        form=apart(form or ResultsFileForm(formdata=None), "file"),
        export_form=apart(export_form or ExportForm(formdata=None), "names"),
        items=queries.terms(db.session, call.id).items,
        waiting=sum(waiting.values()),
    ), status


def _dry_run(
    call: Call, kept: MedicalUpload, refused: list[str] | None = None, status: int = 200
) -> tuple[str, int]:
    table = read_for(db.session, call, desk.areas(*OFFICE), imports.content_of(kept), today())
    counts: dict[str, int] = {}
    for entry in table.rows:
        counts[WORDS[entry.row.outcome]] = counts.get(WORDS[entry.row.outcome], 0) + 1
    return render_template(
        "medical/dry_run.html",
        call=call,
        upload=kept,
        table=table,
        refused=refused or [],
        counts=counts,
        rows=table.rows[:PREVIEWED],
        words=WORDS,
        errors=table.errors[:ERRORS_SHOWN],
        here=request.path,
    ), status
