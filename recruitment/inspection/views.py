"""The inspectors' pages: the list, and one inspection with its team, relatives check, report and decision."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from recruitment.calls.views.base import refusable
from recruitment.candidates import desk, listing
from recruitment.candidates.forms import ReasonForm, apart, state_labels
from recruitment.candidates.models import Candidate
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import Refusal, handle
from recruitment.forms.base import Form
from recruitment.inspection import notices as notices  # tells the facts of its notices when read
from recruitment.inspection import operations, queries
from recruitment.inspection.forms import EvidenceForm, FailureForm, InspectorForm, ReportForm, StaffForm
from recruitment.inspection.relatives import CLAUSE, read_staff, write_staff
from recruitment.inspection.vocabulary import CONCLUSIONS, FINDINGS, ITEMS, failure_reasons
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.people.uploads import MOST_BYTES, UploadError, path_of, serve
from recruitment.web import stages

blueprint = Blueprint("inspection", __name__, url_prefix="/admin/calls/<slug>/inspections")
Page = str | Response | tuple[str, int]

# Who inspects and decides; the others read.
OFFICE = (Role.COUNTY_REVIEWER, Role.PREFECTURE_REVIEWER)
READERS = (*OFFICE, Role.PROVINCE_REVIEWER, Role.ADMIN, Role.SUPERVISOR)
TONES = {"inspection": "info", "cleared": "good", "inspection_failed": "bad"}


@blueprint.get("/")
@stages.of_call(_l("考察"), 80)
@allow(*READERS)
def index(slug: str) -> Page:
    """Who is being inspected, and how far."""
    call = desk.call_or_404(slug)
    form, chosen = desk.chosen(call, READERS, queries.STATES, request.args)
    after = desk.after()
    page = listing.page(db.session, chosen, after)
    return render_template(
        "inspection/index.html",
        call=call,
        form=form,
        page=page,
        after=after,
        progress=queries.progress(db.session, [row.id for row in page.rows]),
        counts=listing.counts(db.session, chosen),
        narrowed={field.name: field.data for field in form if field.data},
        states=state_labels(),
        tones=TONES,
        conclusions=CONCLUSIONS,
    )


@blueprint.get("/<uuid:candidate_id>")
@allow(*READERS)
def show(slug: str, candidate_id: uuid.UUID) -> Page:
    """One inspection."""
    return _page(slug, candidate_id)


@blueprint.post("/<uuid:candidate_id>/inspectors")
@allow(*OFFICE)
def add_inspector(slug: str, candidate_id: uuid.UUID) -> Page:
    """Put somebody on the team."""
    candidate = _candidate(slug, candidate_id, OFFICE)
    people = {str(person.id): person for person in _reviewers(candidate)}
    form = _inspector_form(candidate, sent=True)
    return _do(
        form,
        lambda: operations.add_inspector(
            db.session,
            candidate,
            current_user(),
            now(),
            name=form.name.data or "",
            organ=form.organ.data or "",
            user=people.get(form.user.data or ""),
        ),
        candidate,
        "inspector",
        _("已登记考察人员。"),
        {
            "name_missing": "name",
            "organ_missing": "organ",
            "on_the_team": "name",
            "own_application": "name",
            "relative": "name",
            "same_community": "organ",
        },
    )


@blueprint.post("/<uuid:candidate_id>/inspectors/<uuid:inspector_id>/remove")
@allow(*OFFICE)
def remove_inspector(slug: str, candidate_id: uuid.UUID, inspector_id: uuid.UUID) -> Page:
    """Take somebody off the team."""
    candidate = _candidate(slug, candidate_id, OFFICE)
    return _do(
        apart(Form(), "remove"),
        lambda: operations.remove_inspector(db.session, candidate, current_user(), now(), inspector_id),
        candidate,
        "remove",
        _("已移出考察组。"),
    )


@blueprint.post("/<uuid:candidate_id>/staff")
@allow(*OFFICE)
def set_staff(slug: str, candidate_id: uuid.UUID) -> Page:
    """Say who works in the organ, so that relatives can be checked."""
    candidate = _candidate(slug, candidate_id, OFFICE)
    form = _staff_form(candidate)
    return _do(
        form,
        lambda: operations.set_staff(
            db.session,
            candidate.call,
            candidate.position.organ,
            read_staff(form.names.data or ""),
            current_user(),
            now(),
        ),
        candidate,
        "staff",
        _("已保存招录机关人员名单，并与考生申报的亲属核对。"),
    )


@blueprint.post("/<uuid:candidate_id>/evidence")
@allow(*OFFICE)
def add_evidence(slug: str, candidate_id: uuid.UUID) -> Page:
    """Keep an image with the report."""
    candidate = _candidate(slug, candidate_id, OFFICE)
    form = apart(EvidenceForm(), "evidence")

    def save() -> Any:
        upload = form.image.data
        try:
            return operations.add_evidence(
                db.session,
                candidate,
                current_user(),
                now(),
                content=upload.stream.read(MOST_BYTES + 1),
                filename=upload.filename,
                title=form.title.data or "",
            )
        except UploadError as error:
            raise Refusal({"image": str(error)}) from error

    return _do(form, save, candidate, "evidence", _("已上传。"))


@blueprint.get("/<uuid:candidate_id>/evidence/<uuid:evidence_id>")
@allow(*READERS)
def evidence(slug: str, candidate_id: uuid.UUID, evidence_id: uuid.UUID) -> Response:
    """A piece of evidence."""
    found = queries.evidence(db.session, _candidate(slug, candidate_id, READERS), evidence_id)
    if found is None or not path_of(found.document_id).is_file():
        abort(404)
    return serve(found.document)


@blueprint.post("/<uuid:candidate_id>/report")
@allow(*OFFICE)
def report(slug: str, candidate_id: uuid.UUID) -> Page:
    """Save the report, or hand it in."""
    candidate = _candidate(slug, candidate_id, OFFICE)
    form = _report_form(candidate)
    submit = request.form.get("submit") == "1"
    fields = {field.name: field.name for field in form}
    return _do(
        form,
        lambda: operations.save_report(
            db.session,
            candidate,
            current_user(),
            now(),
            report=form.answers(),
            conclusion=form.conclusion.data if form.conclusion.data in CONCLUSIONS else None,
            submit=submit,
        ),
        candidate,
        "report",
        _("考察报告已提交，可以作出决定。") if submit else _("考察报告已保存，还没有提交。"),
        fields,
    )


@blueprint.post("/<uuid:candidate_id>/reopen")
@allow(*OFFICE)
def reopen(slug: str, candidate_id: uuid.UUID) -> Page:
    """Let a report that was handed in be changed again."""
    candidate = _candidate(slug, candidate_id, OFFICE)
    form = apart(ReasonForm(), "reopen")
    return _do(
        form,
        lambda: operations.reopen(db.session, candidate, current_user(), now(), form.reason.data or ""),
        candidate,
        "reopen",
        _("报告已重开，可以修改。"),
        {"reason_missing": "reason"},
    )


@blueprint.post("/<uuid:candidate_id>/<any(pass_inspection, fail_inspection):trigger>")
@allow(*OFFICE)
def decide(slug: str, candidate_id: uuid.UUID, trigger: str) -> Page:
    """Decide on the version that the page showed."""
    candidate = _candidate(slug, candidate_id, OFFICE)
    version, key = desk.sent()
    failing = trigger == "fail_inspection"
    form = _failure_form(candidate) if failing else apart(Form(), "pass")
    return _do(
        form,
        lambda: operations.decide(
            db.session,
            candidate,
            trigger,
            current_user(),
            now(),
            form=form.answers() if isinstance(form, FailureForm) else None,
            expected_version=version,
            key=key,
        ),
        candidate,
        "fail" if failing else "pass",
        _("已作出决定，通知随后发出。"),
        {"no_reason": "codes", "unknown_reason": "codes", "no_explanation": "explanation"},
    )


def _candidate(slug: str, candidate_id: uuid.UUID, roles: tuple[Role, ...]) -> Candidate:
    found = desk.candidate_or_404(desk.call_or_404(slug), candidate_id, roles)
    if found.state not in queries.STATES and queries.of_candidate(db.session, found) is None:
        abort(404)
    return found


def _do(
    form: Form,
    act: Callable[[], Any],
    candidate: Candidate,
    name: str,
    done: str,
    beside: dict[str, str] | None = None,
) -> Page:
    """Run what one of the page's forms asks for; then the page again, or with the form as it was sent."""
    slug, id_ = candidate.call.slug, candidate.id
    outcome = handle(form, refusable(act, beside))
    if outcome.done:
        flash(done, "success")
        return redirect(url_for("inspection.show", slug=slug, candidate_id=id_), 303)
    return _page(slug, id_, sent={name: form}, status=outcome.status)


