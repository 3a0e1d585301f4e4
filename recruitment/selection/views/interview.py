"""The interview: the draw, sheets, marks entered twice, extra interviews, the medical list."""

import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from recruitment.audit.operations import record
from recruitment.calls.models import Call
from recruitment.calls.views.base import refusable
from recruitment.candidates.models import Candidate
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import Refusal, handle, typed
from recruitment.lists.declaration import Column, ListDeclaration
from recruitment.lists.forms import UploadForm
from recruitment.lists.pages import register
from recruitment.lists.parsers import Wrong
from recruitment.people.access import allow, current_user, public
from recruitment.people.models import Role
from recruitment.public.views import announced_call
from recruitment.selection import plans
from recruitment.selection.imports import INTERVIEW
from recruitment.selection.interview import corrections, operations, queries, recusal
from recruitment.selection.interview import plan as planning
from recruitment.selection.interview.forms import ExtraForm, UndoForm
from recruitment.selection.interview.sheet import interview_sheet
from recruitment.selection.marks.sheet import Row
from recruitment.selection.models import InterviewPlan, Stage
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
from recruitment.selection.views.cadre import own_candidate
from recruitment.selection.views.marks import open_entries
from recruitment.web import stages


class Place(NamedTuple):
    """One line of the signature list."""

    group: str
    number: int
    ticket: str
    name: str
    position: str


SIGNATURES: ListDeclaration[Place] = ListDeclaration(
    name="面试签到表",
    columns=(
        Column("group", "面试组", width=12),
        Column("number", "抽签号", width=8),
        Column("ticket", "准考证号", width=18),
        Column("name", "姓名", width=12),
        Column("position", "职位代码", width=14),
        Column("arrived", "报到签名", get=lambda row: "", width=22),
        Column("heard", "成绩确认签名", get=lambda row: "", width=22),
    ),
    row_height=26,
)


@blueprint.get("/admin/calls/<slug>/interview")
@stages.of_call(_l("面试"), 60)
@allow(*READERS)
def interview(slug: str) -> Page:
    return _overview(call_to_read(slug))


def _overview(call: Call, refused: tuple[str, ...] = (), status: int = 200) -> tuple[str, int]:
    return render_template(
        "selection/interview.html",
        call=call,
        plan=planning.plan_of(db.session, call),
        elements=planning.elements_of(planning.plan_of(db.session, call)),
        groups=queries.group_views(db.session, call),
        kept_away=recusal.of_call(db.session, call),
        misplaced=recusal.misplaced(db.session, call),
        waiting=corrections.open_corrections(db.session, call),
        reserve=queries.reserve_examiners(db.session, call),
        marks=queries.marks_of_call(db.session, call),
        entries=open_entries(call, Stage.FINAL),
        form=UploadForm.of(INTERVIEW, formdata=None),
        undo=UndoForm(prefix="undo-"),
        refused=refused,
        published=plans.published(db.session, call.id, Stage.FINAL) is not None,
        may_change=may_change(call),
    ), status


def _attempt(slug: str, operation: Any, words: str) -> Page:
    attempt = done_or_refused(operation)
    if not attempt.done:
        return _overview(call_to_change(slug), refused=attempt.refused, status=409)
    flash(words, "success")
    return redirect(url_for("selection.interview", slug=slug), 303)


@blueprint.post("/admin/calls/<slug>/interview/draw")
@allow(Role.ADMIN)
def draw(slug: str) -> Page:
    call = call_to_change(slug)
    return _attempt(slug, lambda: planning.draw(db.session, call, current_user(), now()), _("已抽签。"))


@blueprint.post("/admin/calls/<slug>/interview/undo-draw")
@allow(Role.ADMIN)
def undo_draw(slug: str) -> Page:
    call, form = call_to_change(slug), UndoForm(prefix="undo-")
    reason = typed(form.reason)
    return _attempt(
        slug,
        lambda: planning.undo_draw(db.session, call, reason, current_user(), now()),
        _("已撤销抽签。改好以后请重新抽签。"),
    )


@blueprint.post("/admin/calls/<slug>/interview/signatures.xlsx")
@allow(Role.ADMIN)
def interview_signatures(slug: str) -> Response:
    """The signature list with names, in the drawn order; who took it is recorded."""
    call = call_to_change(slug)
    rows = list(_places(call))
    record(
        db.session,
        current_user(),
        "selection.signatures",
        at=now(),
        subject_kind="call",
        subject_id=call.id,
        reason="面试签到",
        detail={"rows": len(rows)},
    )
    db.session.commit()
    return spreadsheet(SIGNATURES, rows, f"面试签到表-{slug}.xlsx", title=f"{call.title}面试签到表")


