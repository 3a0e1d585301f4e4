"""The form of a correction: what holds from now on in place of what, why, and by which document."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, FormField, StringField, TextAreaField
from wtforms.validators import Length

from recruitment.calls.call_form import RULE_PATHS, WindowSection, below, field_name, value_field, value_of
from recruitment.calls.conditions import value_words
from recruitment.calls.models import Call
from recruitment.calls.operations import overrides_of
from recruitment.calls.rules import parameters_of
from recruitment.eligibility.parameters import Parameters, parameters_for, suggested_windows
from recruitment.eligibility.rulesets import Override, RulesError, load_rules
from recruitment.eligibility.windows import BANDS, Windows
from recruitment.forms import DraftForm, Required
from recruitment.wording import label, said

_AGES = {
    "minimum": "age.minimum",
    "base": "age.ceiling.base",
    "autonomous": "age.ceiling.autonomous",
    "commendation": "age.ceiling.commendation",
}


class CorrectionForm(DraftForm):
    """New values for rules of a published call; what is left empty stays as it is."""

    windows = FormField(WindowSection, label=_l("公告公布的出生日期"))
    reason = TextAreaField(
        _l("更正的理由"), [Required(), Length(max=1000)], description=_l("会写进公告的依据和审计记录。")
    )
    source = StringField(_l("更正的依据（文件名称、文号）"), [Required(), Length(max=300)])
    call: Call

    @classmethod
    def of(cls, call: Call) -> "CorrectionForm":
        form = cls.open(f"correction:{call.id}")
        form.call = call
        return form

    def rules(self) -> Iterator[tuple[str, str, Field]]:
        """Name of each rule, what holds now with its source, and the field for the new value."""
        now = parameters_of(self.call)
        known = load_rules(now.ruleset).parameters
        for path in RULE_PATHS:
            parameter = known[path]
            value = value_words(parameter.kind, now[path], parameter.unit)
            words = _("现在：%(value)s。依据：%(citation)s", value=value, citation=said(now.cite(path)))
            yield label(parameter.words), str(words), self[field_name(path)]

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        fine: bool = super().validate(extra_validators)
        known = load_rules(parameters_of(self.call).ruleset).parameters
        for path, value in self._values().items():
            try:
                known[path].check(value)
            except RulesError:
                field = self[field_name(path)]
                field.errors = [*field.errors, below(known[path])]
                fine = False
        if fine:
            try:
                self.parameters()
            except RulesError as error:
                self.form_errors.append(said(error.args[0]))
                fine = False
        return fine

    def _values(self) -> dict[str, Any]:
        """The new values by path; one that is as it was is none."""
        now = parameters_of(self.call)
        found = {path: value_of(path, self[field_name(path)].data) for path in RULE_PATHS}
        return {path: value for path, value in found.items() if value is not None and value != now[path]}

    def parameters(self) -> Parameters:
        """The rules as they would be. Published birth dates that were set by hand stay where their age does.

        Raises:
            RulesError: they cannot be.
        """
        now = parameters_of(self.call)
        why, source = str(self.reason.data or "").strip(), str(self.source.data or "").strip()
        overrides = {override.path: override for override in overrides_of(self.call)}
        values = self._values()
        overrides |= {path: Override(path, value, why, source) for path, value in values.items()}
        day = self.call.reference_date
        plain = parameters_for(day, now.ruleset, overrides.values())
        usual = suggested_windows(day, now.values)
        dates = {}
        for band in BANDS:
            present, expected = getattr(now.windows, band), getattr(usual, band)
            by_hand = present != expected and not values.keys() & {_AGES[band], "age.convention"}
            dates[band] = self.windows.form[band].data or (
                present if by_hand else getattr(plain.windows, band)
            )
        return parameters_for(day, now.ruleset, overrides.values(), Windows(**dates))


for _path in RULE_PATHS:
    setattr(CorrectionForm, field_name(_path), value_field(_path, _l("不改")))
