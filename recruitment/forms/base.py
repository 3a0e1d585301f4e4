"""The classes that forms are made of."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar, Self

import wtforms
from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, FieldList, HiddenField, RadioField, SelectField, SelectMultipleField
from wtforms.form import BaseForm
from wtforms.validators import DataRequired, StopValidation

from recruitment.database import db
from recruitment.forms import drafts
from recruitment.people.access import current_user


class Required(DataRequired):
    """Something must be typed or chosen; says which field is missing."""

    def __call__(self, form: BaseForm, field: Field) -> None:
        try:
            super().__call__(form, field)
        except StopValidation:
            if self.message:
                raise
            words = (
                _l("请选择%(what)s。", what=field.label.text)
                if isinstance(field, RadioField | SelectField | SelectMultipleField)
                else _l("请填写%(what)s。", what=field.label.text)
            )
            raise StopValidation(str(words)) from None


def typed(field: Field) -> str:
    """What a text field holds, and nothing for nothing."""
    return str(field.data or "")


def options(pairs: Iterable[tuple[str, Any]], group: str | None = None) -> list[Any]:
    """Choices of a select or radio field from pairs of value and words, under a heading if one is named."""
    choice = wtforms.SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
    return [choice(value=str(value), label=words, optgroup=group) for value, words in pairs]


class Section(wtforms.Form):
    """One row of a ``FieldList(FormField(…))``. It has no token of its own."""


class Form(FlaskForm):  # type: ignore[misc]
    """A form with a token bound to the session; it keeps no draft."""

    keeps_draft: ClassVar[bool] = False


class DraftForm(Form):
    """A form that loses nothing. Open it with :meth:`open`, never with its constructor.

    Attributes:
        restored_at: when the draft that fills the form was saved; none if it shows what is stored.
    """

    keeps_draft: ClassVar[bool] = True
    draft_owner = HiddenField()
    restored_at: datetime | None = None

    @classmethod
    def open(cls, key: str, *, saved_at: datetime | None = None, **kwargs: Any) -> Self:
        """The form as the person at the screen should see it.

        Args:
            key: names the form, and the object it is about where there are several (``f"review:{id}"``).
            saved_at: when what the form shows was last saved; an older draft is not brought back.
            kwargs: as for a WTForms form (``obj=``, ``data=``).

        On POST it holds what was sent, otherwise the person's newer draft if there is one.
        """
        user = current_user()
        draft = None
        if request.method != "POST":
            draft = drafts.find(db.session, user.id, key, newer_than=saved_at)
        if draft is not None and draft.data is not None:
            typed = MultiDict([(name, value) for name, values in draft.data.items() for value in values])
            form = cls(formdata=typed, **kwargs)
            form.restored_at = draft.saved_at
        else:
            form = cls(**kwargs)
        form.posted_owner = drafts.read_token(form.draft_owner.data) if request.method == "POST" else None
        form.owner = drafts.Owner.of_this_page(user.id, key)
        form.draft_owner.data = form.owner.token()
        return form

    owner: drafts.Owner
    posted_owner: drafts.Owner | None

    def press_row_button(self, pressed: MultiDict[str, str]) -> bool:
        """Add or remove the row whose button was pressed.

        Returns:
            Whether one was: the page is then shown again without being checked.
        """
        for field in self:
            if not isinstance(field, FieldList):
                continue
            if f"{field.name}.add" in pressed:
                if not field.max_entries or len(field.entries) < field.max_entries:
                    field.append_entry()
                return True
            if f"{field.name}.remove" in pressed:
                place = pressed.get(f"{field.name}.remove", type=int)
                if (
                    place is not None
                    and 0 <= place < len(field.entries)
                    and (len(field.entries) > field.min_entries)
                ):
                    field.entries.pop(place)
                return True
        return False
