"""Forms about a held notice."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField
from wtforms.validators import Length

from recruitment.forms import DraftForm, Form, Required
from recruitment.releases.models import EditKind
from recruitment.releases.operations import LONGEST

KINDS = {
    EditKind.ADDED: _l("加一段话，放在正文后面"),
    EditKind.REPLACED: _l("换掉正文，称呼和电话不变"),
    EditKind.RESTORED: _l("恢复原来的文字"),
}


class EditForm(DraftForm):
    """What to change in a text."""

    kind = RadioField(
        _l("怎么改"),
        [Required()],
        choices=lambda: [(str(kind), str(words)) for kind, words in KINDS.items()],
        default=str(EditKind.ADDED),
    )
    text = TextAreaField(_l("文字"), [Length(max=LONGEST)], description=_l("恢复原来的文字时不用填。"))


class CancelForm(Form):
    """Why a notice is not to leave."""

    reason = TextAreaField(_l("取消的原因"), [Required(), Length(max=1000)])
