"""The form of a call: what it says, its dates, and where its rules differ from the general ones."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, Field, FormField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from recruitment.calls.conditions import count_words, default_words, level_words, value_words
from recruitment.calls.fields import Between, DayField, Given, LocalMinuteField, WholeField
from recruitment.calls.models import Call
from recruitment.calls.operations import overrides_of
from recruitment.clock import local
from recruitment.eligibility.parameters import Parameters, parameters_for, suggested_windows
from recruitment.eligibility.rulesets import Override, Parameter, RulesError, load_rules
from recruitment.eligibility.vocabulary import EDUCATION_RANK
from recruitment.eligibility.windows import BANDS, CONVENTIONS, Windows
from recruitment.forms import DraftForm, Required, Section
from recruitment.wording import label, said

RULES = "sichuan"
# What a call may set for itself on the page; the rest of the rules holds as it stands.
RULE_PATHS = (
    "age.ceiling.base",
    "age.ceiling.autonomous",
    "age.ceiling.commendation",
    "age.minimum",
    "age.convention",
    "education.floor",
    "education.floor_tibetan",
    "tenure.mode",
    "tenure.minimum",
    "tenure.stationed_minimum",
    "area.same_prefecture",
)
# A slip of the finger must not become a ceiling of 430 years.
MOST = {"age": 65, "tenure": 40}
LONGEST_HOURS = 30 * 24
RESERVED_SLUGS = frozenset({"new"})


def _choices(parameter: Parameter) -> list[tuple[str, str]]:
    """What the value of a rule can be, where that is no number."""
    values: Sequence[Any]
    if parameter.kind == "education":
        values = [key for key in EDUCATION_RANK if key != "primary"]
    elif parameter.kind == "convention":
        values = list(CONVENTIONS)
    elif parameter.kind == "mode":
        values = ["continuous", "cumulative"]
    else:
        values = [True, False]
    return [(str(value), value_words(parameter.kind, value)) for value in values]


def value_field(path: str, unchanged: Any) -> Field:
    """The field for the value of one rule; empty leaves the rule as it is.

    Args:
        unchanged: the words for that, where the value is chosen.
    """
    parameter = load_rules(RULES).parameters[path]
    if parameter.kind == "whole":
        return WholeField(
            LazyString(_named, parameter), [Optional(), Between(0, MOST[path.partition(".")[0]])]
        )
    # The words of a choice are translated, so they are asked for once a request.
    return SelectField(LazyString(_named, parameter), choices=lambda: [("", unchanged), *_choices(parameter)])


def _named(parameter: Parameter) -> str:
    name = label(parameter.words)
    unit = count_words("", parameter.unit)
    return str(_("%(name)s（%(unit)s）", name=name, unit=unit)) if unit else name


def value_of(path: str, raw: Any) -> Any:
    """What was typed or chosen for a rule, as the rules take it; ``None`` for nothing."""
    if raw in (None, ""):
        return None
    return raw == "True" if load_rules(RULES).parameters[path].kind == "flag" else raw


def _rule_section(path: str) -> type[Section]:
    """The fields of one rule: the call's own value, why, and by which document."""
    words = LazyString(label, load_rules(RULES).parameters[path].words)
    fields = {
        "value": value_field(path, _l("按规定")),
        "reason": StringField(_l("改动“%(rule)s”的理由", rule=words), [Length(max=300)]),
        "source": StringField(_l("改动“%(rule)s”的依据（文件名称、文号）", rule=words), [Length(max=300)]),
    }
    return type("RuleSection", (Section,), fields)


def field_name(path: str) -> str:
    return path.replace(".", "_")


class WindowSection(Section):
    """The birth dates that the call publishes, where they differ from what its ages give."""

    minimum = DayField(_l("最低年龄：最晚出生日期"), [Optional()])
    base = DayField(_l("一般职位：最早出生日期"), [Optional()])
    autonomous = DayField(_l("民族自治地方的职位：最早出生日期"), [Optional()])
    commendation = DayField(_l("获得综合类表彰的人员：最早出生日期"), [Optional()])


