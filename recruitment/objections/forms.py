"""Forms of objections: for the public, and for those who inquire."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, FileField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError

from recruitment.forms import DraftForm, Form, Required, options
from recruitment.objections.guards import LONGEST_TOLD
from recruitment.objections.operations import LONGEST_TEXT

TOO_LONG = _l("文字太长了，请不超过 %(max)d 字。")


class ObjectionForm(Form):
    """What somebody has against a person on notice, and who they are if they want to say so."""

    key = HiddenField()
    text = TextAreaField(
        _l("反映的情况"),
        [Required(), Length(min=10, max=LONGEST_TEXT, message=_l("请写10到5000字。"))],
        description=_l("写清楚什么时间、什么地点、什么事、有什么依据。"),
    )
    named = RadioField(
        _l("是否署名"),
        [Required()],
        choices=lambda: options([("yes", _("署名")), ("no", _("匿名"))]),
        description=_l("署名便于核查时向您了解情况。您的姓名和联系方式加密保存，不会告诉被反映人。"),
    )
    name = StringField(_l("您的姓名"), [Length(max=40, message=TOO_LONG)], description=_l("署名时填写。"))
    contact = StringField(
        _l("联系电话"), [Length(max=40, message=TOO_LONG)], description=_l("署名时填写，核查时可能打给您。")
    )
    email = StringField(
        _l("电子邮箱（可以不填）"),
        [Length(max=120, message=TOO_LONG)],
        description=_l("有结果时提醒您来查看，邮件里不写反映的内容。"),
    )

    def validate_name(self, field: Field) -> None:
        if self.named.data == "yes" and not (field.data or "").strip():
            raise ValidationError(_("署名的，请填写姓名；不愿署名的，请选“匿名”。"))

    def validate_contact(self, field: Field) -> None:
        if self.named.data == "yes" and not (field.data or "").strip():
            raise ValidationError(_("署名的，请填写联系电话。"))

    def validate_email(self, field: Field) -> None:
        text = (field.data or "").strip()
        if text and ("@" not in text[1:-1] or any(character.isspace() for character in text)):
            raise ValidationError(_("邮箱格式不对，请核对。"))

    def informer(self) -> dict[str, str] | None:
        """Who they are, if they say so."""
        if self.named.data != "yes":
            return None
        return {name: (self[name].data or "").strip() for name in ("name", "contact", "email")}


class CodeForm(Form):
    """The code of an objection."""

    code = StringField(_l("查询码"), [Required(), Length(max=40, message=TOO_LONG)])


class EvidenceForm(Form):
    """A picture."""

    image = FileField(_l("图片"), description=_l("照片或截图，每张不超过8 MB，最多5张。"))

    def validate_image(self, field: Field) -> None:
        if not field.data or not field.data.filename:
            raise ValidationError(_("请先选择图片，再点“上传”。"))


class FindingForm(DraftForm):
    """What was found, for the record and for those concerned."""

    reason = TextAreaField(
        _l("核查情况和依据"),
        [Required(), Length(max=LONGEST_TEXT, message=TOO_LONG)],
        description=_l("只有核查和监督人员能看到。不得写反映人的身份。"),
    )
    told = TextAreaField(
        _l("告知当事人的内容"),
        [Required(), Length(max=LONGEST_TOLD, message=TOO_LONG)],
        description=_l("反映人和被反映人都会看到。不得写反映人的身份，也不得写能推断出是谁反映的内容。"),
    )


class TakeBackForm(DraftForm):
    """Why a finding is taken back."""

    reason = TextAreaField(_l("理由"), [Required(), Length(max=LONGEST_TEXT, message=TOO_LONG)])


class RevealForm(Form):
    """Why somebody looks at who objects."""

    reason = StringField(_l("查看反映人的原因"), [Required(), Length(max=200, message=TOO_LONG)])


STEPS: dict[str, type[DraftForm]] = {
    "find_serious": FindingForm,
    "suspend": FindingForm,
    "dismiss": FindingForm,
    "take_back": TakeBackForm,
}
FIELDS = {
    "find_serious": ("reason", "told"),
    "suspend": ("reason", "told"),
    "dismiss": ("reason", "told"),
    "take_back": ("reason",),
}
