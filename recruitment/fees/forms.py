"""Forms of fees: the plan, later deadlines, the bank's file, single payments, waivers."""

from typing import Any

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DecimalField, Field, FileField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from recruitment.calls.fields import Between, Given, LocalMinuteField, WholeField
from recruitment.fees.words import OUTCOMES, VIEWS
from recruitment.forms import DraftForm, Form, Required
from recruitment.forms.base import typed

MOST_YUAN = 10_000
LONGEST_HOURS = 30 * 24


class YuanField(DecimalField):
    """An amount in yuan with at most two places."""

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, places=2, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata(valuelist)
        except ValueError:
            raise ValueError(_("请填写金额，例如 50 或 50.00。")) from None
        # Rounding needs a number of common length; one past all bounds is refused by them.
        if self.data is not None and not (
            self.data.is_finite() and (abs(self.data) > 10**12 or self.data == round(self.data, 2))
        ):
            self.data = None
            raise ValueError(_("金额最多两位小数，例如 50.00。"))


class PlanForm(DraftForm):
    """What a call asks, and until when."""

    per_subject = YuanField(
        _l("笔试每科（元）"), [Given(), Between(0, MOST_YUAN)], description=_l("不收费的填 0。")
    )
    subjects = WholeField(_l("笔试科目数"), [Given(), Between(1, 9)])
    interview = YuanField(
        _l("面试（元）"), [Given(), Between(0, MOST_YUAN)], description=_l("写在缴费页上，面试时另收。")
    )
    closes_at = LocalMinuteField(_l("缴费截止时间"), [Given()], description=_l("北京时间，到分钟。"))
    late_hours = WholeField(
        _l("后来者至少有多少小时"),
        [Given(), Between(1, LONGEST_HOURS)],
        description=_l("改报后才合格，或者减免没有通过的人，从通知起至少有这么多小时缴费。"),
    )
    settle_hours = WholeField(
        _l("截止后等银行对账多少小时"),
        [Given(), Between(0, LONGEST_HOURS)],
        description=_l("过了这段时间，仍没有收到费用的，系统按放弃处理。缴费截止时间不因此推后。"),
    )
    waiver_kinds = TextAreaField(
        _l("可以免缴的人"), [Length(max=1000)], description=_l("一行写一种；不设减免的留空。")
    )
    instructions = TextAreaField(
        _l("怎样缴费"), [Length(max=2000)], description=_l("给报考人看，例如账户、扫码方式和注意事项。")
    )

    def values(self) -> dict[str, Any]:
        """The fields of :class:`recruitment.fees.models.FeePlan` by name."""
        kinds = [line.strip() for line in typed(self.waiver_kinds).splitlines() if line.strip()]
        return {
            name: self[name].data
            for name in ("per_subject", "subjects", "interview", "closes_at", "late_hours", "settle_hours")
        } | {"waiver_kinds": list(dict.fromkeys(kinds)), "instructions": typed(self.instructions).strip()}


class FeeExtensionForm(DraftForm):
    """A later deadline for everyone, one county or one person."""

    scope = RadioField(
        _l("为谁延长"),
        [Required()],
        choices=lambda: [
            ("everyone", _("所有人")),
            ("county", _("报考一个县（市、区）职位的人")),
            ("person", _("一个人")),
        ],
        default="everyone",
    )
    county = SelectField(_l("县（市、区）"), description=_l("选“一个县”时填写。"), choices=())
    person = StringField(_l("身份证号或回执号"), [Length(max=40)], description=_l("选“一个人”时填写。"))
    closes_at = LocalMinuteField(_l("新的截止时间"), [Given()], description=_l("北京时间，到分钟。"))
    reason = TextAreaField(
        _l("原因"), [Required(), Length(max=1000)], description=_l("记入档案，并写进给报考人的通知。")
    )

    def validate_county(self, field: Field) -> None:
        if self.scope.data == "county" and not field.data:
            raise ValidationError(_("请选择县（市、区）。"))

    def validate_person(self, field: Field) -> None:
        if self.scope.data == "person" and not (field.data or "").strip():
            raise ValidationError(_("请填写身份证号或回执号。"))


class PaymentFilterForm(wtforms.Form):
    """What narrows the list of payments; it changes nothing, so it needs no token."""

    outcome = SelectField(
        _l("情况"),
        choices=lambda: [
            ("", _("全部")),
            *((key, str(words)) for key, words in VIEWS.items()),
            *((key, str(words)) for key, (words, _tone) in OUTCOMES.items()),
        ],
    )
    text = StringField(_l("姓名、回执号或银行流水号"), [Length(max=64)])


class RecogniseForm(Form):
    """Let a payment count that did not."""

    receipt_number = StringField(
        _l("正确的回执号"), [Length(max=40)], description=_l("银行给的回执号不对时填写；没有错的留空。")
    )
    reason = TextAreaField(_l("补认的理由"), [Required(), Length(max=1000)])


class RefundForm(Form):
    """The money was sent back."""

    reference = StringField(_l("退款流水号"), [Required(), Length(max=64)])


class AskForm(Form):
    """A cadre asks to pay nothing."""

    kind = RadioField(_l("免缴的理由"), [Required()], choices=())
    image = FileField(_l("证明的照片"), description=_l("要看得清姓名和公章。JPG、PNG 或 WebP，最大8 MB。"))
    explanation = TextAreaField(_l("说明"), [Length(max=1000)], description=_l("可以不填。"))

    def validate_image(self, field: Field) -> None:
        if not field.data or not field.data.filename:
            raise ValidationError(_("请先选择证明的照片。"))


class AnswerForm(DraftForm):
    """The county's answer."""

    decision = RadioField(
        _l("审核意见"),
        [Required()],
        choices=lambda: [("granted", _("同意免缴")), ("refused", _("不同意，仍应缴费"))],
    )
    reason = TextAreaField(
        _l("理由"), [Required(), Length(max=1000)], description=_l("会写进给报考人的通知。")
    )
