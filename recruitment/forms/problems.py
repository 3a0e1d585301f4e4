"""What is wrong with a form, as a list of links for the top of the page."""

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask
from flask_babel import gettext as _
from wtforms import Field, FieldList, Form, FormField, RadioField


@dataclass(frozen=True, slots=True)
class Problem:
    """One error: the id of the field it links to, the field's label, and what to do."""

    target: str
    label: str
    text: str


def _target(field: Field) -> str:
    if isinstance(field, RadioField):
        return f"{field.id}-0"
    return str(field.id)


def _of_fields(fields: Form, row: str = "") -> Iterator[Problem]:
    for field in fields:
        if field.name == "csrf_token":
            if field.errors:
                yield Problem("", "", _("页面已过期，内容还在。请再提交一次。"))
        elif isinstance(field, FieldList):
            # A list's own errors are texts; those of its entries are lists and are said with the entries.
            yield from (
                Problem(field.id, field.label.text, str(text))
                for text in field.errors
                if isinstance(text, str)
            )
            for number, entry in enumerate(field.entries, start=1):
                if isinstance(entry, FormField):
                    yield from _of_fields(entry.form, row=f"{field.label.text} {number} · ")
                else:
                    yield from (
                        Problem(_target(entry), f"{field.label.text} {number}", str(text))
                        for text in entry.errors
                    )
        elif isinstance(field, FormField):
            yield from _of_fields(field.form, row=row)
        else:
            yield from (
                Problem(_target(field), f"{row}{field.label.text}", str(text)) for text in field.errors
            )


def form_problems(form: Form) -> list[Problem]:
    """Every error of the form, from top to bottom, rows included."""
    problems = [Problem("", "", str(text)) for text in form.form_errors]
    return problems + list(_of_fields(form))


def init_app(app: Flask) -> None:
    app.jinja_env.globals["form_problems"] = form_problems
