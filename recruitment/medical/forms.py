"""Forms around the medical."""

from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from recruitment.areas.catalogue import PROVINCE_CODE, PROVINCE_NAME, prefectures
from recruitment.calls.fields import Between, DayField, Given, LocalMinuteField, WholeField
from recruitment.forms import DraftForm, Form, Required, options
from recruitment.medical.models import Outcome

OUTCOMES = {
    Outcome.PASS: _l("合格"),
    Outcome.FAIL: _l("不合格"),
    Outcome.ABSENT: _l("未到"),
}


class ResultForm(DraftForm):
    """One result; of a person's health it asks for no more than the item that was not met."""

    outcome = RadioField(_l("体检结果"), [Required()], choices=())
    item = SelectField(
        _l("不合格项目"),
        choices=(),
        description=_l("结果为不合格时选择。加密保存，通知里不写。"),
    )
    examined_on = DayField(_l("体检日期"), [Given()])

    def offer(self, items: list[str], retest: bool) -> None:
        """Fill the choices; only of a re-exam one may be absent without having given up."""
        outcomes = [key for key in OUTCOMES if retest or key is not Outcome.ABSENT]
        self.outcome.choices = options((key, OUTCOMES[key]) for key in outcomes)
        self.item.choices = options([("", _("无")), *((item, item) for item in items)])


class TermsForm(DraftForm):
    """How the call holds its medicals."""

    retest_days = WholeField(
        _l("申请复检的期限（天）"),
        [Given(), Between(1, 60)],
        description=_l("从通知初检结果的次日算起，到最后一天24时截止。"),
    )
    items = TextAreaField(_l("体检项目"), [Required()], description=_l("每行一项。结果只能从中选择。"))

    def lines(self) -> list[str]:
        """The items as typed, without empty lines."""
        return [line.strip() for line in (self.items.data or "").splitlines() if line.strip()]

    def validate_items(self, field: Field) -> None:
        lines = self.lines()
        if len(set(lines)) < len(lines):
            raise ValidationError(_("有重复的项目，请删去。"))
        if any(len(line) > 60 for line in lines):
            raise ValidationError(_("每项不超过60个字。"))


class PlanForm(DraftForm):
    """When and where the candidates of an area report."""

    area_code = SelectField(_l("适用地区"), [Required()], choices=())
    reports_at = LocalMinuteField(_l("报到时间"), [Given()], description=_l("北京时间，到分钟。"))
    hospital = StringField(_l("体检医院"), [Required(), Length(max=100)])
    address = StringField(_l("地址"), [Required(), Length(max=200)])
    note = TextAreaField(
        _l("注意事项"), [Length(max=1000)], description=_l("例如：空腹，带身份证和两张照片。")
    )

    def offer(self, areas: tuple[str, ...]) -> None:
        """Fill the choices: the areas that the person may plan for."""
        self.area_code.choices = options(plannable(areas).items())


def plannable(areas: tuple[str, ...]) -> dict[str, Any]:
    """The prefectures within the areas of a person, and the province for who has all of it, with their names."""
    found = {code: name for code, name in prefectures().items() if code.startswith(areas)}
    if "51" not in areas:
        return found
    return {PROVINCE_CODE: _("%(name)s（没有单独安排的市州）", name=PROVINCE_NAME), **found}


class AskForm(Form):
    """The candidate's wish for the re-exam."""

    sure = wtforms.BooleanField(
        _l("我申请复检，知道复检只有一次，以复检结论为准。"), [Required(_l("请先勾选。"))]
    )
