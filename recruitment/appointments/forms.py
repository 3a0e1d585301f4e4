"""Forms from the approval to the appointment."""

from collections.abc import Sequence

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import Length

from recruitment.applications.guards import LONGEST_TEXT
from recruitment.appointments.vocabulary import CANCEL_REASONS, KIND_WORDS
from recruitment.areas.catalogue import prefectures
from recruitment.calls.fields import Between, DayField, Given, WholeField
from recruitment.forms import DraftForm, Form, Required, options


class TermsForm(DraftForm):
    """What the call asks of those it appoints."""

    service_years = WholeField(
        _l("最低服务年限（年）"), [Given(), Between(1, 30)], description=_l("含试用期，从报到之日起计算。")
    )
    probation_months = WholeField(_l("试用期（月）"), [Given(), Between(1, 24)])
    reminder_days = WholeField(_l("试用期满前多少天提醒"), [Given(), Between(1, 90)])


class ReportForm(DraftForm):
    """The day somebody reported for duty."""

    reported_on = DayField(_l("报到日期"), [Given()])


class CancelForm(DraftForm):
    """Why an appointment is cancelled."""

    code = RadioField(
        _l("取消录用的理由"),
        [Required()],
        choices=lambda: options(
            (reason.code, f"{reason.words}（{reason.citation}）") for reason in CANCEL_REASONS.values()
        ),
    )
    explanation = TextAreaField(
        _l("具体情况"), [Required(), Length(max=LONGEST_TEXT)], description=_l("本人会看到。")
    )


class UndertakingForm(Form):
    """The candidate's agreement to a text that the page shows."""

    wording = HiddenField()
    years = HiddenField()
    agreed = BooleanField(_l("我已阅读并同意上面的承诺。"), [Required(_l("请先阅读承诺并勾选。"))])


class AppointedFilterForm(wtforms.Form):
    """What narrows the list of those appointed."""

    area = SelectField(_l("市（州）"), choices=())
    kind = SelectField(_l("来源"), choices=())
    year = SelectField(_l("报到年份"), choices=())

    def offer(self, areas: tuple[str, ...], years: Sequence[int]) -> None:
        """Fill the choices: the prefectures within the reader's areas, kinds, and years with anybody."""
        everybody = ("", _("全部"))
        known = [(code, name) for code, name in prefectures().items() if _reaches(areas, code)]
        self.area.choices = options([everybody, *known])
        self.kind.choices = options([everybody, *KIND_WORDS.items()])
        self.year.choices = options([everybody, *((str(year), str(year)) for year in years)])


def _reaches(areas: tuple[str, ...], prefecture: str) -> bool:
    return any(prefecture[:4].startswith(area[:4]) for area in areas)
