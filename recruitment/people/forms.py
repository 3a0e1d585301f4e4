"""Forms about accounts. None keeps a draft: a password must not lie about, and they are short."""

from typing import Any

from email_validator import EmailNotValidError, validate_email
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, Field, PasswordField, StringField, TelField
from wtforms.form import BaseForm
from wtforms.validators import Length, StopValidation, ValidationError

from recruitment.clock import today
from recruitment.forms import Form, Required, typed
from recruitment.people import passwords
from recruitment.people.id_number import IdNumber, IdNumberError, parse
from recruitment.people.models import normalise_phone


class IdNumberField(StringField):
    """An 18-character ID number; once validated, ``parsed`` holds what it says."""

    parsed: IdNumber

    def pre_validate(self, form: BaseForm) -> None:
        if not typed(self):
            return
        try:
            self.parsed = parse(typed(self), today())
        except IdNumberError as error:
            raise StopValidation(_(str(error))) from None


class PhoneRule:
    """A mobile number of the mainland; kept as eleven digits."""

    def __call__(self, form: BaseForm, field: Field) -> None:
        field.data = normalise_phone(field.data or "")
        if not (
            len(field.data) == 11 and field.data.isascii() and field.data.isdigit() and field.data[0] == "1"
        ):
            raise ValidationError(_("手机号应为11位数字，以1开头。"))


class EmailRule:
    """An e-mail address; kept in lower case. Nobody asks the network whether it exists."""

    def __call__(self, form: BaseForm, field: Field) -> None:
        try:
            address = validate_email(
                (field.data or "").strip(), check_deliverability=False, allow_smtputf8=False
            )
        except EmailNotValidError:
            raise ValidationError(_("邮箱地址的格式不对。正确的例子：zhangsan@qq.com")) from None
        field.data = address.normalized.lower()


class NewPasswordRule:
    """Long enough, mixed, not common, not the person's own data (``form.personal()``)."""

    def __call__(self, form: BaseForm, field: Field) -> None:
        personal = form.personal() if hasattr(form, "personal") else ()
        words = passwords.weakness(field.data or "", personal)
        if words:
            raise ValidationError(_(words))


class SignUpForm(Form):
    name = StringField(_l("姓名"), [Required(), Length(max=50)], description=_l("与身份证上的姓名一致。"))
    id_number = IdNumberField(_l("身份证号"), [Required()], description=_l("18位，最后一位可能是X。"))
    phone = TelField(_l("手机号"), [Required(), PhoneRule()])
    email = EmailField(
        _l("邮箱"),
        [Required(), EmailRule()],
        description=_l("用来接收审核结果和找回密码。没有邮箱的，可以先用手机号开通139邮箱。"),
    )
    password = PasswordField(
        _l("密码"), [Required(), NewPasswordRule()], description=_l("至少8位，要有字母和数字。")
    )

    def personal(self) -> tuple[str, ...]:
        return tuple(
            str(field.data) for field in (self.id_number, self.phone, self.email, self.name) if field.data
        )


class SignInForm(Form):
    identity = StringField(_l("身份证号、手机号或邮箱"), [Required()])
    password = PasswordField(_l("密码"), [Required()])


class CodeForm(Form):
    code = StringField(
        _l("验证码"),
        [Required()],
        description=_l("打开手机上的身份验证器应用，填写其中的6位数字。手机不在身边时，可填写一个备用码。"),
    )


class FirstCodeForm(Form):
    code = StringField(_l("应用中显示的6位数字"), [Required()])


class ForgottenForm(Form):
    identity = StringField(_l("身份证号、手机号或邮箱"), [Required()])


class ResetForm(Form):
    password = PasswordField(
        _l("新密码"), [Required(), NewPasswordRule()], description=_l("至少8位，要有字母和数字。")
    )

    def __init__(self, *args: Any, personal: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._personal = personal

    def personal(self) -> tuple[str, ...]:
        return self._personal


class ChangePasswordForm(ResetForm):
    current_password = PasswordField(_l("现在的密码"), [Required()])
    password = PasswordField(
        _l("新密码"), [Required(), NewPasswordRule()], description=_l("至少8位，要有字母和数字。")
    )


class PasswordAgainForm(Form):
    password = PasswordField(_l("现在的密码"), [Required()])
