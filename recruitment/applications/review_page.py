"""One file as a reviewer opens it: everything on the page, and what may be done."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from wtforms import Form

from recruitment import wording
from recruitment.applications import queries, review_file, review_queue, timeline
from recruitment.applications.models import Application
from recruitment.applications.operations import UNMASK, UNMASKED_FOR, recusal_reasons
from recruitment.applications.review_forms import FORMS, ActForm, DecisionForm, open_decision, own_ids
from recruitment.audit.models import AccessRecord
from recruitment.cadres.vocabulary import SECTIONS
from recruitment.database import db
from recruitment.people.access import current_user
from recruitment.people.models import REVIEWERS, User
from recruitment.people.words import ROLES
from recruitment.wording import deadline, moment
from recruitment.workflow import engine
from workflows.terms import Actor, Availability, Reason, Stale


@dataclass(frozen=True, slots=True)
class Offer:
    """A decision as the page offers it: with its form, or with every reason why not."""

    trigger: str
    label: str
    reasons: tuple[Reason, ...]
    form: DecisionForm | None
    key: str = ""


def file_page(
    application: Application, now: datetime, sent: Mapping[str, Form] | None = None
) -> dict[str, Any]:
    """Everything that the page of one file shows.

    Args:
        sent: forms that this request brought and that did not go through, by decision.
    """
    sent = sent or {}
    user = current_user()
    actor = user.actor()
    form = application.form or {}
    call = application.call
    checks = review_file.checklist(application)
    definition = engine().flow(application).definition(application)
    steps = timeline.for_staff(
        db.session,
        application,
        {name: wording.label(step.label) for name, step in definition.transitions.items()},
    )
    returned = next((step for step in steps if step.transition == "return"), None)
    reviews = any(user.may(role, application.area_code) for role in REVIEWERS)
    recusal = recusal_reasons(db.session, application, actor, now) if reviews else ()
    offers = _offers(application, actor, now, sent) if reviews else []
    submitted = application.submitted_at or now
    waits = application.state in queries.in_review()
    return {
        "application": application,
        "heading": _("%(name)s的报名", name=application.owner.name),
        "call": call,
        "position": review_file.position_pairs(application.position, call),
        "identity": form.get("identity", {}),
        "birth_month": _month(form.get("identity", {}).get("birth_date")),
        "state_label": review_queue.state_label(application.state),
        "state_tone": review_queue.TONES.get(application.state, "neutral"),
        "waited": review_queue.waited(now - submitted) if waits else "",
        "due_at": deadline(submitted + timedelta(hours=call.review_hours)) if waits else "",
        "overdue": waits and now >= submitted + timedelta(hours=call.review_hours),
        "checks": checks,
        "verdict_words": review_file.VERDICTS.get(checks.outcome),
        "sections": review_file.sections(form) if form else [],
        "section_keys": list(SECTIONS),
        "returned": dict(returned.sections) if returned else {},
        "steps": steps,
        "recusals": queries.recusals_from(db.session, application.owner.id),
        "rule_label": review_file.rule_label,
        "roles": {str(role): label for role, label in ROLES.items()},
        "recusal": recusal,
        "reviews": reviews,
        "offers": [offer for offer in offers if offer.form],
        "closed": [offer for offer in offers if not offer.form],
        # A decision that is no longer possible: what was written for it must not be lost.
        "unsent": [
            form
            for trigger, form in sent.items()
            if isinstance(form, DecisionForm) and not _offered(offers, trigger)
        ],
        "choices": review_file.choices(checks),
        "submitted_form": next((form for form in sent.values() if form.errors), None),
        "unmasked_until": _unmasked_until(user, application, now),
        "act_forms": {name: sent.get(name) or _act_form(name) for name in ("unmask", "recuse")},
        "filters": review_queue.filters(),
        "correction_hours": call.correction_hours,
    }


def _act_form(name: str) -> ActForm:
    form = ActForm(formdata=None)
    own_ids(form, name)
    return form


def _offered(offers: list[Offer], trigger: str) -> bool:
    return any(offer.trigger == trigger and offer.form for offer in offers)


def _offers(application: Application, actor: Actor, now: datetime, sent: Mapping[str, Form]) -> list[Offer]:
    """The decisions that leave the application's state, each by the one question that the engine is asked."""
    found: dict[str, Availability] = {}
    for offer in engine().available(db.session, actor, [application], now)[application.id]:
        # A trigger may mean one of several steps; the one that is nearest to possible speaks for it.
        known = found.get(offer.trigger)
        if offer.trigger in FORMS and (known is None or len(offer.reasons) < len(known.reasons)):
            found[offer.trigger] = offer
    offers = []
    for trigger, offer in found.items():
        form = None
        if offer.allowed:
            typed = sent.get(trigger)
            form = typed if isinstance(typed, DecisionForm) else open_decision(trigger, application)
        offers.append(Offer(trigger, wording.label(offer.label), offer.reasons, form, uuid.uuid4().hex))
    return offers


def _unmasked_until(user: User, application: Application, now: datetime) -> datetime | None:
    """Until when the reviewer may read the numbers, by the record that they left."""
    at = db.session.scalar(
        sa.select(sa.func.max(AccessRecord.at)).where(
            AccessRecord.user_id == user.id,
            AccessRecord.action == UNMASK,
            AccessRecord.subject_kind == "user",
            AccessRecord.subject_id == str(application.owner_id),
            AccessRecord.at > now - UNMASKED_FOR,
        )
    )
    return at + UNMASKED_FOR if at else None


def _month(iso: str | None) -> str:
    return f"{int(iso[:4])}年{int(iso[5:7])}月" if iso else ""


def said_stale(stale: Stale) -> str:
    """Who did what and when, and that nothing of one's own was sent."""
    last = stale.last
    state = wording.label(stale.state_label)
    if last is None:
        words = _("这份报名刚才有了变化，现在是“%(state)s”。您的决定没有提交，写好的内容还在。", state=state)
        return str(words)
    name = _("系统")
    if not last.actor.startswith("system:"):
        name = db.session.scalar(sa.select(User.name).where(User.id == uuid.UUID(last.actor))) or last.actor
    words = _(
        "%(name)s已在%(at)s处理了这份报名：%(done)s，现在是“%(state)s”。您的决定没有提交，写好的内容还在。",
        name=name,
        at=moment(last.at),
        done=wording.label(last.label),
        state=state,
    )
    return str(words)
