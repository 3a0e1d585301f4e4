"""The queue: which applications, in what order, how long they have waited, and the figures above them."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from flask import request
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from recruitment import wording
from recruitment.applications import queries
from recruitment.applications.guards import RECUSED
from recruitment.applications.models import Application
from recruitment.applications.queries import ApplicationFilter, Waiting
from recruitment.applications.review_file import VERDICTS
from recruitment.applications.review_forms import QueueForm
from recruitment.areas import catalogue
from recruitment.calls.models import Call
from recruitment.database import db
from recruitment.people.access import current_user
from recruitment.people.models import Role
from recruitment.workflow import engine
from workflows.terms import Actor, Reason

# What each role has to do: the state that its queue shows until another is asked for.
WORK = {
    Role.COUNTY_REVIEWER: "submitted",
    Role.PREFECTURE_REVIEWER: "county_passed",
    Role.PROVINCE_REVIEWER: "refused",
}
ANY = "any"
STATES = ("submitted", "county_passed", "returned", "qualified", "refused", "withdrawn", "lapsed")
TONES = {
    "submitted": "warn",
    "county_passed": "info",
    "returned": "neutral",
    "qualified": "good",
    "refused": "bad",
}
# Query parameters that narrow the queue; they travel along from file to file.
FILTERS = ("call", "state", "area", "position", "verdict", "text", "overdue")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the queue.

    Attributes:
        waited: since submission, in words; empty once it is decided.
        overdue: waits longer than the call allows.
        recusal: why this reviewer has to stay away.
        may_confirm: can be picked for confirming many at once.
    """

    application: Application
    waited: str
    overdue: bool
    recusal: tuple[Reason, ...]
    may_confirm: bool


@dataclass(frozen=True, slots=True)
class Figure:
    """A state with how many applications stand in it."""

    state: str
    label: str
    number: int
    overdue: int
    current: bool


def state_label(state: str) -> str:
    """A state's name as the definition gives it."""
    return wording.label(engine().flows["application"].latest.states[state].label)


def filters() -> dict[str, Any]:
    """The filters of this request, for links that keep them."""
    return {name: value for name in FILTERS if (value := request.args.get(name, "").strip())}


def usual_state() -> str:
    """The state that the person's own work is in."""
    roles = current_user().roles
    return next((state for role, state in WORK.items() if role in roles), ANY)


def chosen_filter(areas: tuple[str, ...], now: datetime) -> ApplicationFilter:
    """What this request asks to see, within the areas. What makes no sense narrows nothing."""
    chosen = filters()
    state = chosen.get("state", usual_state())
    verdict = chosen.get("verdict", "")
    return ApplicationFilter(
        areas,
        call_id=_uuid(chosen.get("call", "")),
        states=(state,) if state in STATES else (),
        area=chosen.get("area", ""),
        position_code=chosen.get("position", ""),
        verdict=verdict if verdict in VERDICTS else "",
        text=chosen.get("text", ""),
        overdue_at=now if chosen.get("overdue") else None,
    )


def _uuid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def page(areas: tuple[str, ...], now: datetime) -> dict[str, Any]:
    """Everything that the queue's page shows."""
    session, actor = db.session, current_user().actor()
    chosen = chosen_filter(areas, now)
    calls = queries.calls_of(session, areas)
    try:
        found = queries.oldest_first(session, chosen, request.args.get("after", ""))
    except ValueError:
        found = queries.oldest_first(session, chosen)
    waiting = queries.waiting(session, areas, now, chosen.call_id)
    rows = _rows(found.rows, {call.id: call for call in calls}, actor, now)
    kept = filters()
    return {
        "rows": rows,
        "form": _form(areas, calls, chosen),
        "figures": _figures(waiting, chosen),
        "waiting": waiting,
        "filters": kept,
        "narrowed": bool(kept.keys() - {"state"}),
        "state": chosen.states[0] if chosen.states else ANY,
        "state_label": state_label(chosen.states[0]) if chosen.states else _("全部"),
        "several_calls": len(calls) > 1,
        "several_counties": any(len(area) < 6 for area in areas) or len(areas) > 1,
        "after": request.args.get("after", ""),
        "next_key": found.after,
        "pick_all": "all" in request.args,
        "can_confirm": any(row.may_confirm for row in rows),
        "verdicts": VERDICTS,
        "tones": TONES,
        "label_of": state_label,
    }