class CallForm(DraftForm):
    """A call: what it says, its dates, and where its rules differ from the general ones."""

    title = StringField(_l("标题"), [Required(), Length(max=120)])
    slug = StringField(
        _l("网址中的名称"),
        [Required()],
        description=_l("小写字母、数字和短横线，例如 2026。发布后公告的网址就是它，不能再改。"),
    )
    introduction = TextAreaField(
        _l("说明"),
        [Length(max=5000)],
        description=_l("写在公告页最前面：招什么人、到哪里工作。空一行另起一段。"),
    )
    hotline = StringField(_l("咨询电话"), [Required(), Length(max=60)])
    registration_opens_at = LocalMinuteField(_l("报名开始"), [Given()], description=_l("北京时间，到分钟。"))
    registration_closes_at = LocalMinuteField(
        _l("报名截止"), [Given()], description=_l("北京时间，到分钟。到这一分钟就不能再提交。")
    )
    reference_date = DayField(
        _l("基准日"),
        [Optional()],
        description=_l("计算年龄、任职时间的日期。不填就是报名开始的那一天。"),
    )
    second_review = BooleanField(
        _l("县级通过后，还要市级确认"), description=_l("不勾选时，县级通过就是资格初审合格。")
    )
    review_hours = WholeField(
        _l("县级审核时限（小时）"), [Given(), Between(1, LONGEST_HOURS)], description=_l("从提交算起。")
    )
    correction_hours = WholeField(
        _l("补正时限（小时）"), [Given(), Between(1, LONGEST_HOURS)], description=_l("从退回算起。")
    )
    windows = FormField(WindowSection, label=_l("公告公布的出生日期"))
    basis = HiddenField()
    today: date

    @classmethod
    def of(cls, call: Call | None, basis: str, today: date) -> "CallForm":
        """The form for a call, or for a new one."""
        key = f"call:{call.id}" if call else "call:new"
        form = cls.open(key, data=_data_of(call) if call else {"second_review": True} | _HOURS)
        if not form.is_submitted():
            form.basis.data = basis
        form.today = today
        return form

    def rules(self) -> list[tuple[str, Field]]:
        """The sections of the rules with their names for people."""
        parameters = load_rules(RULES).parameters
        return [(parameters[path].words, self[field_name(path)]) for path in RULE_PATHS]

    @property
    def defaults(self) -> dict[str, str]:
        """What holds without a value of the call's own, by the name of the rule's field."""
        ruleset = load_rules(RULES)
        day = self._day() or self.today
        return {field_name(path): default_words(ruleset, path, day) for path in RULE_PATHS}

    def _day(self) -> date | None:
        if self.reference_date.data is not None:
            found: date = self.reference_date.data
            return found
        opens = self.registration_opens_at.data
        return local(opens).date() if opens else None

    def validate(self, extra_validators: Mapping[str, Sequence[Any]] | None = None) -> bool:
        fine = super().validate(extra_validators)
        opens, closes = self.registration_opens_at.data, self.registration_closes_at.data
        if opens and closes and closes <= opens:
            _blame(self.registration_closes_at, _("截止时间应晚于开始时间。"))
            fine = False
        return self._check_rules() and fine

    def validate_slug(self, field: Field) -> None:
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", field.data or "") or len(field.data) > 40:
            raise ValidationError(_("只能用小写字母、数字和短横线，最多40个字符，例如 2026。"))
        if field.data in RESERVED_SLUGS:
            raise ValidationError(_("这个名称不能用，请换一个。"))

    def _check_rules(self) -> bool:
        fine = True
        for path, section, value in self._set():
            parameter = load_rules(RULES).parameters[path]
            for field, words in (
                (section.reason, _("改动规定要写明理由。")),
                (section.source, _("改动规定要写明依据的文件。")),
            ):
                if not _stripped(field):
                    _blame(field, words)
                    fine = False
            try:
                parameter.check(value)
            except RulesError:
                _blame(section.value, below(parameter))
                fine = False
        if fine and self._day() and not self.windows.errors:
            try:
                self.parameters()
            except RulesError as error:
                fine = self._blame_for(error)
        return fine

    def _blame_for(self, error: RulesError) -> bool:
        """Say beside its cause what only shows when all values come together."""
        day = self._day()
        since = load_rules(RULES).since
        if day and day < since:
            _blame(
                self.reference_date,
                _("%(since)s以后才有可用的规定，基准日不能更早。", since=f"{since:%Y-%m-%d}"),
            )
        elif self.windows.form.minimum.data:
            _blame(self.windows.form.minimum, _("这个日期会让不满法定最低年龄的人报名，请改早，或者不填。"))
        else:
            self.form_errors.append(said(error.args[0]))
        return False

    def _set(self) -> Iterator[tuple[str, Any, Any]]:
        """The rules that the call sets for itself: path, fields, value."""
        for path in RULE_PATHS:
            section = self[field_name(path)].form
            value = value_of(path, section.value.data)
            if value is not None:
                yield path, section, value

    def overrides(self) -> list[Override]:
        return [
            Override(path, value, _stripped(section.reason), _stripped(section.source))
            for path, section, value in self._set()
        ]

    def parameters(self) -> Parameters:
        """The rules as they would be frozen.

        Raises:
            RulesError: they cannot be; also while no date is known.
        """
        day = self._day()
        if day is None:
            raise RulesError(_("请填写报名开始时间或基准日。"))
        plain = parameters_for(day, RULES, self.overrides())
        return parameters_for(day, RULES, self.overrides(), self._windows(plain.windows))

    def _windows(self, suggested: Windows) -> Windows:
        return Windows(**{band: self.windows.form[band].data or getattr(suggested, band) for band in BANDS})

    def preview(self) -> Parameters | None:
        """The rules as far as the form says enough to tell them."""
        try:
            return self.parameters()
        except RulesError:
            return None

    def values(self) -> dict[str, Any]:
        """The arguments of :func:`recruitment.calls.operations.create`, from a form that was found right."""
        return {
            "title": _stripped(self.title),
            "slug": self.slug.data,
            "introduction": _stripped(self.introduction),
            "hotline": _stripped(self.hotline),
            "registration_opens_at": self.registration_opens_at.data,
            "registration_closes_at": self.registration_closes_at.data,
            "reference_date": self._day(),
            "second_review": self.second_review.data,
            "review_hours": self.review_hours.data,
            "correction_hours": self.correction_hours.data,
            "overrides": self.overrides(),
            "windows": self.parameters().windows,
        }


