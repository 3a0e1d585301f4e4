"""Forms of selection."""

from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    Field,
    FieldList,
    FormField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional, ValidationError

from recruitment.calls.fields import Between, DayField, Given, LocalMinuteField, WholeField
from recruitment.forms import DraftForm, Form, Required, Section, options, typed
from recruitment.selection.numbers import parse_number
from recruitment.selection.plans import BonusRule
from recruitment.selection.presets import PRESETS
from recruitment.selection.scheme import SchemeError, load_scheme

LONGEST_SCHEME = 20_000


class BonusRuleForm(Section):
    """One policy bonus."""

    name = StringField(_l("加分项目"), [Required(), Length(max=60)])
    points = StringField(_l("分值"), [Required()], description=_l("例如 2 或 1.5。"))

    def validate_points(self, field: Field) -> None:
        if not parse_number((field.data or "").strip()) or Decimal(field.data.strip()) == 0:
            raise ValidationError(_("分值应为大于 0 的数，例如 2 或 1.5。"))


class PlanForm(DraftForm):
    """The scheme of a call, its bonuses, the query window and the time to answer a substitution."""

    preset = SelectField(
        _l("从常用方案开始"), choices=lambda: options((key, preset.name) for key, preset in PRESETS.items())
    )
    scheme = TextAreaField(
        _l("方案"),
        [Required(), Length(max=LONGEST_SCHEME)],
        description=_l("TOML 格式。键和含义见下面的说明。"),
    )
    bonuses = FieldList(FormField(BonusRuleForm), label=_l("政策性加分"), max_entries=20)
    bonus_proof_by = DayField(
        _l("加分证明最后日期"), [Optional()], description=_l("这一天以后提交的证明不加分。不填表示没有期限。")
    )
    query_opens_at = LocalMinuteField(
        _l("成绩查询开始"), [Optional()], description=_l("不填表示公布后就可以查询。")
    )
    query_closes_at = LocalMinuteField(
        _l("成绩查询和申请复核截止"), [Optional()], description=_l("不填表示没有截止时间。")
    )
    consent_hours = WholeField(
        _l("确认递补的时限（小时）"),
        [Given(), Between(1, 720)],
        description=_l("通知递补后，考生在这么长时间内确认。"),
    )

    def validate_scheme(self, field: Field) -> None:
        try:
            load_scheme(field.data or "")
        except SchemeError as error:
            field.errors = [*field.errors, *error.problems]
            raise ValidationError(_("方案不能用，请按上面的提示改正。")) from error

    def validate_bonuses(self, field: "FieldList[FormField[BonusRuleForm]]") -> None:
        names = [row.form.name.data for row in field.entries]
        if len(set(names)) < len(names):
            raise ValidationError(_("加分项目的名称不能重复。"))

    def validate_query_closes_at(self, field: Field) -> None:
        if field.data and self.query_opens_at.data and field.data <= self.query_opens_at.data:
            raise ValidationError(_("截止应晚于开始。"))

    def rules(self) -> list[BonusRule]:
        return [
            BonusRule(typed(row.form.name).strip(), Decimal(typed(row.form.points).strip()))
            for row in self.bonuses.entries
        ]


class CorrectionForm(DraftForm):
    """A new mark and why."""

    subject = SelectField(_l("科目"), [Required()], choices=())
    cell = StringField(_l("更正为"), [Required(), Length(max=20)], description=_l("分数，或者“缺考”“违纪”。"))
    reason = TextAreaField(
        _l("更正的原因"),
        [Required(), Length(max=1000)],
        description=_l("记入档案，例如“登分错误，经两人核对答题卡”。"),
    )


class RulingForm(DraftForm):
    """Whether somebody came to a paper, and why that is so."""

    came = RadioField(
        _l("以哪一个为准"),
        [Required()],
        choices=lambda: options([("came", _("到考，按成绩表计分")), ("absent", _("缺考，不论成绩表怎么写"))]),
    )
    reason = TextAreaField(
        _l("理由"),
        [Required(), Length(max=1000)],
        description=_l("记入档案，例如“核对考场签到表和试卷袋，该考生未到”。"),
    )


class WithdrawForm(Form):
    """Why a published ranking is taken back."""

    reason = TextAreaField(_l("撤回的原因"), [Length(max=1000)], description=_l("记入档案，并通知全部考生。"))


class SupplementForm(Form):
    """Why a corrected ranking is published beside what stands."""

    reason = TextAreaField(
        _l("补充公布的原因"),
        [Required(), Length(max=1000)],
        description=_l("记入档案，并告知因此入闱的考生。"),
    )


class RecountForm(DraftForm):
    """A candidate's request for a recount."""

    subject = RadioField(_l("申请复核的科目"), [Required()], choices=())
    reason = TextAreaField(_l("为什么申请复核"), [Required(), Length(max=500)])


class RecountAnswerForm(DraftForm):
    """The answer to a request for a recount."""

    outcome = RadioField(
        _l("复核结果"),
        [Required()],
        choices=lambda: options([("unchanged", _("成绩无误")), ("corrected", _("成绩有误，更正"))]),
    )
    cell = StringField(_l("更正为"), [Length(max=20)], description=_l("成绩有误时填写。"))
    answer = TextAreaField(_l("对考生的答复"), [Required(), Length(max=1000)])

    def validate_cell(self, field: Field) -> None:
        if self.outcome.data == "corrected" and not (field.data or "").strip():
            raise ValidationError(_("请填写更正后的成绩。"))
