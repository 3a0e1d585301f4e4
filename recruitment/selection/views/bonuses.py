"""Policy bonuses: the list of who has proven which, imported whole."""

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from recruitment.calls import staging
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.clock import now
from recruitment.database import db
from recruitment.lists.reading import read_list
from recruitment.lists.results import ImportResult
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.selection import plans
from recruitment.selection.forms import SheetForm
from recruitment.selection.marks import operations
from recruitment.selection.marks.bonus import BonusRow, bonus_errors, bonus_sheet
from recruitment.selection.models import PolicyBonus
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
from recruitment.selection.views.marks import PREVIEWED, SHOWN, content_of
from recruitment.web import stages


@blueprint.get("/admin/calls/<slug>/bonuses")
@stages.of_call(_l("政策性加分"), 39)
@allow(*READERS)
def bonuses(slug: str) -> Page:
    return _page(call_to_read(slug), SheetForm())


def _page(
    call: Call,
    form: SheetForm,
    found: ImportResult[BonusRow] | None = None,
    name: str = "",
    refused: tuple[str, ...] = (),
    status: int = 200,
) -> tuple[str, int]:
    plan = plans.plan_of(db.session, call)
    present = db.session.execute(
        sa.select(Candidate.ticket_number, PolicyBonus)
        .join(Candidate, Candidate.id == PolicyBonus.candidate_id)
        .where(Candidate.call_id == call.id)
        .order_by(Candidate.ticket_number, PolicyBonus.points.desc())
        .limit(SHOWN)
    ).all()
    return render_template(
        "selection/bonuses.html",
        call=call,
        form=form,
        rules=plans.bonus_rules(plan),
        proof_by=plan.bonus_proof_by,
        present=present,
        found=found,
        errors=found.errors[:SHOWN] if found else [],
        rows=found.rows[:PREVIEWED] if found else [],
        name=name,
        refused=refused,
        may_change=may_change(call),
    ), status


@blueprint.get("/admin/calls/<slug>/bonuses/template.xlsx")
@allow(*READERS)
def bonus_template(slug: str) -> Response:
    call = call_to_read(slug)
    names = [rule.name for rule in plans.bonus_rules(plans.plan_of(db.session, call))]
    return spreadsheet(bonus_sheet(names), [], f"政策性加分名单-{call.slug}.xlsx")


def _read(call: Call, content: bytes) -> ImportResult[BonusRow]:
    names = [rule.name for rule in plans.bonus_rules(plans.plan_of(db.session, call))]
    found = read_list(bonus_sheet(names), content)
    if found.ok:
        errors = bonus_errors(found, operations.sitting(db.session, call).ids)
        if errors:
            return ImportResult(errors=errors, ignored=found.ignored, read=found.read)
    return found


@blueprint.post("/admin/calls/<slug>/bonuses")
@allow(Role.ADMIN)
def upload_bonuses(slug: str) -> Page:
    """Read the list; without errors it may be confirmed."""
    call = call_to_change(slug)
    form = SheetForm()
    if not form.validate():
        return _page(call, form, status=422)
    content, filename = content_of(form)
    if not content:
        return _page(call, form, status=422)
    try:
        name = staging.put(call.id, content, filename)
    except staging.StagingError as error:
        form.table.errors = [str(error)]
        return _page(call, form, status=422)
    return redirect(url_for("selection.check_bonuses", slug=slug, name=name), 303)


@blueprint.get("/admin/calls/<slug>/bonuses/check/<name>")
@allow(Role.ADMIN)
def check_bonuses(slug: str, name: str) -> Page:
    call = call_to_change(slug)
    return _page(call, SheetForm(), _kept(call, name), name)


@blueprint.post("/admin/calls/<slug>/bonuses/check/<name>")
@allow(Role.ADMIN)
def confirm_bonuses(slug: str, name: str) -> Page:
    """Put exactly what was read in place of the present list."""
    call = call_to_change(slug)
    found = _kept(call, name)
    if not found.ok:
        return _page(call, SheetForm(), found, name, status=422)
    attempt = done_or_refused(
        lambda: operations.set_bonuses(db.session, call, found.rows, current_user(), now())
    )
    if not attempt.done:
        return _page(call_to_change(slug), SheetForm(), found, name, attempt.refused, 409)
    staging.drop(call.id, name)
    flash(_("已导入%(number)s项加分。", number=attempt.result), "success")
    return redirect(url_for("selection.bonuses", slug=slug), 303)


def _kept(call: Call, name: str) -> ImportResult[BonusRow]:
    content = staging.get(call.id, name)
    if content is None:
        abort(404)
    return _read(call, content)
