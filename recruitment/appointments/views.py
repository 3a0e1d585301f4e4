"""The offices' pages of a call from the approval to the appointment."""

import hashlib
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, cast

from flask import (
    Blueprint,
    Response,
    abort,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response as WsgiResponse

from recruitment.appointments import approval, operations, queries
from recruitment.appointments import notices as notices  # tells the facts of its notices when read
from recruitment.appointments.forms import CancelForm, ReportForm, TermsForm
from recruitment.appointments.models import Appointment
from recruitment.audit.operations import record
from recruitment.calls.forms import ExportForm
from recruitment.calls.models import Call
from recruitment.calls.views.base import may_change, refusable
from recruitment.candidates import desk, listing
from recruitment.candidates.forms import apart, state_labels
from recruitment.candidates.listing import CandidateFilter
from recruitment.candidates.models import Candidate
from recruitment.clock import local, now
from recruitment.database import db
from recruitment.forms import handle
from recruitment.forms.base import Form
from recruitment.lists.writing import Written
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.web import stages
from workflows.bulk import PreviewStale

MIME_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}

blueprint = Blueprint("approvals", __name__, url_prefix="/admin/calls/<slug>/approvals")
Page = str | WsgiResponse | tuple[str, int]

APPROVERS = (Role.PREFECTURE_REVIEWER, Role.PROVINCE_REVIEWER)
# Who records reporting for duty, and takes forms along.
OFFICE = (Role.ADMIN, *APPROVERS)
READERS = (*OFFICE, Role.SUPERVISOR)
FORMS = "approval.forms"
TONES = {
    "announced": "info",
    "suspended": "warn",
    "approved": "good",
    "probation": "good",
    "appointed": "good",
    "cancelled": "bad",
    "rejected": "bad",
}
BESIDE = {"reported_on": "reported_on", "no_reason": "code", "no_explanation": "explanation"}


@blueprint.get("/")
@stages.of_call(_l("审批和录用"), 100)
@allow(*READERS)
def index(slug: str) -> Page:
    """Who waits for approval, who was approved, and how far their service is."""
    return _list(desk.call_or_404(slug))


def _list(
    call: Call,
    *,
    terms_form: TermsForm | None = None,
    export_form: ExportForm | None = None,
    status: int = 200,
) -> tuple[str, int]:
    form, chosen = desk.chosen(call, READERS, queries.STATES, request.args)
    after = desk.after()
    page = listing.page(db.session, chosen, after)
    ids = [row.id for row in page.rows]
    return render_template(
        "appointments/index.html",
        call=call,
        form=form,
        page=page,
        after=after,
        counts=listing.counts(db.session, chosen),
        undertaken=queries.undertaken(db.session, ids),
        service=queries.appointments(db.session, ids),
        narrowed={field.name: field.data for field in form if field.data},
        states=state_labels(),
        tones=TONES,
        terms=queries.terms(db.session, call.id),
        terms_form=(terms_form or _terms_form(call)) if may_change(call) else None,
        export_form=apart(export_form or ExportForm(formdata=None), "forms") if desk.areas(*OFFICE) else None,
        may_approve=bool(desk.areas(*APPROVERS)),
        may_act=bool(desk.areas(*OFFICE)),
    ), status


def _terms_form(call: Call) -> TermsForm:
    terms = queries.terms(db.session, call.id)
    return apart(
        TermsForm.open(f"appointment-terms:{call.id}", saved_at=terms.updated_at, obj=terms), "terms"
    )


@blueprint.post("/terms")
@allow(Role.ADMIN)
def set_terms(slug: str) -> Page:
    """Set what the call asks of those it appoints."""
    call = desk.call_or_404(slug)
    if not may_change(call):
        abort(403)
    form = _terms_form(call)
    outcome = handle(
        form,
        refusable(
            lambda: operations.set_terms(
                db.session,
                call,
                current_user(),
                now(),
                service_years=form.service_years.data or 0,
                probation_months=form.probation_months.data or 0,
                reminder_days=form.reminder_days.data or 0,
            ),
            {"probation_months": "probation_months"},
        ),
    )
    if outcome.done:
        flash(_("已保存。"), "success")
        return redirect(url_for("approvals.index", slug=slug), 303)
    return _list(call, terms_form=form, status=outcome.status)


