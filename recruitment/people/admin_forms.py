"""Forms of the system admin's pages."""

from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, RadioField, SelectField, StringField, TelField
from wtforms.validators import Length, Optional

from recruitment.areas import catalogue
from recruitment.forms import Form, Required, options
from recruitment.people.forms import EmailRule, PhoneRule
from recruitment.people.models import STAFF
from recruitment.people.words import ROLES


def _nothing() -> list[Any]:
    return options([("", _l("请选择"))])


@cache
def _areas() -> list[Any]:
    """The province, then each prefecture with its counties."""
    choices = _nothing() + options(
        [(catalogue.PROVINCE_CODE, catalogue.PROVINCE_NAME)], catalogue.PROVINCE_NAME
    )
    for code, name in catalogue.prefectures().items():
        inside = [c for c in catalogue.counties().values() if c.prefecture_code == code]
        choices += options([(code, name), *((c.code, name + c.name) for c in inside)], name)
    return choices


class GrantForm(Form):
    role = SelectField(
        _l("职责"),
        [Required()],
        choices=[*_nothing(), *options((role, ROLES[role]) for role in ROLES if role in STAFF)],
    )
    area = SelectField(
        _l("管辖地区"), [Required()], description=_l("县级审核人选县，市级审核人选市（州），其他选全省。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.area.choices = _areas()


class ContactForm(Form):
    name = StringField(_l("姓名"), [Required(), Length(max=50)])
    email = EmailField(_l("邮箱"), [Required(), EmailRule()])
    phone = TelField(_l("手机号"), [Optional(), PhoneRule()])


class CorrectionForm(ContactForm):
    reason = StringField(
        _l("理由"), [Required(), Length(max=500)], description=_l("怎样核实了身份。会留下记录。")
    )


class NewStaffForm(ContactForm, GrantForm):
    """Name and contact, and the first role."""


class SearchForm(Form):
    words = StringField(_l("姓名、邮箱，或完整的身份证号、手机号"))


class ActForm(Form):
    act = RadioField(_l("办理事项"), [Required()])
    reason = StringField(
        _l("理由"), [Required(), Length(max=500)], description=_l("会留下记录，监督人员可以查看。")
    )