def _reviewers(candidate: Candidate) -> list[Any]:
    return queries.reviewers(db.session, [candidate.area_code[:4]])


def _inspector_form(candidate: Candidate, sent: bool = False) -> InspectorForm:
    form = InspectorForm() if sent else InspectorForm(formdata=None)
    form.offer(_reviewers(candidate))
    return apart(form, "inspector")


def _staff_form(candidate: Candidate) -> StaffForm:
    known = queries.staff_of(db.session, candidate) or []
    key = f"organ-staff:{candidate.call_id}:{candidate.position.organ}"[:200]
    return apart(StaffForm.open(key, data={"names": write_staff(known)}), "staff")


def _report_form(candidate: Candidate) -> ReportForm:
    found = queries.of_candidate(db.session, candidate)
    data = ReportForm.data_of(found.report if found else {}, found.conclusion if found else None)
    saved_at = found.saved_at if found else None
    return apart(ReportForm.open(f"inspection:{candidate.id}", saved_at=saved_at, data=data), "report")


def _failure_form(candidate: Candidate) -> FailureForm:
    return apart(FailureForm.open(f"inspection-failure:{candidate.id}"), "fail")


def _page(
    slug: str, candidate_id: uuid.UUID, *, sent: dict[str, Form] | None = None, status: int = 200
) -> tuple[str, int]:
    candidate = _candidate(slug, candidate_id, READERS)
    found = queries.of_candidate(db.session, candidate)
    may_act = any(current_user().may(role, candidate.area_code) for role in OFFICE)
    open_ = may_act and candidate.state == "inspection"
    submitted = found is not None and found.submitted_at is not None
    forms: dict[str, Form] = {}
    if open_ and not submitted:
        forms = {
            "inspector": _inspector_form(candidate),
            "staff": _staff_form(candidate),
            "evidence": apart(EvidenceForm(formdata=None), "evidence"),
            "report": _report_form(candidate),
        }
    elif open_:
        forms = {"reopen": apart(ReasonForm(formdata=None), "reopen"), "fail": _failure_form(candidate)}
    return render_template(
        "inspection/candidate.html",
        call=candidate.call,
        candidate=candidate,
        inspection=found,
        submitted=submitted,
        may_act=may_act,
        forms=forms | (sent or {}),
        sent=sent or {},
        staff=queries.staff_of(db.session, candidate),
        ties=queries.ties_of(db.session, candidate),
        relatives=(candidate.application.form or {}).get("relatives", []),
        clause=CLAUSE,
        items=ITEMS,
        findings=FINDINGS,
        conclusions=CONCLUSIONS,
        reasons=failure_reasons(),
        states=state_labels(),
        tones=TONES,
        key=uuid.uuid4().hex,
    ), status
