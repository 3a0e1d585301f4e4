"""Forms of the public notice's pages for admins."""

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, TextAreaField
from wtforms.validators import Length

from recruitment.calls.fields import Between, Given, WholeField
from recruitment.forms import DraftForm, Form, Required
from recruitment.public_notice.models import FEWEST_DAYS
from recruitment.public_notice.operations import LONGEST_TEXT


class PrepareForm(DraftForm):
    """Which area, and what stands above the list."""

    area = SelectField(_l("范围"), [Required()], choices=())
    introduction = TextAreaField(
        _l("名单上方的说明"),
        [Length(max=LONGEST_TEXT, message=_l("文字太长了，请不超过 %(max)d 字。"))],
        description=_l("可以不填。不得写身份证号和个人电话。"),
    )


class TermForm(Form):
    """How long notices stand and objections take."""

    working_days = WholeField(
        _l("公示期（工作日）"),
        [Given(), Between(FEWEST_DAYS, 30)],
        description=_l("不少于5个工作日，发布当日不计。"),
    )
    inquiry_days = WholeField(_l("异议核查期限（工作日）"), [Given(), Between(1, 60)])


class WithdrawForm(DraftForm):
    """Why a list is taken down."""

    reason = TextAreaField(
        _l("撤下的理由"),
        [Required(), Length(max=LONGEST_TEXT, message=_l("文字太长了，请不超过 %(max)d 字。"))],
    )
