"""Forms of the register and of violations."""

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional, StopValidation, ValidationError

from recruitment.bars.words import CLAUSE, CONSEQUENCES, KINDS
from recruitment.calls.fields import DayField, Given
from recruitment.clock import today
from recruitment.forms import DraftForm, Form, Required
from recruitment.people.id_number import IdNumber, IdNumberError, parse

LONGEST = 200


class _Number(StringField):
    """An ID number as typed; ``number`` is what it means."""

    number: IdNumber

    def pre_validate(self, form: object) -> None:
        try:
            self.number = parse(self.data or "", today())
        except IdNumberError as error:
            raise ValidationError(_(str(error))) from None


class SearchForm(Form):
    """Look a person up."""

    id_number = _Number(_l("身份证号"), [Required()])


def _day_or_life(form: wtforms.Form, field: Field) -> None:
    """Before an empty day is accepted: it must be for life."""
    if not form["for_life"].data and not any(raw.strip() for raw in field.raw_data or ()):
        raise StopValidation(_("请填写截止日期，或者勾选终身禁考。"))


class BarForm(DraftForm):
    """One entry."""

    name = StringField(_l("姓名"), [Required(), Length(max=50)])
    id_number = _Number(_l("身份证号"), [Required()])
    kind = SelectField(
        _l("情形"), [Required()], choices=lambda: [(key, _(word)) for key, word in KINDS.items()]
    )
    source = StringField(
        _l("决定机关及文号"), [Required(), Length(max=LONGEST)], description=_l("例如“川考录〔2026〕12号”。")
    )
    clause = StringField(_l("依据条款"), [Required(), Length(max=LONGEST)], default=CLAUSE)
    starts_on = DayField(_l("起始日期"), [Given()])
    for_life = BooleanField(_l("终身禁考"))
    until = DayField(
        _l("截止日期"), [_day_or_life, Optional()], description=_l("当天仍在禁考期内。终身禁考的不填。")
    )

    def validate_until(self, field: Field) -> None:
        if self.for_life.data:
            if field.data:
                raise ValidationError(_("终身禁考没有截止日期，请清空或取消勾选。"))
        elif self.starts_on.data and field.data and field.data < self.starts_on.data:
            raise ValidationError(_("截止日期早于起始日期。"))


class RevokeForm(Form):
    """Take an entry back."""

    reason = TextAreaField(_l("撤销的理由"), [Required(), Length(max=1000)])


class ViolationForm(DraftForm):
    """What a candidate did, and what follows."""

    person = StringField(_l("身份证号或回执号"), [Required(), Length(max=40)])
    consequence = RadioField(
        _l("处理"), [Required()], choices=lambda: [(key, str(words)) for key, words in CONSEQUENCES.items()]
    )
    subject = SelectField(_l("科目"), choices=(), description=_l("按零分处理时选择。"))
    kind = SelectField(
        _l("情形"),
        choices=lambda: [(key, _(word)) for key, word in KINDS.items()],
        description=_l("禁考时填写，记入禁考名单。"),
    )
    for_life = BooleanField(_l("终身禁考"), description=_l("不勾选的，从今天起禁考五年。"))
    facts = TextAreaField(
        _l("违纪违规事实"), [Required(), Length(max=2000)], description=_l("取消资格的，会写进给本人的通知。")
    )
    clause = StringField(_l("依据条款"), [Required(), Length(max=LONGEST)], default=CLAUSE)
