"""Written marks: two entries that must agree, and corrections."""

import uuid

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from recruitment.calls import staging
from recruitment.calls.models import Call
from recruitment.calls.views.base import refusable
from recruitment.candidates.models import Candidate
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import Refusal, handle, options, typed
from recruitment.lists.parsers import Wrong
from recruitment.lists.reading import ImportResult
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.selection import plans
from recruitment.selection.forms import CorrectionForm, SheetForm
from recruitment.selection.marks import entry, operations
from recruitment.selection.marks.sheet import Row, to_cell, written_sheet
from recruitment.selection.models import MarkCorrection, MarkEntry, Stage
from recruitment.selection.results import queries
from recruitment.selection.results.operations import stale
from recruitment.selection.views.base import (
    READERS,
    Page,
    blueprint,
    call_to_change,
    call_to_read,
    candidate_of_call,
    done_or_refused,
    may_change,
    spreadsheet,
)
from recruitment.web import stages

SHOWN = 500
PREVIEWED = 20


@blueprint.get("/admin/calls/<slug>/marks")
@stages.of_call(_l("笔试成绩"), 40)
@allow(*READERS)
def marks(slug: str) -> Page:
    return _overview(call_to_read(slug), SheetForm())


def _overview(
    call: Call,
    form: SheetForm,
    found: ImportResult[Row] | None = None,
    refused: tuple[str, ...] = (),
    status: int = 200,
) -> tuple[str, int]:
    here = operations.sitting(db.session, call)
    ranking = plans.published(db.session, call.id, Stage.WRITTEN)
    return render_template(
        "selection/marks.html",
        call=call,
        form=form,
        found=found,
        errors=found.errors[:SHOWN] if found else [],
        refused=refused,
        sitting=here,
        missing=here.missing[:PREVIEWED],
        entries=_open_entries(call, Stage.WRITTEN),
        corrections=queries.corrections(db.session, call),
        subjects={item.code: item.name for item in plans.scheme_of(db.session, call).subjects},
        may_change=may_change(call),
        outdated=ranking is not None and stale(db.session, call, ranking),
        published=ranking is not None,
    ), status


def _open_entries(call: Call, stage: Stage) -> list[MarkEntry]:
    return list(
        db.session.scalars(
            sa.select(MarkEntry)
            .options(joinedload(MarkEntry.person))
            .where(MarkEntry.call_id == call.id, MarkEntry.stage == stage, MarkEntry.agreed_at.is_(None))
            .order_by(MarkEntry.entered_at)
        )
    )


@blueprint.get("/admin/calls/<slug>/marks/template.xlsx")
@allow(*READERS)
def marks_template(slug: str) -> Response:
    """A sheet with the ticket numbers of everybody whose marks are missing."""
    call = call_to_read(slug)
    sheet = written_sheet(plans.scheme_of(db.session, call))
    rows = (Row(ticket, {}) for ticket in operations.sitting(db.session, call).missing)
    return spreadsheet(sheet, rows, f"笔试成绩登记表-{call.slug}.xlsx")


@blueprint.post("/admin/calls/<slug>/marks")
@allow(Role.ADMIN)
def upload_marks(slug: str) -> Page:
    """Read a sheet; without errors it becomes the person's dry run."""
    call = call_to_change(slug)
    form = SheetForm()
    if not form.validate():
        return _overview(call, form, status=422)
    content, name = content_of(form)
    if not content:
        return _overview(call, form, status=422)
    found = operations.read_sheet(db.session, call, content)
    if not found.ok:
        return _overview(call, form, found, status=422)
    rows = {row.ticket: row.cells for row in found.rows}
    attempt = done_or_refused(
        lambda: entry.stage_entry(
            db.session, call, Stage.WRITTEN, current_user(), now(), filename=name, content=content, rows=rows
        )
    )
    if not attempt.done:
        return _overview(call_to_change(slug), form, refused=attempt.refused, status=409)
    return redirect(url_for("selection.marks_entry", slug=slug, entry_id=attempt.result.id), 303)


