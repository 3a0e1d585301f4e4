"""Forms around an inspection."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, FileField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from recruitment.applications.guards import LONGEST_TEXT
from recruitment.forms import DraftForm, Form, Required, options
from recruitment.inspection.vocabulary import CONCLUSIONS, FINDINGS, ITEMS, failure_reasons
from recruitment.people.models import User

TOO_LONG = Length(max=LONGEST_TEXT, message=_l("文字太长了，请不超过 %(max)d 字。"))


class InspectorForm(Form):
    """Somebody for the team."""

    user = SelectField(
        _l("本系统的审核人"), choices=(), description=_l("没有账号的，选“不在名单里”，在下面填姓名。")
    )
    name = StringField(_l("姓名"), [Length(max=60)])
    organ = StringField(_l("单位和职务"), [Length(max=100)])

    def offer(self, people: Iterable[User]) -> None:
        """Fill the choices with those who may be put on a team."""
        known = [(str(person.id), person.name) for person in people]
        self.user.choices = options([("", _("不在名单里")), *known])


class StaffForm(DraftForm):
    """Who works in the employing organ."""

    names = TextAreaField(
        _l("招录机关人员"),
        [Required(), Length(max=20000)],
        description=_l("每行一人：姓名，空格，职务。领导成员在姓名前加*，例如“*王某 镇长”。"),
    )


class EvidenceForm(Form):
    """An image that belongs to the report."""

    title = StringField(_l("说明"), [Required(), Length(max=100)], description=_l("例如：派出所出具的证明。"))
    image = FileField(_l("图片"), description=_l("JPG、PNG 或 WebP，最大8 MB。"))

    def validate_image(self, field: Field) -> None:
        if not field.data or not field.data.filename:
            raise ValidationError(_("请选择图片。"))


class ReportForm(DraftForm):
    """The report: a finding and words for each item, the team's words as a whole, and its conclusion."""

    summary = TextAreaField(_l("总的评价"), [TOO_LONG])
    conclusion = RadioField(
        _l("考察结论"), choices=lambda: options(CONCLUSIONS.items()), validate_choice=False
    )

    def answers(self) -> dict[str, Any]:
        """What was filled in, as the report keeps it."""
        said = {
            item: {
                "finding": self[f"{item}_finding"].data or "",
                "text": (self[f"{item}_text"].data or "").strip(),
            }
            for item in ITEMS
        }
        return {**said, "summary": (self.summary.data or "").strip()}

    @staticmethod
    def data_of(report: dict[str, Any], conclusion: str | None) -> dict[str, Any]:
        """A kept report as the form shows it."""
        data: dict[str, Any] = {"summary": report.get("summary", ""), "conclusion": conclusion}
        for item in ITEMS:
            said = report.get(item) or {}
            data[f"{item}_finding"] = said.get("finding")
            data[f"{item}_text"] = said.get("text")
        return data


def _item_fields() -> None:
    for item, (label, hint) in ITEMS.items():
        finding = RadioField(label, choices=lambda: options(FINDINGS.items()), validate_choice=False)
        setattr(ReportForm, f"{item}_finding", finding)
        setattr(ReportForm, f"{item}_text", TextAreaField(_l("考察情况"), [TOO_LONG], description=hint))


_item_fields()


class FailureForm(DraftForm):
    """Why the inspection was not passed."""

    codes = SelectMultipleField(
        _l("不合格的理由"),
        choices=lambda: options(
            (reason.code, f"{reason.words}（{reason.citation}）") for reason in failure_reasons().values()
        ),
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    explanation = TextAreaField(
        _l("查实的情况"), [TOO_LONG], description=_l("考生会看到。请写清事实和依据。")
    )

    def answers(self) -> dict[str, Any]:
        """What was filled in, as the engine's form takes it."""
        return {"codes": self.codes.data or [], "explanation": (self.explanation.data or "").strip()}