def _rows(
    applications: list[Application], calls: dict[uuid.UUID, Call], actor: Actor, now: datetime
) -> list[Row]:
    # Who only looks on is told nothing about what they could do.
    at_work = [
        row for row in applications if row.state in WORK.values() and current_user().roles & WORK.keys()
    ]
    offers = engine().available(db.session, actor, at_work, now)
    rows = []
    for application in applications:
        offered = offers.get(application.id, [])
        recusal = {reason for offer in offered for reason in offer.reasons if reason.code in RECUSED}
        waits = application.state in queries.in_review() and application.submitted_at is not None
        span = now - application.submitted_at if waits and application.submitted_at else timedelta()
        rows.append(
            Row(
                application,
                waited(span) if waits else "",
                waits and span >= timedelta(hours=calls[application.call_id].review_hours),
                tuple(recusal),
                any(offer.trigger == "confirm" and offer.allowed for offer in offered),
            )
        )
    return rows


def waited(span: timedelta) -> str:
    """A length of time as one says it: the two largest units at most."""
    minutes = max(int(span.total_seconds() // 60), 0)
    days, hours = divmod(minutes // 60, 24)
    if days:
        return str(_("%(days)s 天 %(hours)s 小时", days=days, hours=hours))
    if hours:
        return str(_("%(hours)s 小时", hours=hours))
    return str(_("%(minutes)s 分钟", minutes=minutes))


def _figures(waiting: Waiting, chosen: ApplicationFilter) -> list[Figure]:
    return [
        Figure(
            state,
            state_label(state),
            waiting.by_state.get(state, 0),
            waiting.overdue.get(state, 0),
            chosen.states == (state,),
        )
        for state in STATES
        if state in ("submitted", "county_passed", "returned", "qualified", "refused")
        or waiting.by_state.get(state)
    ]


def _form(areas: tuple[str, ...], calls: list[Call], chosen: ApplicationFilter) -> QueueForm:
    form = QueueForm(
        data={
            "call": str(chosen.call_id or ""),
            "state": chosen.states[0] if chosen.states else ANY,
            "area": chosen.area,
            "position": chosen.position_code,
            "verdict": chosen.verdict,
            "text": chosen.text,
            "overdue": chosen.overdue_at is not None,
        }
    )
    form.call.choices = [
        SelectChoice("", _("全部批次")),
        *(SelectChoice(str(call.id), call.title) for call in calls),
    ]
    form.state.choices = [
        SelectChoice(ANY, _("全部状态")),
        *(SelectChoice(state, state_label(state)) for state in STATES),
    ]
    form.area.choices = area_choices(areas)
    return form


@cache
def _townships() -> dict[str, list[tuple[str, str]]]:
    """``(code, name)`` of the townships of each county."""
    by_county: dict[str, list[tuple[str, str]]] = {}
    for code, name, county in catalogue.townships():
        by_county.setdefault(county, []).append((code, name))
    return by_county


def area_choices(areas: tuple[str, ...]) -> list[SelectChoice]:
    """What the list can be narrowed to: a county's townships, or the counties of a larger area, in groups."""
    choices = [SelectChoice("", _("全部"))]
    for county in catalogue.counties().values():
        if any(len(area) < 6 and county.code.startswith(area) for area in areas):
            choices.append(SelectChoice(county.code, county.name, optgroup=county.prefecture))
        elif county.code in areas:
            choices += [
                SelectChoice(code, name, optgroup=county.name)
                for code, name in _townships().get(county.code, [])
            ]
    return choices
