"""Fields and rows of the dossier's forms."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape
from wtforms import Field, FieldList, FormField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.form import BaseForm
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import html_params

from recruitment.cadres.dates import read_day
from recruitment.forms import Section


class DayWidget:
    """Three short boxes 年, 月, 日. A date picker starts at today, which is decades away from what is asked."""

    PARTS = (("", _l("年"), 4), ("-month", _l("月"), 2), ("-day", _l("日"), 2))

    def __call__(self, field: "DayField", **kwargs: Any) -> Markup:
        # What a template leaves out as none must not become the word "None".
        kwargs = {name: value for name, value in kwargs.items() if name != "class" and value is not None}
        boxes = []
        for (ending, label, size), text in zip(self.PARTS, field.typed, strict=True):
            box = html_params(
                id=f"{field.id}{ending}",
                name=field.name,
                value=text,
                inputmode="numeric",
                autocomplete="off",
                size=size,
                class_=f"form-control day-{size}",
                **kwargs,
            )
            boxes.append(
                f'<span class="day-part"><input type="text" {box}>'
                f'<label for="{field.id}{ending}">{escape(label)}</label></span>'
            )
        return Markup(f'<span class="day-parts">{"".join(boxes)}</span>')  # noqa: S704 - escaped above


class DayField(Field):
    """A calendar day in three boxes of one name; its data is a ``date`` or ``None``."""

    widget = DayWidget()
    typed: tuple[str, str, str] = ("", "", "")

    def process_data(self, value: date | None) -> None:
        self.data = value
        if value is not None:
            self.typed = (str(value.year), str(value.month), str(value.day))

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        year, month, day = (*valuelist, "", "", "")[:3]
        self.typed = (year, month, day)
        self.data = None
        self.data = read_day(year, month, day)

    def pre_validate(self, form: BaseForm) -> None:
        # "There is no 30 February" must not give way to "please fill this in".
        if self.process_errors:
            raise StopValidation()


class Within:
    """A day no earlier than one and no later than another, each asked for when it is needed.

    Args:
        earliest, latest: functions without arguments; the words say why the day cannot be.
    """

    def __init__(
        self,
        earliest: Callable[[], date | None] = lambda: None,
        latest: Callable[[], date | None] = lambda: None,
        *,
        too_early: Any = "",
        too_late: Any = "",
    ) -> None:
        self.earliest, self.latest = earliest, latest
        self.too_early, self.too_late = too_early, too_late

    def __call__(self, form: BaseForm, field: Field) -> None:
        if field.data is None:
            return
        earliest, latest = self.earliest(), self.latest()
        if earliest is not None and field.data < earliest:
            raise ValidationError(str(self.too_early))
        if latest is not None and field.data > latest:
            raise ValidationError(str(self.too_late))


class Row(Section):
    """One row of a list. A row in which nothing was typed is not there.

    Attributes:
        presets: fields that are filled in advance and do not make a row begun.
    """

    presets: ClassVar[frozenset[str]] = frozenset()

    @property
    def blank(self) -> bool:
        return not any(_typed(field) for field in self if field.short_name not in self.presets)

    def validate(self, extra_validators: Any = None) -> bool:
        return True if self.blank else bool(super().validate(extra_validators))


def _typed(field: Field) -> bool:
    if isinstance(field, DayField):
        return any(field.typed)
    return bool(field.data.strip() if isinstance(field.data, str) else field.data)


def rows_of(rows: "FieldList[Any]") -> list[Row]:
    """The rows of a list in which something was typed."""
    return [entry.form for entry in rows.entries if isinstance(entry, FormField) and not entry.form.blank]


def error(field: Field, words: str) -> None:
    """Say beside a field what is wrong with it, after its own checks."""
    field.errors = [*field.errors, words]


def either_or(answer: Field, rows: "FieldList[Any]", *, none_typed: str, some_typed: str) -> bool:
    """Check an answer 有 or 没有 against the rows below it."""
    typed = bool(rows_of(rows))
    if answer.data == "yes" and not typed:
        error(answer, none_typed)
    elif answer.data == "no" and typed:
        error(answer, some_typed)
    else:
        return True
    return False


def options(words: Mapping[Any, Any], nothing: Any = None) -> list[SelectChoice]:
    """Choices of a field: codes with their words, after an empty one if ``nothing`` has words."""
    first = [] if nothing is None else [SelectChoice("", nothing)]
    return first + [SelectChoice(str(code), label) for code, label in words.items()]


YES_NO = options({"yes": _l("是"), "no": _l("否")})
SOME_NONE = options({"yes": _l("有"), "no": _l("没有")})


def yes_no(value: bool | None) -> str | None:
    """The choice that stands for a stored answer; nothing is chosen for an answer not given."""
    return None if value is None else "yes" if value else "no"


def clean(text: str | None) -> str:
    """Text without spaces around it."""
    return (text or "").strip()
