"""Forms of the calendar's pages."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import Length

from recruitment.calendar.models import Kind
from recruitment.calls.fields import Between, DayField, Given, WholeField
from recruitment.forms import Form, Required, options
from recruitment.lists.forms import UploadForm


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


class YearForm(UploadForm):
    """The arrangement of a whole year as a spreadsheet."""

    year = WholeField(_l("年份"), [Given(), Between(2020, 2199)])
