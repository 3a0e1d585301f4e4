"""The form of a call's reminders."""

from datetime import time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, TimeField
from wtforms.validators import ValidationError

from recruitment.calls.fields import Between, Given, WholeField
from recruitment.forms import DraftForm
from recruitment.reminders.rules import rules

# Hours before a deadline that make sense: up to two weeks.
MOST_HOURS = 336


class ClockField(TimeField):
    """A time of day on a clock in Sichuan."""

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("请填写时间，例如 21:00。")) from None


def asleep(clock: time, quiet_from: time, quiet_until: time) -> bool:
    """Whether a time of day lies in the quiet time."""
    if quiet_from <= quiet_until:
        return quiet_from <= clock < quiet_until
    return clock >= quiet_from or clock < quiet_until


class TimesForm(DraftForm):
    """Times of day; :func:`reminders_form` adds the rules."""

    quiet_from = ClockField(_l("夜间不发，从"), [Given()])
    quiet_until = ClockField(
        _l("夜间不发，到"), [Given()], description=_l("两个时间一样，就是不分昼夜都发。")
    )
    evening = ClockField(
        _l("提前到前一晚的，几点发"),
        [Given()],
        description=_l("轮到夜里、等到早上又来不及的提醒，改在前一晚这个时间发。"),
    )
    office_from = ClockField(_l("咨询电话有人接，从"), [Given()])
    office_until = ClockField(
        _l("咨询电话有人接，到"), [Given()], description=_l("只算工作日，写进提醒里，免得白打电话。")
    )

    def validate_evening(self, field: Field) -> None:
        start, end = self.quiet_from.data, self.quiet_until.data
        if field.data and start and end and asleep(field.data, start, end):
            raise ValidationError(_("这个时间在夜间不发的时段里，请改早一些。"))

    def validate_office_until(self, field: Field) -> None:
        if field.data and self.office_from.data and field.data <= self.office_from.data:
            raise ValidationError(_("结束时间应晚于开始时间。"))

    def rule_fields(self) -> list[tuple[Field, Field | None]]:
        """For each rule the box that switches it on and the hours, which a rule by halves has none of."""
        hours = {name: self[f"hours_{name}"] for name, rule in rules().items() if rule.share is None}
        return [(self[f"on_{name}"], hours.get(name)) for name in rules()]


def reminders_form() -> type[TimesForm]:
    """The form with two fields for each rule there is."""
    fields: dict[str, Any] = {}
    for rule in rules().values():
        fields[f"on_{rule.name}"] = BooleanField(rule.label)
        if rule.share is None:
            fields[f"hours_{rule.name}"] = WholeField(_l("截止前几小时"), [Given(), Between(1, MOST_HOURS)])
    return type("RemindersForm", (TimesForm,), fields)