# Approving together


@blueprint.get("/approve")
@allow(*APPROVERS)
def preview(slug: str) -> Page:
    """Who would be approved together, and who is left out and why."""
    call = desk.call_or_404(slug)
    rows = _picked(call, request.args.getlist("pick"))
    if not rows:
        flash(_("请先勾选要批准的人员。"), "warning")
        return redirect(url_for("approvals.index", slug=slug))
    return _preview(call, rows)


@blueprint.post("/approve")
@allow(*APPROVERS)
def approve(slug: str) -> Page:
    """Approve exactly those that the preview showed, or nobody if anything has changed since."""
    call = desk.call_or_404(slug)
    key, token = request.form.get("key", ""), request.form.get("token", "")
    rows = _picked(call, request.form.getlist("pick"))
    if not rows or not token or not 8 <= len(key) <= 64:
        abort(400)
    actor = current_user().actor()
    try:
        number = operations.approve_many(db.session, rows, actor, now(), token=token, key=key)
    except PreviewStale:
        db.session.rollback()
        flash(_("名单刚才有了变化，一人也没有批准。请重新核对。"), "warning")
        return _preview(call, _picked(call, request.form.getlist("pick"))), 409
    db.session.commit()
    flash(_("已批准录用 %(number)s 人，通知随后发出。", number=number), "success")
    return redirect(url_for("approvals.index", slug=slug), 303)


def _preview(call: Call, rows: list[Candidate]) -> str:
    together = operations.preview_approval(db.session, rows, current_user().actor(), now())
    return render_template(
        "appointments/preview.html", call=call, rows=rows, together=together, key=uuid.uuid4().hex
    )


def _picked(call: Call, texts: Iterable[str]) -> list[Candidate]:
    """Those of one's own areas, no more than a page holds."""
    ids = list(dict.fromkeys(_uuids(texts)))[: listing.PAGE]
    query = CandidateFilter(desk.areas(*APPROVERS), call.id).select().where(Candidate.id.in_(ids))
    return list(db.session.scalars(query))


def _uuids(texts: Iterable[str]) -> Iterator[uuid.UUID]:
    for text in texts:
        try:
            yield uuid.UUID(text)
        except ValueError:
            continue


# Forms on paper


