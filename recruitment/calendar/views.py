"""The calendar of working days: what is known of each year, single days, and import of a year's arrangement."""

import io
from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from recruitment.areas.catalogue import PROVINCE_CODE
from recruitment.calendar import operations, queries
from recruitment.calendar.forms import DayForm, kind_words
from recruitment.calendar.imports import YEAR
from recruitment.calendar.models import Kind
from recruitment.calendar.table import SPECIAL_DAYS, SpecialRow
from recruitment.calendar.working_days import packaged_years
from recruitment.clock import local, now, today
from recruitment.database import db
from recruitment.forms import Refusal, handle, typed
from recruitment.lists.forms import UploadForm
from recruitment.lists.pages import register
from recruitment.lists.writing import xlsx_bytes
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.web import navigation

blueprint = Blueprint("calendar", __name__, url_prefix="/admin/calendar")
Page = str | Response | tuple[str, int]
READERS = (Role.ADMIN, Role.SUPERVISOR)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXAMPLE = [
    SpecialRow(
        date(2026, 10, 1), date(2026, 10, 7), Kind.HOLIDAY, "国务院办公厅关于2026年部分节假日安排的通知"
    ),
    SpecialRow(
        date(2026, 10, 10), date(2026, 10, 10), Kind.WORKDAY, "国务院办公厅关于2026年部分节假日安排的通知"
    ),
]


def may_change() -> bool:
    """Whether the person at the screen answers for the whole province, as the calendar is one for all."""
    return current_user().may(Role.ADMIN, PROVINCE_CODE)


def _only_the_province() -> None:
    if not may_change():
        abort(403)


@blueprint.get("/")
@navigation.entry(_l("工作日历"), 36, section="calendar.")
@allow(*READERS)
def index() -> Page:
    """The years from last year to the one after next, and any other with entries."""
    return _page(DayForm(formdata=None))


def _page(day_form: DayForm, status: int = 200) -> tuple[str, int]:
    this = today().year
    entered = queries.entered_years(db.session)
    shown = request.args.get("year", this, type=int)
    calendar = queries.working_days(db.session)
    years = sorted({*range(this - 1, this + 3), *entered}, reverse=True)
    if shown not in years:
        abort(404)
    return render_template(
        "calendar/index.html",
        years=[(year, entered.get(year), year in packaged_years(), calendar.known(year)) for year in years],
        missing=[year for year in (this, this + 1) if not calendar.known(year)],
        shown=shown,
        days=queries.special_days(db.session, shown),
        kinds=kind_words(),
        day_form=day_form,
        year_form=UploadForm.of(YEAR, formdata=None),
        may_change=may_change(),
    ), status


@blueprint.post("/days")
@allow(Role.ADMIN)
def set_day() -> Page:
    _only_the_province()
    form = DayForm()
    outcome = handle(form, lambda: _set_day(form))
    if outcome.done:
        flash(_("已录入。"), "success")
        return redirect(url_for("calendar.index", year=outcome.result), 303)
    return _page(form, outcome.status)


def _set_day(form: DayForm) -> int:
    day = form.day.data
    assert day is not None  # noqa: S101 - the form asks for it
    operations.set_day(
        db.session, current_user(), day, Kind(form.kind.data), typed(form.source).strip(), now()
    )
    return day.year


@blueprint.post("/days/<day>/remove")
@allow(Role.ADMIN)
def remove_day(day: str) -> Page:
    _only_the_province()
    try:
        which = date.fromisoformat(day)
    except ValueError:
        abort(404)
    try:
        operations.remove_day(db.session, current_user(), which, now())
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        flash(str(refusal), "danger")
    else:
        flash(_("已删除。"), "success")
    return redirect(url_for("calendar.index", year=which.year), 303)


@blueprint.get("/template.xlsx")
@allow(*READERS)
def template() -> Response:
    """An arrangement with its headings and an example."""
    content, _written = xlsx_bytes(SPECIAL_DAYS, EXAMPLE, created=local(now()))
    return send_file(
        io.BytesIO(content), mimetype=XLSX, as_attachment=True, download_name="放假调休安排模板.xlsx"
    )


register(blueprint, YEAR)
