"""Forms that every stage's pages share."""

from collections.abc import Sequence
from typing import TypeVar

import wtforms
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.validators import Length

from recruitment import wording
from recruitment.areas.models import County
from recruitment.calls.forms import county_choices
from recruitment.forms import Form, Required, options
from recruitment.workflow import engine

FormT = TypeVar("FormT", bound=wtforms.Form)


def state_labels() -> dict[str, str]:
    """Every state of a candidate with what people call it."""
    states = engine().flows["candidate"].latest.states
    return {name: wording.label(state.label) for name, state in states.items()}


class StageFilter(wtforms.Form):
    """What narrows a stage's list; it changes nothing, so it needs no token."""

    area = SelectField(_l("地区"), choices=())
    state = SelectField(_l("状态"), choices=())
    text = StringField(_l("姓名、准考证号或职位代码"))

    def offer(self, counties: Sequence[County], states: Sequence[str]) -> None:
        """Fill the choices: areas with positions, and the states of the stage."""
        labels = state_labels()
        self.area.choices = county_choices(counties, _("全部"), whole=True)
        self.state.choices = options([("", _("全部")), *((name, labels[name]) for name in states)])


def apart(form: FormT, name: str) -> FormT:
    """Give the fields ids of their own: several forms stand on one page."""
    for field in form:
        field.id = f"{name}-{field.name}"
        field.label.field_id = field.id
    return form


class ReasonForm(Form):
    """A reason for an act on record."""

    reason = TextAreaField(_l("原因"), [Required(), Length(max=500)])
