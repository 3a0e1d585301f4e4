"""The steps of a workflow as a reviewer's page offers them: the same question that the engine will be asked."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, flash, request
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from recruitment import wording
from recruitment.database import db
from recruitment.forms import DraftForm, Refusal, drafts, handle
from recruitment.forms.handling import Outcome
from recruitment.people.access import current_user
from recruitment.workflow import engine
from workflows.terms import Reason, Refused

# Not worth a word: who may not do it at all is not told about it.
SILENT = frozenset({"not_allowed", "outside_area", "not_yours"})


@dataclass(frozen=True, slots=True)
class Offer:
    """One step: its trigger and words, why it cannot be taken now, and its form where it asks for one."""

    trigger: str
    label: str
    reasons: tuple[Reason, ...]
    form: DraftForm | None
    key: str


def offers(
    session: Session,
    subject: Any,
    now: datetime,
    forms: Mapping[str, type[DraftForm]],
    *,
    name: str,
    sent: Mapping[str, DraftForm] | None = None,
) -> list[Offer]:
    """What the person at the screen may do with the subject, and why not.

    Args:
        forms: trigger → its form.
        name: of the page, for the drafts.
        sent: forms that came with the request and are shown again.
    """
    user = current_user()
    found = []
    for step in engine().available(session, user.actor(), [subject], now)[subject.id]:
        if any(reason.code in SILENT for reason in step.reasons):
            continue
        if any(reason.code in ("held", "not_held") for reason in step.reasons):
            # Either a finding is to be released, or one is to be made: the page shows which.
            continue
        form = (sent or {}).get(step.trigger)
        if form is None and step.trigger in forms:
            form = open_form(forms[step.trigger], name, subject, step.trigger)
        found.append(
            Offer(step.trigger, wording.label(step.label), tuple(step.reasons), form, uuid.uuid4().hex)
        )
    return found


def open_form(form_class: type[DraftForm], name: str, subject: Any, trigger: str) -> DraftForm:
    """A step's form with what was typed and not yet sent; several stand on one page, with ids of their own."""
    key = f"{name}:{subject.id}:{trigger}"
    posted = request.method == "POST" and (request.view_args or {}).get("trigger") == trigger
    if posted or request.method != "POST":
        form = form_class.open(key, saved_at=subject.state_since)
    else:
        draft = drafts.find(db.session, current_user().id, key, newer_than=subject.state_since)
        typed = draft.data if draft and draft.data else {}
        fields = [(field, value) for field, values in typed.items() for value in values]
        form = form_class.open(key, formdata=MultiDict(fields) if fields else None)
    for field in form:
        field.id = f"{trigger}-{field.name}"
        field.label.field_id = field.id
    return form


def answered(form: DraftForm | None, *names: str) -> dict[str, str] | None:
    """The texts of a step's form as the journal keeps them; none for a step without a form."""
    return None if form is None else {name: str(form[name].data or "").strip() for name in names}


def take(
    subject: Any,
    trigger: str,
    forms: Mapping[str, type[DraftForm]],
    fields: Mapping[str, tuple[str, ...]],
    decide: Callable[..., Any],
    *,
    name: str,
) -> tuple[Outcome, DraftForm | None]:
    """Take the step that was sent, on the version that the page showed; the same page sent twice has one effect.

    Args:
        forms: trigger → its form.
        fields: trigger → the names of its form's texts.
        decide: the operation; it gets ``form``, ``expected_version`` and ``key``.
        name: of the page, for the drafts.

    Returns:
        What became of it, and the form to show again where the step has one. The reasons against a step without
        a form are flashed.
    """
    version, key = request.form.get("version", type=int), request.form.get("key", "")
    if version is None or not 8 <= len(key) <= 64:
        abort(400)
    form = open_form(forms[trigger], name, subject, trigger) if trigger in forms else None

    def save() -> None:
        try:
            decide(form=answered(form, *fields.get(trigger, ())), expected_version=version, key=key)
        except Refused as refused:
            raise Refusal(" ".join(reason.words for reason in refused.reasons)) from refused

    if form is not None:
        return handle(form, save), form
    try:
        save()
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        flash(str(refusal), "danger")
        return Outcome(done=False), None
    return Outcome(done=True), None
