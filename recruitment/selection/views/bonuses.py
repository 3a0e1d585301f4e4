"""Policy bonuses: the list of who has proven which, imported whole."""

import sqlalchemy as sa
from flask import render_template
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from recruitment.candidates.models import Candidate
from recruitment.database import db
from recruitment.lists.forms import UploadForm
from recruitment.lists.pages import register
from recruitment.people.access import allow
from recruitment.selection import plans
from recruitment.selection.imports import BONUSES
from recruitment.selection.marks.bonus import bonus_sheet
from recruitment.selection.models import PolicyBonus
from recruitment.selection.views.base import (
    READERS,
    Page,
    blueprint,
    call_to_read,
    may_change,
    spreadsheet,
)
from recruitment.selection.views.marks import SHOWN
from recruitment.web import stages


@blueprint.get("/admin/calls/<slug>/bonuses")
@stages.of_call(_l("政策性加分"), 39)
@allow(*READERS)
def bonuses(slug: str) -> Page:
    call = call_to_read(slug)
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
        form=UploadForm.of(BONUSES, formdata=None),
        rules=plans.bonus_rules(plan),
        proof_by=plan.bonus_proof_by,
        present=present,
        may_change=may_change(call),
    )


@blueprint.get("/admin/calls/<slug>/bonuses/template.xlsx")
@allow(*READERS)
def bonus_template(slug: str) -> Response:
    call = call_to_read(slug)
    names = [rule.name for rule in plans.bonus_rules(plans.plan_of(db.session, call))]
    return spreadsheet(bonus_sheet(names), [], f"政策性加分名单-{call.slug}.xlsx")


register(blueprint, BONUSES)
