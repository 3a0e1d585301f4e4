"""A cadre's own applications: choose a position, check the answers, hand in, follow, withdraw."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from recruitment.applications import choices, operations, own, queries, timeline
from recruitment.applications.forms import ChooseForm, SubmitForm, WithdrawForm, digest
from recruitment.applications.guards import UNDERTAKINGS
from recruitment.applications.models import Application
from recruitment.areas import catalogue
from recruitment.cadres.form import missing
from recruitment.cadres.queries import frozen
from recruitment.cadres.summary import summary
from recruitment.cadres.vocabulary import MISSING, SECTIONS
from recruitment.calls.deadlines import closes_at
from recruitment.calls.models import Call, Position
from recruitment.calls.rules import judge
from recruitment.clock import now
from recruitment.database import db
from recruitment.eligibility.verdict import Verdict
from recruitment.forms import handle
from recruitment.forms.refusal import Refusal
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.web.journey import picture
from recruitment.web.navigation import entry
from workflows.terms import Reason, Refused

blueprint = Blueprint("applications", __name__)
Page = str | Response | tuple[str, int]


EVERYWHERE = "all"
PAGE = 40


# Choosing


@blueprint.route("/calls/<slug>/choose", methods=["GET", "POST"])
@allow(Role.CADRE)
def choose(slug: str) -> Page:
    """Every position of a call: may I apply, and why not."""
    call = db.session.scalar(sa.select(Call).where(Call.slug == slug, Call.state != "draft"))
    if call is None:
        abort(404)
    user = current_user()
    form = ChooseForm.open(f"choose:{call.id}")
    outcome = handle(form, lambda: _choose(call, request.form.get("position", "")))
    if outcome.done:
        return redirect(url_for("applications.check", application_id=outcome.result), 303)
    facts = frozen(db.session, user)
    home = choices.home_prefecture(facts, call)
    area = request.args.get("area") or home or EVERYWHERE
    found = choices.choices(db.session, call, user.id, facts, now(), "" if area == EVERYWHERE else area)
    start = max(request.args.get("from", 0, type=int), 0)
    common = choices.in_common(found)
    return (
        render_template(
            "applications/choose.html",
            form=form,
            call=call,
            closes_at=choices.closing_times(db.session, call, user.id)[""],
            present=queries.active(db.session, call, user.id),
            gaps=[(name, SECTIONS[name][0]) for name in missing(facts)],
            area=area,
            home=home,
            areas=[(code[:4], name) for code, name in catalogue.prefectures().items()],
            counts={group: sum(c.group == group for c in found) for group in choices.ORDER},
            common=common,
            groups=[
                (group, list(members))
                for group, members in groupby(found[start : start + PAGE], attrgetter("group"))
            ],
            start=start,
            following=start + PAGE if len(found) > start + PAGE else None,
            now=now(),
        ),
        outcome.status,
    )


def _choose(call: Call, code: str) -> uuid.UUID:
    position = db.session.scalar(
        sa.select(Position).where(Position.call_id == call.id, Position.code == code)
    )
    if position is None:
        raise Refusal(_("请点职位下面的“选这个职位”。"))
    user = current_user()
    chosen: Application = _worded(
        lambda: operations.choose_position(db.session, call, position, user.id, user.actor(), now())
    )
    return chosen.id


def _worded(act: Callable[[], Any]) -> Any:
    """Run an operation; what the workflow refuses is said on the form, every reason."""
    try:
        return act()
    except Refused as refused:
        raise Refusal(
            {f"reason-{n}": _reason(reason) for n, reason in enumerate(refused.reasons)}
        ) from refused


def _reason(reason: Reason) -> str:
    if not reason.citation:
        return reason.words
    return str(_("%(words)s（依据：%(citation)s）", words=reason.words, citation=reason.citation))


# Looking


def _own(application_id: uuid.UUID) -> Application:
    application = own.find(db.session, application_id, current_user().id)
    if application is None:
        abort(404)
    return application


@blueprint.get("/applications/")
@entry(_l("我的报名"), 20, "applications.", beneath="/candidates/")
@allow(Role.CADRE)
def index() -> Page:
    """Every application of the person, and the calls that are open."""
    user = current_user()
    mine = queries.of_person(db.session, user.id)
    return render_template(
        "applications/index.html",
        rows=[(application, own.standing(application)) for application in mine],
        rounds=[
            (call, closes)
            for call, closes in choices.open_calls(db.session, user.id, now())
            if own.active(mine, call.id) is None
        ],
    )


@blueprint.get("/applications/<uuid:application_id>")
@allow(Role.CADRE)
def show(application_id: uuid.UUID) -> Page:
    """One application: where it stands, what to do now, what happened."""
    application = _own(application_id)
    moment = now()
    form = application.form
    return render_template(
        "applications/show.html",
        application=application,
        standing=own.standing(application),
        journey=picture(db.session, application),
        steps=timeline.for_cadre(db.session, application),
        may=own.may(db.session, application, current_user().actor(), moment),
        closes_at=_closes_at(application),
        review_by=_review_by(application),
        due=own.correction_due(db.session, application),
        corrections=_corrections(application),
        sections=summary(form) if form else [],
        verdict=Verdict.from_json(application.verdict) if application.verdict else None,
        now=moment,
    )


def _closes_at(application: Application) -> datetime:
    return closes_at(db.session, application.call, application.area_code, application.owner_id)


def _review_by(application: Application) -> datetime | None:
    if application.submitted_at is None:
        return None
    return application.submitted_at + timedelta(hours=application.call.review_hours)


def _corrections(application: Application) -> list[tuple[str, str, str]]:
    """Section, its label, and what to correct there, while the application is returned."""
    if application.public_state != "returned":
        return []
    asked = own.corrections(db.session, application)
    return [(name, str(SECTIONS[name][0]), asked[name]) for name in SECTIONS if name in asked]


# Handing in


@blueprint.get("/applications/<uuid:application_id>/check")
@allow(Role.CADRE)
def check(application_id: uuid.UUID) -> Page:
    """Everything as it will be handed in."""
    application = _own(application_id)
    if application.state not in operations.EDITABLE:
        return redirect(url_for("applications.show", application_id=application.id))
    return _check_page(application, _submit_form(application))


def _submit_form(application: Application) -> SubmitForm:
    form = SubmitForm.open(f"submit:{application.id}")
    if not form.is_submitted():
        form.renew(application.state_version)
    return form


def _check_page(application: Application, form: SubmitForm) -> str:
    user = current_user()
    answers = frozen(db.session, user)
    form.seen.data = digest(answers)
    moment = now()
    again = application.state == "returned"
    due = own.correction_due(db.session, application) if again else None
    return render_template(
        "applications/check.html",
        form=form,
        application=application,
        user=user,
        sections=summary(answers),
        gaps=[(name, SECTIONS[name][0], MISSING[code]) for name, code in missing(answers).items()],
        verdict=judge(application.call, answers, application.position),
        corrections=_corrections(application),
        again=again,
        until=due if again else _closes_at(application),
        late=operations.deadline_reasons(db.session, application, due, user.actor(), moment),
        now=moment,
    )


@blueprint.route("/applications/<uuid:application_id>/submit", methods=["GET", "POST"])
@allow(Role.CADRE)
def submit(application_id: uuid.UUID) -> Page:
    """Hand in, or hand in again after a return."""
    if request.method != "POST":
        return redirect(url_for("applications.check", application_id=application_id))
    moment = now()
    application = _own(application_id)
    form = _submit_form(application)

    def hand_in() -> None:
        user = current_user()
        already = application.state not in operations.EDITABLE
        if not already and form.seen.data != digest(frozen(db.session, user)):
            raise Refusal(_("您打开这一页以后，资料又有改动。请核对下面的最新内容，再提交一次。"))
        _worded(
            lambda: operations.submit(
                db.session,
                application,
                user.actor(),
                moment,
                expected_version=form.version.data,
                key=form.key.data or None,
                undertaking=UNDERTAKINGS[-1],
            )
        )

    outcome = handle(form, hand_in)
    if outcome.done:
        return redirect(url_for("applications.receipt", application_id=application_id), 303)
    application = _own(application_id)
    if application.state not in operations.EDITABLE:
        flash(_("这份报名已经提交过了。"), "info")
        return redirect(url_for("applications.show", application_id=application_id), 303)
    form.renew(application.state_version)
    return _check_page(application, form), outcome.status


@blueprint.get("/applications/<uuid:application_id>/receipt")
@allow(Role.CADRE)
def receipt(application_id: uuid.UUID) -> Page:
    """The receipt number, to be kept, and what happens next."""
    application = _own(application_id)
    if application.receipt_number is None or application.submitted_at is None:
        return redirect(url_for("applications.show", application_id=application.id))
    return render_template(
        "applications/receipt.html",
        application=application,
        closes_at=_closes_at(application),
        review_by=_review_by(application),
    )


# Taking back


@blueprint.route("/applications/<uuid:application_id>/withdraw", methods=["GET", "POST"])
@allow(Role.CADRE)
def withdraw(application_id: uuid.UUID) -> Page:
    """Ask once more, then take the application back."""
    application = _own(application_id)
    form = WithdrawForm.open(f"withdraw:{application.id}")
    if not form.is_submitted():
        form.renew(application.state_version)
    outcome = handle(
        form,
        lambda: _worded(
            lambda: operations.withdraw(
                db.session,
                application,
                current_user().actor(),
                now(),
                expected_version=form.version.data,
                key=form.key.data or None,
            )
        ),
    )
    if outcome.done:
        flash(_("已撤回报名。"), "success")
        return redirect(url_for("applications.show", application_id=application_id), 303)
    application = _own(application_id)
    return (
        render_template(
            "applications/withdraw.html",
            form=form,
            application=application,
            standing=own.standing(application),
            step=own.may(db.session, application, current_user().actor(), now()).get("withdraw"),
            closes_at=_closes_at(application),
        ),
        outcome.status,
    )