@blueprint.post("/forms.zip")
@allow(*OFFICE)
def forms(slug: str) -> Page:
    """Every approval form that the filter shows, as one archive, on record."""
    call = desk.call_or_404(slug)
    form = apart(ExportForm(), "forms")
    if not form.validate():
        return _list(call, export_form=form, status=422)
    _form, chosen = desk.chosen(call, OFFICE, queries.STATES, request.form)
    target = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it when it has been sent
    kind = "docx" if request.form.get("kind") == "docx" else "pdf"
    written = approval.archive(db.session, listing.every(db.session, chosen), local(now()), target, kind)
    _note(call.id, "call", str(form.purpose.data), written)
    db.session.commit()
    response: Response = send_file(
        target, "application/zip", as_attachment=True, download_name=f"录用审批表-{slug}.zip"
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/<uuid:candidate_id>/form.<any(pdf, docx):kind>")
@allow(*OFFICE)
def form(slug: str, candidate_id: uuid.UUID, kind: str) -> Response:
    """One approval form, on record."""
    candidate = _candidate(slug, candidate_id)
    made = approval.form_of(candidate, approval.results(db.session, [candidate.id]).get(candidate.id))
    content = approval.file_of(made, kind, local(now()))
    _note(candidate.id, "candidate", "", Written(1, hashlib.sha256(content).hexdigest()))
    db.session.commit()
    response = Response(content, mimetype=MIME_TYPES[kind])
    response.headers.set("Content-Disposition", "attachment", filename=f"approval-form.{kind}")
    response.headers["Cache-Control"] = "no-store"
    return response


def _note(subject_id: uuid.UUID, kind: str, purpose: str, written: Written) -> None:
    record(
        db.session,
        current_user(),
        FORMS,
        at=now(),
        subject_kind=kind,
        subject_id=subject_id,
        reason=purpose.strip(),
        detail={"rows": written.rows, "sha256": written.sha256},
    )


# One person


@blueprint.get("/<uuid:candidate_id>")
@allow(*READERS)
def show(slug: str, candidate_id: uuid.UUID) -> Page:
    """One person from the approval to the appointment."""
    return _page(slug, candidate_id)


@blueprint.post("/<uuid:candidate_id>/report")
@allow(*OFFICE)
def report(slug: str, candidate_id: uuid.UUID) -> Page:
    """Record that somebody reported for duty."""
    candidate = _candidate(slug, candidate_id)
    version, key = desk.sent()
    form = _report_form(candidate)
    return _do(
        form,
        lambda: operations.begin_probation(
            db.session,
            candidate,
            current_user(),
            now(),
            reported_on=cast(date, form.reported_on.data),
            expected_version=version,
            key=key,
        ),
        candidate,
        "report",
        _("已登记报到，试用期开始。"),
    )


@blueprint.post("/<uuid:candidate_id>/appoint")
@allow(Role.PREFECTURE_REVIEWER)
def appoint(slug: str, candidate_id: uuid.UUID) -> Page:
    """Confirm somebody in the post."""
    candidate = _candidate(slug, candidate_id)
    version, key = desk.sent()
    return _do(
        apart(Form(), "appoint"),
        lambda: operations.appoint(
            db.session, candidate, current_user(), now(), expected_version=version, key=key
        ),
        candidate,
        "appoint",
        _("已任职，通知随后发出。"),
    )


@blueprint.post("/<uuid:candidate_id>/cancel")
@allow(Role.PREFECTURE_REVIEWER)
def cancel(slug: str, candidate_id: uuid.UUID) -> Page:
    """Cancel the appointment, with its clause."""
    candidate = _candidate(slug, candidate_id)
    version, key = desk.sent()
    form = _cancel_form(candidate)
    return _do(
        form,
        lambda: operations.cancel(
            db.session,
            candidate,
            current_user(),
            now(),
            code=str(form.code.data),
            explanation=form.explanation.data or "",
            expected_version=version,
            key=key,
        ),
        candidate,
        "cancel",
        _("已取消录用，通知随后发出。"),
    )


def _do(form: Form, act: Callable[[], Any], candidate: Candidate, name: str, done: str) -> Page:
    """Run what one of the page's forms asks for; then the page again, or with the form as it was sent."""
    slug, id_ = candidate.call.slug, candidate.id
    outcome = handle(form, refusable(act, BESIDE))
    if outcome.done:
        flash(done, "success")
        return redirect(url_for("approvals.show", slug=slug, candidate_id=id_), 303)
    return _page(slug, id_, sent={name: form}, status=outcome.status)


def _candidate(slug: str, candidate_id: uuid.UUID) -> Candidate:
    found = desk.candidate_or_404(desk.call_or_404(slug), candidate_id, READERS)
    if found.state not in queries.STATES:
        abort(404)
    return found


def _report_form(candidate: Candidate) -> ReportForm:
    return apart(ReportForm.open(f"report:{candidate.id}"), "report")


def _cancel_form(candidate: Candidate) -> CancelForm:
    return apart(CancelForm.open(f"cancel:{candidate.id}"), "cancel")


def _page(
    slug: str, candidate_id: uuid.UUID, *, sent: dict[str, Form] | None = None, status: int = 200
) -> tuple[str, int]:
    candidate = _candidate(slug, candidate_id)
    area, user = candidate.area_code, current_user()
    held = db.session.get(Appointment, candidate.id)
    return render_template(
        "appointments/candidate.html",
        call=candidate.call,
        candidate=candidate,
        held=held,
        over=held is not None and held.probation_ends_on < local(now()).date(),
        undertaking=queries.undertaken(db.session, [candidate.id]).get(candidate.id),
        may_report=any(user.may(role, area) for role in (Role.ADMIN, Role.PREFECTURE_REVIEWER)),
        may_decide=user.may(Role.PREFECTURE_REVIEWER, area),
        may_print=any(user.may(role, area) for role in OFFICE),
        forms={"report": _report_form(candidate), "cancel": _cancel_form(candidate)} | (sent or {}),
        sent=sent or {},
        states=state_labels(),
        tones=TONES,
        key=uuid.uuid4().hex,
    ), status
