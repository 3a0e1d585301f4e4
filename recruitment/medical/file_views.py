"""The hospital's file: names out, results in."""

import io

from flask import Blueprint, send_file
from werkzeug.wrappers import Response

from recruitment.audit.operations import record
from recruitment.calls.forms import ExportForm
from recruitment.calls.views.candidates import XLSX
from recruitment.candidates import desk, listing
from recruitment.candidates.forms import apart
from recruitment.candidates.listing import CandidateFilter
from recruitment.clock import local, now
from recruitment.database import db
from recruitment.lists.pages import register, upload_page
from recruitment.lists.writing import xlsx_bytes
from recruitment.medical.imports import OFFICE, RESULTS_FILE, WAITING
from recruitment.medical.results_list import BLANK
from recruitment.people.access import allow, current_user
from recruitment.wording import official

blueprint = Blueprint("medical_files", __name__, url_prefix="/admin/calls/<slug>/medical")
Page = str | Response | tuple[str, int]
EXPORT = "medical.names"


@blueprint.post("/names")
@allow(*OFFICE)
def names(slug: str) -> Page:
    """Who waits for a result, as the file that the hospital fills in; on record."""
    call = desk.call_or_404(slug)
    form = ExportForm()
    if not form.validate():
        return upload_page(RESULTS_FILE, {"slug": slug}, status=422, export_form=apart(form, "names"))
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


register(blueprint, RESULTS_FILE)