def content_of(form: SheetForm) -> tuple[bytes, str]:
    """The uploaded bytes and the file's name; nothing and an error beside the field if it is too large or empty."""
    upload = form.table.data
    # One byte more than allowed is enough to know.
    content: bytes = upload.stream.read(staging.MOST_BYTES + 1)
    if len(content) > staging.MOST_BYTES:
        form.table.errors = [_("文件太大，请分成几个文件。")]
        return b"", ""
    if not content:
        form.table.errors = [_("文件是空的，请重新选择。")]
    return content, (upload.filename or "")[-120:]


def find_entry(call: Call, entry_id: uuid.UUID, stage: Stage) -> MarkEntry:
    found = db.session.get(MarkEntry, entry_id)
    if found is None or found.call_id != call.id or found.stage != stage:
        abort(404)
    return found


@blueprint.get("/admin/calls/<slug>/marks/entries/<uuid:entry_id>")
@allow(*READERS)
def marks_entry(slug: str, entry_id: uuid.UUID) -> Page:
    call = call_to_read(slug)
    return _entry_page(call, find_entry(call, entry_id, Stage.WRITTEN))


def _entry_page(
    call: Call, found: MarkEntry, refused: tuple[str, ...] = (), status: int = 200
) -> tuple[str, int]:
    other = entry.counterpart(db.session, found) if found.confirmed_at and not found.agreed_at else None
    differing = list(entry.differences(other.rows, found.rows)) if other else []
    here = operations.sitting(db.session, call)
    return render_template(
        "selection/entry.html",
        call=call,
        entry=found,
        other=other,
        own=found.entered_by == current_user().id,
        differing=differing[:SHOWN],
        number=len(differing),
        refused=refused,
        rows=sorted(found.rows.items())[:PREVIEWED],
        subjects={item.code: item.name for item in plans.scheme_of(db.session, call).subjects},
        missing=len([ticket for ticket in here.missing if ticket not in found.rows]),
        may_change=may_change(call),
        confirm_url=url_for("selection.confirm_marks", slug=call.slug, entry_id=found.id),
        drop_url=url_for("selection.drop_marks", slug=call.slug, entry_id=found.id),
        back_url=url_for("selection.marks", slug=call.slug),
    ), status


@blueprint.post("/admin/calls/<slug>/marks/entries/<uuid:entry_id>/confirm")
@allow(Role.ADMIN)
def confirm_marks(slug: str, entry_id: uuid.UUID) -> Page:
    """Stand by one's own entry; where it agrees with the other person's, the marks are written."""
    call = call_to_change(slug)
    found = find_entry(call, entry_id, Stage.WRITTEN)
    attempt = done_or_refused(lambda: operations.confirm(db.session, call, found.id, current_user(), now()))
    if not attempt.done:
        call = call_to_change(slug)
        return _entry_page(call, find_entry(call, entry_id, Stage.WRITTEN), attempt.refused, 409)
    if attempt.result.agreed:
        flash(_("两人录入一致，已写入%(number)s名考生的成绩。", number=len(found.rows)), "success")
        return redirect(url_for("selection.marks", slug=slug), 303)
    if not attempt.result.differences:
        flash(_("已确认。请另一个人再录入一次，两次一致才写入。"), "success")
    return redirect(url_for("selection.marks_entry", slug=slug, entry_id=entry_id), 303)


@blueprint.post("/admin/calls/<slug>/marks/entries/<uuid:entry_id>/drop")
@allow(Role.ADMIN)
def drop_marks(slug: str, entry_id: uuid.UUID) -> Page:
    call = call_to_change(slug)
    find_entry(call, entry_id, Stage.WRITTEN)
    attempt = done_or_refused(lambda: entry.drop(db.session, call, entry_id, current_user(), now()))
    if not attempt.done:
        return _overview(call_to_change(slug), SheetForm(), refused=attempt.refused, status=409)
    flash(_("已删除这次录入。"), "success")
    return redirect(url_for("selection.marks", slug=slug), 303)


