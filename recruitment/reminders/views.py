"""A call's reminders: when they leave, who gets which next, and who has got one."""

from datetime import datetime
from typing import Any

import wtforms
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from recruitment.calls.fields import LocalMinuteField
from recruitment.calls.models import Call
from recruitment.calls.views.base import READERS, Page, areas, call_to_change, call_to_read, may_change
from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import handle
from recruitment.people.access import allow, current_user
from recruitment.people.models import Role
from recruitment.reminders import queries, settings
from recruitment.reminders.forms import TimesForm, reminders_form
from recruitment.reminders.models import Missed
from recruitment.reminders.rules import rules
from recruitment.web import stages

blueprint = Blueprint("reminders", __name__, url_prefix="/admin/calls")


MISSED = {
    Missed.NIGHT: _l("该发的时候系统停了，恢复时已是夜里，天亮前就截止。请打电话告知本人。"),
    Missed.OVER: _l("从该发的时候到截止，系统一直停着。"),
}


class MomentForm(wtforms.Form):
    """The moment of a dry run; it changes nothing, so it needs no token."""

    at = LocalMinuteField(
        _l("假如现在是"), description=_l("北京时间。不填，列出以后会发的。按现在的资料计算，不会真的发。")
    )


@blueprint.get("/<slug>/reminders")
@stages.of_call(_l("提醒"), 190)
@allow(*READERS)
def index(slug: str) -> Page:
    call = call_to_read(slug)
    return _page(call, _form(call) if may_change(call) else None)


@blueprint.post("/<slug>/reminders")
@allow(Role.ADMIN)
def save(slug: str) -> Page:
    """Set when and whether a call's reminders leave."""
    call = call_to_change(slug)
    form = _form(call)
    outcome = handle(form, lambda: settings.save(db.session, call, current_user(), _chosen(form), now()))
    if outcome.done:
        flash(_("已保存。还没有发的提醒按新的时间发。"), "success")
        return redirect(url_for("reminders.index", slug=slug), 303)
    return _page(call, form, outcome.status)


def _form(call: Call) -> TimesForm:
    held = settings.settings_of(db.session, call, now())
    data: dict[str, Any] = {name: getattr(held, name) for name in settings.TIMES}
    for name, setting in held.rules.items():
        data[f"on_{name}"] = setting.enabled
        data[f"hours_{name}"] = setting.lead_minutes // 60 if setting.lead_minutes else None
    return reminders_form().open(f"reminders:{call.id}", data=data)


def _chosen(form: TimesForm) -> settings.Settings:
    found = {}
    for name, rule in rules().items():
        hours = None if rule.share is not None else form[f"hours_{name}"].data
        found[name] = settings.RuleSetting(bool(form[f"on_{name}"].data), hours * 60 if hours else None)
    times: dict[str, Any] = {name: form[name].data for name in settings.TIMES}
    return settings.Settings(rules=found, **times)


def _page(call: Call, form: TimesForm | None, status: int = 200) -> tuple[str, int]:
    asked = MomentForm(formdata=request.args)
    asked.validate()
    at: datetime | None = asked.at.data if not asked.at.errors else None
    moment = at or now()
    ahead = queries.plan(
        db.session, moment, call_id=call.id, areas=areas(), only_due=at is not None, limit=queries.PAGE
    )
    return render_template(
        "reminders/index.html",
        call=call,
        form=form,
        held=settings.settings_of(db.session, call, now()),
        rules=rules(),
        asked=asked,
        at=at,
        ahead=ahead,
        most=queries.PAGE,
        counts=queries.counts(db.session, moment, call.id, areas(), only_due=at is not None),
        missed_words=MISSED,
        sent=queries.sent(db.session, call.id, areas()),
    ), status
