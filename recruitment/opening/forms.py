"""Forms of opening: the ratio, and confirming the proposal."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import Optional

from recruitment.calls.fields import Between, Given, LocalMinuteField, WholeField
from recruitment.forms import Form


class RatioForm(Form):
    """How many must have paid for each opening."""

    ratio = WholeField(_l("一般地区：每个名额至少几人"), [Given(), Between(1, 99)])
    ratio_autonomous = WholeField(_l("民族自治地方：每个名额至少几人"), [Given(), Between(1, 99)])


class DecideForm(Form):
    """Confirms exactly the proposal on the page."""

    token = HiddenField()
    rechoice_closes_at = LocalMinuteField(
        _l("改报截止时间"),
        [Optional()],
        description=_l("北京时间，到分钟。职位取消的人，从确认起到这时可以改报其他职位。"),
    )