@blueprint.get("/admin/calls/<slug>/marks/find")
@allow(*READERS)
def find_marks(slug: str) -> Page:
    """Lead from a typed ticket number to its page."""
    call = call_to_read(slug)
    ticket = request.args.get("ticket", "").strip()
    found = db.session.scalar(
        sa.select(Candidate.id).where(Candidate.call_id == call.id, Candidate.ticket_number == ticket)
    )
    if found is None:
        flash(_("没有准考证号“%(ticket)s”，请核对。", ticket=ticket), "warning")
        return redirect(url_for("selection.marks", slug=slug), 303)
    return redirect(url_for("selection.marks_of", slug=slug, ticket=ticket), 303)


@blueprint.get("/admin/calls/<slug>/marks/of/<ticket>")
@allow(*READERS)
def marks_of(slug: str, ticket: str) -> Page:
    call = call_to_read(slug)
    form = CorrectionForm.open(f"correct:{call.id}:{ticket}") if may_change(call) else None
    return _marks_page(call, candidate_of_call(call, ticket), form, 200)


def _marks_page(
    call: Call, candidate: Candidate, form: CorrectionForm | None, status: int
) -> tuple[str, int]:
    subjects = {item.code: item.name for item in plans.scheme_of(db.session, call).subjects}
    mine = queries.marks_of(db.session, [candidate.id]).get(candidate.id, {})
    if form:
        form.subject.choices = options(subjects.items())
    past = db.session.scalars(
        sa.select(MarkCorrection)
        .options(joinedload(MarkCorrection.person))
        .where(MarkCorrection.candidate_id == candidate.id)
        .order_by(MarkCorrection.corrected_at.desc())
    )
    return render_template(
        "selection/marks_of.html",
        call=call,
        candidate=candidate,
        form=form if mine else None,
        rows=[
            (subjects[code], to_cell(mark.value, mark.note))
            for code, mark in mine.items()
            if code in subjects
        ],
        corrections=list(past),
        subjects=subjects,
        line=queries.line_of(db.session, candidate, Stage.WRITTEN),
        published=plans.published(db.session, call.id, Stage.WRITTEN) is not None,
    ), status


@blueprint.post("/admin/calls/<slug>/marks/of/<ticket>")
@allow(Role.ADMIN)
def correct_mark(slug: str, ticket: str) -> Page:
    call = call_to_change(slug)
    candidate = candidate_of_call(call, ticket)
    form = CorrectionForm.open(f"correct:{call.id}:{ticket}")
    form.subject.choices = options(
        (item.code, item.name) for item in plans.scheme_of(db.session, call).subjects
    )
    outcome = handle(form, refusable(lambda: _correct(call, candidate, form), {"no_change": "cell"}))
    if not outcome.done:
        call = call_to_change(slug)
        return _marks_page(call, candidate_of_call(call, ticket), form, outcome.status)
    if plans.published(db.session, call.id, Stage.WRITTEN):
        flash(_("已更正。名次已经公布，需要撤回公布并重新排名，更正才会反映到名次。"), "warning")
    else:
        flash(_("已更正。请重新计算名次。"), "success")
    return redirect(url_for("selection.marks_of", slug=slug, ticket=ticket), 303)


def _correct(call: Call, candidate: Candidate, form: CorrectionForm) -> MarkCorrection:
    try:
        return operations.correct(
            db.session,
            call,
            candidate,
            form.subject.data,
            typed(form.cell),
            typed(form.reason),
            current_user(),
            now(),
        )
    except Wrong as wrong:
        raise Refusal({"cell": f"{wrong}。"}) from wrong
