"""The dossier: its overview, and a page for each section."""

from flask import flash, redirect, render_template
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from recruitment.applications import choices, own
from recruitment.applications import queries as applications
from recruitment.cadres import queries, sections
from recruitment.cadres.forms import TenuresForm
from recruitment.cadres.views.base import Page, after, blueprint, checking
from recruitment.cadres.vocabulary import SECTIONS
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import handle
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.web.navigation import entry


@blueprint.get("/")
@entry(_l("我的资料"), 10, "cadres.")
@allow(Role.CADRE)
def overview() -> Page:
    """Every section with what is still needed, and the one next step."""
    user = current_user()
    states = queries.overview(queries.frozen(db.session, user))
    mine = applications.of_person(db.session, user.id)
    return render_template(
        "cadres/overview.html",
        states=states,
        following=queries.next_section(states),
        labels={name: label for name, (label, _kinds) in SECTIONS.items()},
        rounds=[
            (call, own.active(mine, call.id), closes_at)
            for call, closes_at in choices.open_calls(db.session, user.id, now())
        ],
    )


@blueprint.route(
    "/<any(identity, tenures, schoolings, commendations, appraisals, declarations, relatives):name>",
    methods=["GET", "POST"],
)
@allow(Role.CADRE)
def section(name: str) -> Page:
    """Fill in one section."""
    user = current_user()
    form = sections.PAGES[name].open(name, queries.dossier_or_blank(db.session, user))
    if isinstance(form, TenuresForm):
        _look_up_chosen(form)
    outcome = handle(form, lambda: sections.save(db.session, user.id, name, form))
    if outcome.done:
        flash(_("“%(section)s”已保存。", section=SECTIONS[name][0]), "success")
        return redirect(after(name), 303)
    if isinstance(form, TenuresForm):
        _search(form)
    return (
        render_template(
            f"cadres/{name}.html",
            form=form,
            label=SECTIONS[name][0],
            check=checking(),
            user=user,
            number=list(SECTIONS).index(name) + 1,
            total=len(SECTIONS),
        ),
        outcome.status,
    )


def _look_up_chosen(form: TenuresForm) -> None:
    codes = {row.community_code.data for row in form.rows if row.community_code.data}
    known = queries.communities_by_code(db.session, codes)
    for row in form.rows:
        row.chosen = known.get(row.community_code.data or "")


def _search(form: TenuresForm) -> None:
    """What the page shows in rows where no community has been chosen."""
    asking = [row for row in form.rows if row.chosen is None or not row.community_code.data]
    townships = queries.townships_of(db.session, {row.county.data for row in asking if row.county.data})
    for row in asking:
        row.offer_townships(townships.get(row.county.data or "", []))
        if row.searching:
            row.search = queries.find_communities(db.session, row.place.data or "", row.area)
