"""Forms of appeals: for cadres, for those who rule on them, and for a call's terms."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, FileField, TextAreaField
from wtforms.validators import Length, ValidationError

from recruitment.appeals.guards import LONGEST_TOLD
from recruitment.appeals.operations import LONGEST_TEXT
from recruitment.calls.fields import Between, Given, WholeField
from recruitment.forms import DraftForm, Form, Required

TOO_LONG = _l("文字太长了，请不超过 %(max)d 字。")


class AppealForm(DraftForm):
    """Why a decision is wrong."""

    text = TextAreaField(
        _l("申诉的理由"),
        [Required(), Length(max=LONGEST_TEXT, message=TOO_LONG)],
        description=_l("写清楚哪里不对、有什么依据。提交后可以上传证明材料的图片。"),
    )


class DocumentForm(Form):
    """A picture."""

    image = FileField(_l("图片"), description=_l("每张不超过8 MB，最多10张。"))

    def validate_image(self, field: Field) -> None:
        if not field.data or not field.data.filename:
            raise ValidationError(_("请先选择图片，再点“上传”。"))


class RulingForm(DraftForm):
    """What the review has found, for the record and for the cadre."""

    reason = TextAreaField(
        _l("复核情况和依据"),
        [Required(), Length(max=LONGEST_TEXT, message=TOO_LONG)],
        description=_l("只有审核和监督人员能看到。"),
    )
    told = TextAreaField(
        _l("告知申诉人的内容"),
        [Required(), Length(max=LONGEST_TOLD, message=TOO_LONG)],
        description=_l("申诉人会看到。写清楚为什么、接下来怎么办。"),
    )


class TakeBackForm(DraftForm):
    """Why a ruling is taken back."""

    reason = TextAreaField(_l("理由"), [Required(), Length(max=LONGEST_TEXT, message=TOO_LONG)])


class TermForm(Form):
    """How long appeals of one kind take."""

    file_days = WholeField(_l("提出期限（工作日）"), [Given(), Between(1, 60)])
    decide_days = WholeField(_l("受理后复核期限（工作日）"), [Given(), Between(1, 90)])


STEPS: dict[str, type[DraftForm]] = {
    "uphold": RulingForm,
    "reject": RulingForm,
    "take_back": TakeBackForm,
}
FIELDS = {"uphold": ("reason", "told"), "reject": ("reason", "told"), "take_back": ("reason",)}
