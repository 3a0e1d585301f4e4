"""Written marks: two entries that must agree, and corrections."""

import uuid

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from recruitment.appeals import scores as appeals
from recruitment.calls.models import Call
from recruitment.clock import now
from recruitment.database import db
from recruitment.lists.forms import UploadForm
from recruitment.lists.pages import register
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.selection import plans
from recruitment.selection.imports import WRITTEN
from recruitment.selection.interview import operations as interviews
from recruitment.selection.interview import plan as planning
from recruitment.selection.interview.sheet import interview_sheet, key
from recruitment.selection.marks import attendance, entry, operations
from recruitment.selection.marks.sheet import Row, written_sheet
from recruitment.selection.models import MarkEntry, Stage
from recruitment.selection.results import queries
from recruitment.selection.results.operations import stale
from recruitment.selection.views.base import (
    READERS,
    Page,
    blueprint,
    call_to_change,
    call_to_read,
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
    call = call_to_read(slug)
    here = operations.sitting(db.session, call)
    ranking = plans.published(db.session, call.id, Stage.WRITTEN)
    return render_template(
        "selection/marks.html",
        call=call,
        form=UploadForm.of(WRITTEN, formdata=None),
        sitting=here,
        missing=here.missing[:PREVIEWED],
        entries=open_entries(call, Stage.WRITTEN),
        corrections=queries.corrections(db.session, call),
        subjects={item.code: item.name for item in plans.scheme_of(db.session, call).subjects},
        may_change=may_change(call),
        appealed=appeals.waiting(db.session, call),
        unsettled=attendance.unsettled(db.session, call),
        rulings=attendance.rulings(db.session, call),
        outdated=ranking is not None and stale(db.session, call, ranking),
        published=ranking is not None,
    )


def open_entries(call: Call, stage: Stage) -> list[MarkEntry]:
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


register(blueprint, WRITTEN)


def find_entry(call: Call, entry_id: uuid.UUID) -> MarkEntry:
    found = db.session.get(MarkEntry, entry_id)
    if found is None or found.call_id != call.id:
        abort(404)
    return found


@blueprint.get("/admin/calls/<slug>/marks/entries/<uuid:entry_id>")
@allow(*READERS)
def marks_entry(slug: str, entry_id: uuid.UUID) -> Page:
    """One person's entry, of either stage, and where it differs from the other person's."""
    call = call_to_read(slug)
    return _entry_page(call, find_entry(call, entry_id))


def _columns(call: Call, stage: str) -> dict[str, str]:
    """The columns of a sheet by key, without the ticket number."""
    if stage == Stage.WRITTEN:
        return {item.code: item.name for item in plans.scheme_of(db.session, call).subjects}
    plan = planning.plan_of(db.session, call)
    sheet = interview_sheet(planning.elements_of(plan), plan.examiners)
    return {column.key: column.title for column in sheet.columns[1:]}


def _preview(call: Call, found: MarkEntry) -> tuple[list[str], list[tuple[str, str, list[str]]]]:
    """The first candidates of an entry: the titles of the columns, then ticket number, element and marks of each row.

    Of an interview each element has a row of its own, its examiners beside each other; written marks have one row.
    """
    first = sorted(found.rows.items())[:PREVIEWED]
    if found.stage == Stage.WRITTEN:
        columns = _columns(call, found.stage)
        return list(columns.values()), [
            (ticket, "", [cells.get(code, "") for code in columns]) for ticket, cells in first
        ]
    plan = planning.plan_of(db.session, call)
    seats = range(1, plan.examiners + 1)
    return [_("考官%(number)s", number=seat) for seat in seats], [
        (ticket, element.name, [cells.get(key(number, seat), "") for seat in seats])
        for ticket, cells in first
        for number, element in enumerate(planning.elements_of(plan), 1)
    ]


def _missing(call: Call, found: MarkEntry) -> int:
    """How many wait for marks and are not in the entry."""
    waiting = (
        operations.sitting(db.session, call).missing
        if found.stage == Stage.WRITTEN
        else interviews.waiting(db.session, call)
    )
    return len([ticket for ticket in waiting if ticket not in found.rows])


def _set_aside(call: Call, found: MarkEntry) -> list[attendance.SetAside]:
    """Cells of an entry that count otherwise than the file has them."""
    if found.stage != Stage.WRITTEN:
        return []
    ids = operations.sitting(db.session, call).ids
    return attendance.set_aside(db.session, call, found.rows, ids)


def _overview_of(stage: str) -> str:
    return "selection.marks" if stage == Stage.WRITTEN else "selection.interview"


def _entry_page(
    call: Call, found: MarkEntry, refused: tuple[str, ...] = (), status: int = 200
) -> tuple[str, int]:
    other = None if found.agreed_at else entry.counterpart(db.session, found)
    differing = list(entry.differences(other.rows, found.rows)) if other else []
    titles, rows = _preview(call, found)
    return render_template(
        "selection/entry.html",
        call=call,
        entry=found,
        other=other,
        own=found.entered_by == current_user().id,
        differing=differing[:SHOWN],
        number=len(differing),
        refused=refused,
        titles=titles,
        rows=rows,
        previewed=min(len(found.rows), PREVIEWED),
        subjects=_columns(call, found.stage),
        missing=_missing(call, found),
        set_aside=_set_aside(call, found),
        may_change=may_change(call),
        back_url=url_for(_overview_of(found.stage), slug=call.slug),
    ), status


@blueprint.post("/admin/calls/<slug>/marks/entries/<uuid:entry_id>/confirm")
@allow(Role.ADMIN)
def confirm_marks(slug: str, entry_id: uuid.UUID) -> Page:
    """Hold one's own entry against the other person's once more; where they agree, the marks are written."""
    call = call_to_change(slug)
    found = find_entry(call, entry_id)
    confirm = operations.confirm if found.stage == Stage.WRITTEN else interviews.confirm
    attempt = done_or_refused(lambda: confirm(db.session, call, found.id, current_user(), now()))
    if not attempt.done:
        call = call_to_change(slug)
        return _entry_page(call, find_entry(call, entry_id), attempt.refused, 409)
    if attempt.result.agreed:
        flash(_("两人录入一致，已写入%(number)s名考生的成绩。", number=len(found.rows)), "success")
        return redirect(url_for(_overview_of(found.stage), slug=slug), 303)
    return redirect(url_for("selection.marks_entry", slug=slug, entry_id=entry_id), 303)


@blueprint.post("/admin/calls/<slug>/marks/entries/<uuid:entry_id>/drop")
@allow(Role.ADMIN)
def drop_marks(slug: str, entry_id: uuid.UUID) -> Page:
    call = call_to_change(slug)
    stage = find_entry(call, entry_id).stage
    attempt = done_or_refused(lambda: entry.drop(db.session, call, entry_id, current_user(), now()))
    if not attempt.done:
        call = call_to_change(slug)
        return _entry_page(call, find_entry(call, entry_id), attempt.refused, 409)
    flash(_("已删除这次录入。"), "success")
    return redirect(url_for(_overview_of(stage), slug=slug), 303)
