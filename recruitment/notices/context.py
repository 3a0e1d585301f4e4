"""The facts that a notice's text may name."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy import Row
from sqlalchemy.orm import Session, joinedload

from recruitment.applications.models import Application
from recruitment.applications.refusals import refusal_reasons
from recruitment.cadres.vocabulary import SECTIONS
from recruitment.calls.deadlines import closes_at
from recruitment.calls.models import Call, Position
from recruitment.candidates.models import Candidate
from recruitment.notices.ahead import ReadAhead, event_key
from recruitment.people.models import User
from recruitment.wording import deadline, moment
from workflows.schema import event as journal
from workflows.schema import timer

Context = Callable[[Session, Row[Any], User], dict[str, Any]]
_known: dict[str, list[Context]] = {}


def about(*notices: str) -> Callable[[Context], Context]:
    """Have a function give the facts for texts: of a whole workflow (``candidate``) or one notice of it.

    It is handed the outbox row and who is written to. What is told of one notice goes over what is told of
    its workflow.
    """

    def decorate(function: Context) -> Context:
        for name in notices:
            _known.setdefault(name, []).append(function)
        return function

    return decorate


def context_for(session: Session, row: Row[Any], user: User) -> dict[str, Any]:
    """What the text of an outbox row reads.

    Raises:
        LookupError: nothing is known of notices of this workflow.
    """
    functions = [*_known.get(row.workflow, ()), *_known.get(row.notice, ())]
    if not functions:
        raise LookupError(f"nobody tells the facts of {row.notice!r}")
    # What somebody wrote while the notice was held stands in the row itself.
    facts: dict[str, Any] = {"name": user.name, **row.data.get("edit", {})}
    for function in functions:
        facts |= function(session, row, user)
    return facts


def event_form(session: Session, row: Row[Any]) -> dict[str, Any]:
    """What was filled in at the event that raised the notice."""
    if (ahead := ReadAhead.of(session)) and (key := event_key(row)) in ahead.forms:
        return ahead.forms[key] or {}
    event = journal.c
    form: dict[str, Any] | None = session.scalar(
        sa.select(event.form).where(
            event.workflow == row.workflow, event.subject_id == row.subject_id, event.seq == row.event
        )
    )
    return form or {}


def timer_set(session: Session, row: Row[Any], name: str) -> str:
    """When a deadline is due that the same event set, in words; empty when it set none."""
    if (ahead := ReadAhead.of(session)) and (key := event_key(row)) in ahead.forms:
        due = ahead.timers.get((*key, name))
        return deadline(due) if due else ""
    due = session.scalar(
        sa.select(timer.c.due_at).where(
            timer.c.workflow == row.workflow,
            timer.c.subject_id == row.subject_id,
            timer.c.name == name,
            timer.c.set_by == row.event,
        )
    )
    return deadline(due) if due else ""


@about("candidate")
def _candidate(session: Session, row: Row[Any], user: User) -> dict[str, Any]:
    candidate = session.get_one(
        Candidate, row.subject_id, options=[joinedload(Candidate.call), joinedload(Candidate.position)]
    )
    form = event_form(session, row)
    return {
        **_place(candidate.call, candidate.position),
        "ticket_number": candidate.ticket_number or "",
        "link": f"{current_app.config['SETTINGS'].site_url}/candidates/{candidate.id}",
        "explanation": form.get("explanation") or form.get("reason") or "",
    }


def _place(call: Call, position: Position) -> dict[str, Any]:
    return {
        "call": call.title,
        "hotline": call.hotline,
        "position": f"{position.organ}“{position.name}”（职位代码 {position.code}）",
        "county": position.county.name,
        "prefecture": position.county.prefecture,
    }


def _closes_at(session: Session, application: Application, user: User) -> datetime:
    ahead = ReadAhead.of(session)
    known = ahead.closes_at(application.call, application.area_code, user.id) if ahead else None
    return known or closes_at(session, application.call, application.area_code, user.id)


@about("application")
def _application(session: Session, row: Row[Any], user: User) -> dict[str, Any]:
    """Reasons and due times come from the event that raised the notice and stay as they were then; names come
    from the records.
    """
    application = session.get_one(
        Application,
        row.subject_id,
        options=[joinedload(Application.call), joinedload(Application.position)],
    )
    form = event_form(session, row)
    call = application.call
    closes = _closes_at(session, application, user)
    return {
        **_place(call, application.position),
        "receipt_number": application.receipt_number,
        "closes_at": moment(closes),
        # What is decided after the closing time leaves no other position to choose.
        "may_choose_again": row.created_at < closes,
        "link": f"{current_app.config['SETTINGS'].site_url}/applications/{application.id}",
        "review_by": moment(row.created_at + timedelta(hours=call.review_hours)),
        "correction_due": timer_set(session, row, "correction_deadline"),
        "sections": [
            {"label": str(SECTIONS[key][0]), "text": text}
            for key, text in form.get("sections", {}).items()
            if key in SECTIONS and text.strip()
        ],
        "reasons": [refusal_reasons()[code] for code in form.get("codes", [])],
        "explanation": form.get("explanation") or form.get("reason") or "",
    }
