"""What a reviewer fills in. Whether it is enough, the engine says: the same for a page and a script."""

from collections.abc import Mapping
from typing import Any, ClassVar

from flask import request
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms import Form as WTForm
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import Length
from wtforms.widgets import CheckboxInput, ListWidget

from recruitment.applications.guards import LONGEST_TEXT
from recruitment.applications.models import Application
from recruitment.applications.refusals import refusal_reasons
from recruitment.applications.review_file import VERDICTS
from recruitment.cadres.vocabulary import SECTIONS
from recruitment.database import db
from recruitment.forms import DraftForm, Form, drafts
from recruitment.people.access import current_user

TOO_LONG = Length(max=LONGEST_TEXT, message=_l("文字太长了，请不超过 %(max)d 字。"))


def own_ids(form: WTForm, name: str) -> None:
    """Several forms stand on one page: give the fields of each ids of their own."""
    for field in form:
        field.id = f"{name}-{field.name}"
        field.label.field_id = field.id


class DecisionForm(DraftForm):
    """A decision's form: what it asks, as JSON for the journal, and where an engine's reason belongs on it.

    Attributes:
        beside: code of a reason → name of the field that it is shown beside.
    """

    beside: ClassVar[Mapping[str, str]] = {}

    def answers(self) -> dict[str, Any]:
        """What was filled in, without what was left empty."""
        raise NotImplementedError

    @property
    def typed(self) -> list[tuple[str, str]]:
        """Label and text of every field with free text that is not empty."""
        return [
            (field.label.text, field.data) for field in self if field.type == "TextAreaField" and field.data
        ]


class OverruleForm(DecisionForm):
    """Passing and confirming; the reason is needed where a rule speaks against it."""

    beside: ClassVar[Mapping[str, str]] = {"overrule_reason_missing": "reason", "text_too_long": "reason"}
    reason = TextAreaField(_l("核实说明"), [TOO_LONG])

    def answers(self) -> dict[str, Any]:
        text = (self.reason.data or "").strip()
        return {"reason": text} if text else {}


class ReturnForm(DecisionForm):
    """Return for correction: what to correct, section by section."""

    beside: ClassVar[Mapping[str, str]] = {"no_section": f"section_{next(iter(SECTIONS))}"}

    def answers(self) -> dict[str, Any]:
        typed = {key: (self[f"section_{key}"].data or "").strip() for key in SECTIONS}
        return {"sections": {key: text for key, text in typed.items() if text}}


for _key, (_title, _kinds) in SECTIONS.items():
    setattr(ReturnForm, f"section_{_key}", TextAreaField(_title, [TOO_LONG]))


class RefuseForm(DecisionForm):
    """Refusal: reasons from the list, and words of one's own."""

    beside: ClassVar[Mapping[str, str]] = {
        "no_reason": "codes",
        "unknown_reason": "codes",
        "text_too_long": "explanation",
    }
    codes = SelectMultipleField(
        _l("不通过的理由"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )
    explanation = TextAreaField(
        _l("对报考人的说明"), [TOO_LONG], description=_l("报考人会看到。请写清楚哪份材料、哪一项不符合。")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.codes.choices = [
            SelectChoice(reason.code, reason.words) for reason in refusal_reasons().values()
        ]

    def answers(self) -> dict[str, Any]:
        return {"codes": self.codes.data or [], "explanation": (self.explanation.data or "").strip()}


class ReasonForm(DecisionForm):
    """Sending back and reversing: only a reason."""

    beside: ClassVar[Mapping[str, str]] = {"reason_missing": "reason"}
    reason = TextAreaField(_l("理由"), [TOO_LONG])

    def answers(self) -> dict[str, Any]:
        return {"reason": (self.reason.data or "").strip()}


FORMS: dict[str, type[DecisionForm]] = {
    "pass": OverruleForm,
    "return": ReturnForm,
    "refuse": RefuseForm,
    "confirm": OverruleForm,
    "send_back": ReasonForm,
    "reverse_refusal": ReasonForm,
}


def open_decision(trigger: str, application: Application, *, posted: bool = False) -> DecisionForm:
    """The form of a decision on an application, with what its reviewer had typed and not yet sent.

    Args:
        posted: the request brings this very form; otherwise its fields come from the draft alone.
    """
    key = f"review:{application.id}:{trigger}"
    form_class = FORMS[trigger]
    if posted or request.method != "POST":
        # What was typed before the application came to where it stands was about another decision.
        form = form_class.open(key, saved_at=application.state_since)
    else:
        draft = drafts.find(db.session, current_user().id, key, newer_than=application.state_since)
        typed = draft.data if draft and draft.data else {}
        fields = [(name, value) for name, values in typed.items() for value in values]
        form = form_class.open(key, formdata=MultiDict(fields) if fields else None)
    own_ids(form, trigger)
    return form


class ActForm(Form):
    """A reason for something that is written down and changes no application."""

    reason = StringField(_l("原因"), [Length(max=200, message=_l("请不超过 %(max)d 字。"))])


class QueueForm(WTForm):
    """The filters above the queue. Read from the address, so it carries no token."""

    call = SelectField(_l("招考批次"))
    state = SelectField(_l("状态"))
    area = SelectField(_l("地区"))
    position = StringField(_l("职位代码"))
    verdict = SelectField(
        _l("规则判定"),
        choices=[
            SelectChoice("", _l("全部")),
            *(SelectChoice(outcome, words) for outcome, (words, _tone) in VERDICTS.items()),
        ],
    )
    text = StringField(_l("姓名或回执号"))
    overdue = BooleanField(_l("只看超过时限的"))