for _path in RULE_PATHS:
    setattr(CallForm, field_name(_path), FormField(_rule_section(_path), label=_path))

_HOURS = {"review_hours": 48, "correction_hours": 48}


def _data_of(call: Call) -> dict[str, Any]:
    parameters = Parameters.from_json(call.parameters)
    suggested = suggested_windows(parameters.reference_date, parameters.values)
    data: dict[str, Any] = {
        name: getattr(call, name)
        for name in (
            "title",
            "slug",
            "introduction",
            "hotline",
            "registration_opens_at",
            "registration_closes_at",
            "reference_date",
            "second_review",
            "review_hours",
            "correction_hours",
        )
    }
    data["windows"] = {
        band: date_
        for band in BANDS
        if (date_ := getattr(parameters.windows, band)) != getattr(suggested, band)
    }
    for override in overrides_of(call):
        value = override.value if isinstance(override.value, int | str) else None
        data[field_name(override.path)] = {
            "value": str(value) if isinstance(value, bool) else value,
            "reason": override.reason,
            "source": override.source,
        }
    return data


def _stripped(field: Field) -> str:
    return str(field.data or "").strip()


def _blame(field: Field, words: str) -> None:
    field.errors = [*field.errors, words]


def below(parameter: Parameter) -> str:
    """What to say of a value under the legal floor."""
    if parameter.floor is None:
        return str(_("不能这样规定。"))
    value, citation = parameter.floor
    words = level_words(value) if parameter.kind == "education" else count_words(value, parameter.unit)
    return str(_("不能低于%(value)s。依据：%(citation)s", value=words, citation=said(citation.words)))
