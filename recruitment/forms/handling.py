"""The one way from a submitted form to an operation."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from wtforms import Field, FieldList, FormField
from wtforms import Form as WTForm

from recruitment.clock import now
from recruitment.database import db
from recruitment.forms import drafts
from recruitment.forms.base import DraftForm, Form
from recruitment.forms.constraints import violated
from recruitment.forms.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a form.

    Attributes:
        done: it was submitted, accepted and committed; go on to the next page.
        status: the HTTP status for showing the form (again): 200, or 422 when something must be corrected.
        result: what the operation returned.
    """

    done: bool
    status: int = 200
    result: Any = None


def handle(
    form: Form,
    save: Callable[[], Any],
    constraints: Mapping[str, tuple[str, str]] | None = None,
) -> Outcome:
    """Check a form, run its operation, commit; and lose nothing if any of that fails.

    Args:
        form: opened for this request.
        save: the operation with its arguments; it may raise :class:`Refusal`.
        constraints: database constraint → (field name, words), for what only the database can know, such as
            two people taking the same thing at once.

    The draft is closed in the operation's own transaction.
    """
    if request.method != "POST":
        return Outcome(done=False)
    if isinstance(form, DraftForm) and form.press_row_button(request.form):
        _keep(form)
        return Outcome(done=False)
    if not form.validate():
        _keep(form)
        return Outcome(done=False, status=422)
    try:
        result = save()
        if isinstance(form, DraftForm):
            drafts.close(db.session, form.posted_owner or form.owner, now())
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        attach(form, refusal.errors)
    except IntegrityError as error:
        db.session.rollback()
        name = violated(error)
        if not constraints or name not in constraints:
            _keep(form)
            raise
        field, words = constraints[name]
        attach(form, {field: words})
    except Exception:
        db.session.rollback()
        # What went wrong may be the database itself; its error must not hide the first one.
        with suppress(SQLAlchemyError):
            _keep(form)
        raise
    else:
        return Outcome(done=True, result=result)
    _keep(form)
    return Outcome(done=False, status=422)


def attach(form: WTForm, errors: Mapping[str, str]) -> None:
    """Put each text beside its field; what names no field goes on top of the form."""
    fields = {field.name: field for field in _fields(form)}
    for name, text in errors.items():
        field = fields.get(name)
        if field is None:
            form.form_errors.append(str(text))
        else:
            field.errors = [*field.errors, str(text)]


def _fields(form: WTForm) -> list[Field]:
    found: list[Field] = []
    for field in form:
        found.append(field)
        if isinstance(field, FormField):
            found += _fields(field.form)
        elif isinstance(field, FieldList):
            for entry in field.entries:
                found += _fields(entry.form) if isinstance(entry, FormField) else [entry]
    return found


def _keep(form: Form) -> None:
    if not isinstance(form, DraftForm):
        return
    # As the form stands now, with a row added or removed, not as it was sent.
    sent = drafts.raw_fields(request.form)
    names = {field.name for field in _fields(form)}
    removed = {entry for entry in sent if entry not in names}
    drafts.keep(db.session, form.owner, {n: v for n, v in sent.items() if n not in removed}, now())
    db.session.commit()