def _places(call: Call) -> Iterator[Place]:
    for view in queries.group_views(db.session, call):
        for slot in view.slots:
            candidate = slot.candidate
            yield Place(
                view.group.name,
                slot.number,
                str(candidate.ticket_number),
                candidate.owner.name,
                candidate.position.code,
            )


@blueprint.get("/admin/calls/<slug>/interview/sheet.xlsx")
@allow(*READERS)
def interview_template(slug: str) -> Response:
    """The score sheet with the ticket numbers in the drawn order, to be filled in."""
    call = call_to_read(slug)
    plan = planning.plan_of(db.session, call)
    rows = (Row(ticket, {}) for ticket in operations.waiting(db.session, call))
    sheet = interview_sheet(planning.elements_of(plan), plan.examiners)
    return spreadsheet(sheet, rows, f"面试评分登记表-{slug}.xlsx")


register(blueprint, INTERVIEW)


@blueprint.route("/admin/calls/<slug>/interview/extra", methods=["GET", "POST"])
@allow(Role.ADMIN)
def extra_interview(slug: str) -> Page:
    """The mark of an extra interview."""
    call = call_to_change(slug)
    form = ExtraForm.open(f"extra:{call.id}")
    beside = {"not_interviewed": "ticket", "reason_missing": "reason"}
    outcome = handle(form, refusable(lambda: _extra(call, form), beside))
    if outcome.done:
        flash(_("已登记加试成绩。请重新计算总成绩名次。"), "success")
        return redirect(url_for("selection.interview", slug=slug), 303)
    return render_template("selection/extra.html", call=call_to_change(slug), form=form), outcome.status


def _extra(call: Call, form: ExtraForm) -> Any:
    candidate = db.session.scalar(
        sa.select(Candidate).where(
            Candidate.call_id == call.id, Candidate.ticket_number == typed(form.ticket).strip()
        )
    )
    if candidate is None:
        raise Refusal({"ticket": _("没有这个准考证号，请核对。")})
    try:
        return operations.set_extra(
            db.session, call, candidate, typed(form.cell), typed(form.reason), current_user(), now()
        )
    except Wrong as wrong:
        raise Refusal({"cell": f"{wrong}。"}) from wrong


@blueprint.get("/admin/calls/<slug>/medical-list")
@stages.of_call(_l("进入体检的人员"), 65)
@allow(*READERS)
def medical_list(slug: str) -> Page:
    return _medical(call_to_read(slug))


def _medical(call: Call, refused: tuple[str, ...] = (), status: int = 200) -> tuple[str, int]:
    return render_template(
        "selection/medical_list.html",
        call=call,
        rows=operations.medical_list(db.session, call),
        published=plans.published(db.session, call.id, Stage.FINAL) is not None,
        refused=refused,
        may_change=may_change(call),
    ), status


@blueprint.post("/admin/calls/<slug>/medical-list")
@allow(Role.ADMIN)
def to_medical(slug: str) -> Page:
    call = call_to_change(slug)
    attempt = done_or_refused(lambda: operations.to_medical(db.session, call, current_user(), now()))
    if not attempt.done:
        return _medical(call_to_change(slug), attempt.refused, 409)
    flash(_("%(number)s名考生进入体检。", number=attempt.result), "success")
    return redirect(url_for("selection.medical_list", slug=slug), 303)


def _seeded(call_id: uuid.UUID) -> sa.ColumnElement[bool]:
    return sa.exists().where(InterviewPlan.call_id == call_id, InterviewPlan.seed != "")


@blueprint.get("/calls/<slug>/interview")
@stages.of_public(_l("面试抽签"), 60, _seeded)
@public
def published_draw(slug: str) -> str:
    """The draw as anybody can repeat it: seed, rule, and the order by ticket number."""
    call = announced_call(slug)
    plan = planning.plan_of(db.session, call)
    if not plan.seed:
        abort(404)
    return render_template(
        "selection/draw.html", call=call, plan=plan, groups=queries.group_views(db.session, call)
    )


def _invited(candidate: Candidate) -> bool:
    return candidate.public_state == planning.INVITED


@blueprint.get("/candidates/<uuid:candidate_id>/interview")
@stages.of_candidate(_l("面试安排"), 60, when=_invited, due=(planning.INVITED,))
@allow(Role.CADRE)
def own_interview(candidate_id: uuid.UUID) -> Page:
    """When, where, and in which place."""
    candidate = own_candidate(candidate_id)
    return render_template(
        "selection/own_interview.html", candidate=candidate, slot=queries.slot_of(db.session, candidate)
    )
