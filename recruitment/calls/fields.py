"""Fields that read what people in Sichuan type: local minutes, days, whole numbers."""

from datetime import date, datetime
from typing import Any, TypeVar

import wtforms
from flask_babel import gettext as _
from wtforms import DateField, DateTimeLocalField, Field, IntegerField
from wtforms.validators import InputRequired, StopValidation, ValidationError

from recruitment.clock import SHANGHAI, local


class Given(InputRequired):
    """Something must be typed. Unlike ``Required`` it leaves to the field what is wrong with it."""

    def __call__(self, form: Any, field: Field) -> None:
        try:
            super().__call__(form, field)
        except StopValidation:
            raise StopValidation(_("请填写%(what)s。", what=field.label.text)) from None


class LocalMinuteField(DateTimeLocalField):
    """A minute on the clock in Sichuan; its data is aware."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]
        super().__init__(label, validators, format=formats, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("请填写日期和时间，例如 2026-11-24 08:00。")) from None
        if self.data is not None:
            moment, self.data = self.data.replace(tzinfo=SHANGHAI), None
            self.data = _within_reach(moment)

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        return f"{local(self.data):%Y-%m-%dT%H:%M}" if isinstance(self.data, datetime) else ""


_Day = TypeVar("_Day", date, datetime)


def _within_reach(day: _Day) -> _Day:
    """The day itself; :raises ValueError: a year that neither people nor the database mean."""
    if not 1900 <= day.year <= 2100:
        raise ValueError(_("年份不对，请核对。"))
    return day


class DayField(DateField):
    """A calendar day."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("请填写日期，例如 2026-11-24。")) from None
        if self.data is not None:
            day, self.data = self.data, None
            self.data = _within_reach(day)


class WholeField(IntegerField):
    """A whole number."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("请填写整数。")) from None


class Between:
    """A number within bounds, both included."""

    def __init__(self, least: int, most: int) -> None:
        self.least, self.most = least, most

    def __call__(self, form: wtforms.Form, field: Field) -> None:
        if field.data is not None and not self.least <= field.data <= self.most:
            raise ValidationError(_("请填写%(least)s到%(most)s之间的数。", least=self.least, most=self.most))
