"""The forms with which a cadre chooses, hands in and withdraws."""

import hashlib
import json
import uuid
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, IntegerField
from wtforms.widgets import HiddenInput

from recruitment.forms import DraftForm, Required


def digest(form: dict[str, Any]) -> str:
    """Names what a form says, to notice that it has changed since it was read."""
    return hashlib.sha256(json.dumps(form, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


class ChooseForm(DraftForm):
    """Pressed with a button that carries the position's code."""


class _ActForm(DraftForm):
    """Acts on an application as it stood when the page was made, once however often it is sent."""

    key = HiddenField()
    version = IntegerField(widget=HiddenInput())

    def renew(self, version: int) -> None:
        """For a new page of an application: a new key, and the version that the page shows."""
        self.key.data = uuid.uuid4().hex
        self.version.data, self.version.raw_data = version, None


class SubmitForm(_ActForm):
    seen = HiddenField()
    undertaking = BooleanField(
        _l("我已核对以上内容，并作出承诺"), [Required(message=_l("请先阅读承诺并勾选，再提交。"))]
    )


class WithdrawForm(_ActForm):
    pass
