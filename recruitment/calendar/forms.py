"""Forms of the calendar's pages."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, FileField, RadioField, StringField
from wtforms.validators import Length, ValidationError

from recruitment.calendar.models import Kind
from recruitment.calls.fields import Between, DayField, Given, WholeField
from recruitment.forms import Form, Required, options


def kind_words() -> dict[str, str]:
    return {Kind.HOLIDAY: _("放假"), Kind.WORKDAY: _("上班")}


class DayForm(Form):
    """One day and what it is."""

    day = DayField(_l("日期"), [Given()])
    kind = RadioField(_l("这一天"), [Required()], choices=lambda: options(kind_words().items()))
    source = StringField(
        _l("依据"),
        [Required(), Length(max=200)],
        description=_l("例如“国务院办公厅关于2027年部分节假日安排的通知”。"),
    )


class YearForm(Form):
    """The arrangement of a whole year as a spreadsheet."""

    year = WholeField(_l("年份"), [Given(), Between(2020, 2199)])
    table = FileField(_l("放假调休安排文件"), description=_l(".xlsx 或 .csv，最大5 MB。"))

    def validate_table(self, field: Field) -> None:
        if not field.data or not field.data.filename:
            raise ValidationError(_("请选择文件。"))
