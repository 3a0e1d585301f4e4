"""What a call asks of people, in plain words with where it stands; said from the rules that judge them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _

from recruitment.cadres.vocabulary import APPRAISAL_RESULTS, EDUCATION_LEVELS, POSTS
from recruitment.calls.models import Position
from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.rules.tenure import former_count
from recruitment.eligibility.rulesets import Parameter, RuleSet, Value, load_rules
from recruitment.eligibility.vocabulary import EDUCATION_RANK, POST_WORDS
from recruitment.eligibility.windows import CONVENTIONS
from recruitment.web.formats import day
from recruitment.wording import label, said


@dataclass(frozen=True, slots=True)
class Band:
    """One age limit as the birth dates that it means.

    Attributes:
        who: to whom or where it applies.
        years: full years of age.
        born: the birth dates in words.
        limit: the birth date that decides.
        reason: why the call deviates from the rules; empty where it does not.
        note: that a wider limit counts instead; empty where none does.
    """

    who: str
    years: int
    born: str
    limit: date
    citation: str
    reason: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """One heading of the conditions with its sentences, each with its source."""

    title: str
    lines: list[tuple[str, str]] = field(default_factory=list)


def bands(parameters: Parameters) -> list[Band]:
    """The four limits: the minimum age, and the ceilings from the strictest to the widest."""
    windows = parameters.windows
    rows = (
        (_("最低年龄"), "age.minimum", windows.minimum),
        (_("一般职位"), "age.ceiling.base", windows.base),
        (_("民族自治地方的职位"), "age.ceiling.autonomous", windows.autonomous),
        (_("获得综合类表彰的人员"), "age.ceiling.commendation", windows.commendation),
    )
    return [
        Band(
            who=who,
            years=parameters[path],
            born=_("%(day)s及以前出生", day=day(limit))
            if path == "age.minimum"
            else _("%(day)s及以后出生", day=day(limit)),
            limit=limit,
            citation=_cite(parameters, path),
            reason=parameters.values[path].reason or "",
            # Each of the other ceilings is a relief: the widest that somebody qualifies for counts.
            note=_("一般职位的范围更宽，按一般职位执行")
            if path != "age.minimum" and limit > windows.base
            else "",
        )
        for who, path, limit in rows
    ]


def conditions(parameters: Parameters) -> list[Condition]:
    """Everything but age that the call asks, in the order in which people ask about it."""
    return [
        Condition(_("职务"), _posts(parameters)),
        Condition(_("任职时间"), _tenure(parameters)),
        Condition(_("学历"), _education(parameters)),
        Condition(_("报考范围"), _area(parameters)),
        Condition(_("年度考核"), _appraisals(parameters)),
        Condition(
            _("有下列情形之一的，不能报考"),
            [
                (label(parameters.words[f"bar.{key}"]), _cite(parameters, f"bar.{key}"))
                for key in parameters.bars
            ],
        ),
    ]


def summary(parameters: Parameters) -> list[str]:
    """Who may apply in a few sentences, for a first look."""
    _minimum, *ceilings = bands(parameters)
    return [
        _("；").join(words for words, _cite in _posts(parameters)[:2]),
        _tenure(parameters)[0][0],
        _("；").join(words for words, _cite in _education(parameters)[:2]),
        *(
            str(_("%(who)s：%(years)s周岁以下（%(born)s）", who=band.who, years=band.years, born=band.born))
            for band in ceilings
        ),
        _area(parameters)[0][0],
    ]


def _posts(parameters: Parameters) -> list[tuple[str, str]]:
    lines = [
        (
            _("现任%(posts)s", posts=_either(parameters["post.qualifying"])),
            _cite(parameters, "post.qualifying"),
        )
    ]
    if parameters["post.stationed"]:
        lines.append(
            (
                _("或者现任%(posts)s", posts=_either(parameters["post.stationed"])),
                _cite(parameters, "post.stationed"),
            )
        )
    if parameters["post.restructured"]:
        lines.append(
            (
                _("因村（社区）建制调整，从上述职务转任其他正职的，也可以报考"),
                _cite(parameters, "post.restructured"),
            )
        )
    return lines


def _tenure(parameters: Parameters) -> list[tuple[str, str]]:
    on, years = day(parameters.reference_date), parameters["tenure.minimum"]
    main = (
        _("到%(day)s，在上述职务上连续任职满%(years)s年", day=on, years=years)
        if parameters["tenure.mode"] == "continuous"
        else _("到%(day)s，在上述职务上累计任职满%(years)s年", day=on, years=years)
    )
    lines = [(main, _cite(parameters, "tenure.minimum"))]
    if parameters["tenure.merge_posts"]:
        lines.append((_("先后担任两种职务的，时间合并计算"), _cite(parameters, "tenure.merge_posts")))
    if parameters["tenure.same_county"]:
        lines.append((_("任职时间须在同一县（市、区）"), _cite(parameters, "tenure.same_county")))
    if relief := parameters["tenure.relief_excellent"]:
        lines.append(
            (
                _(
                    "近%(span)s个年度考核有%(times)s次优秀的，任职满%(years)s年即可",
                    span=parameters["tenure.relief_years"],
                    times=relief,
                    years=parameters["tenure.relief_minimum"],
                ),
                _cite(parameters, "tenure.relief_excellent"),
            )
        )
    if parameters["post.stationed"]:
        lines.append(
            (
                _(
                    "驻村第一书记任职满%(years)s年，任职期间年度考核均为%(result)s以上",
                    years=parameters["tenure.stationed_minimum"],
                    result=APPRAISAL_RESULTS[parameters["tenure.stationed_appraisal"]],
                ),
                _cite(parameters, "tenure.stationed_minimum"),
            )
        )
        if former_count(parameters):
            lines.append((_("已离任的驻村第一书记也可以报考"), _cite(parameters, "post.stationed_former")))
    return lines


def _education(parameters: Parameters) -> list[tuple[str, str]]:
    return [
        (
            _("%(level)s及以上学历", level=level_words(parameters["education.floor"])),
            _cite(parameters, "education.floor"),
        ),
        (
            _(
                "涉藏地区的职位：%(level)s及以上学历",
                level=level_words(parameters["education.floor_tibetan"]),
            ),
            _cite(parameters, "education.floor_tibetan"),
        ),
        (_("职位另有更高要求的，以职位表为准"), ""),
    ]


def _area(parameters: Parameters) -> list[tuple[str, str]]:
    words = (
        _("只能报考任职所在市（州）的职位") if parameters["area.same_prefecture"] else _("可以报考全省的职位")
    )
    return [(words, _cite(parameters, "area.same_prefecture"))]


def _appraisals(parameters: Parameters) -> list[tuple[str, str]]:
    year, span = parameters.reference_date.year, parameters["appraisal.years"]
    return [
        (
            _(
                "%(first)s至%(last)s年度考核均为%(result)s以上",
                first=year - span,
                last=year - 1,
                result=APPRAISAL_RESULTS[parameters["appraisal.excluded_below"]],
            ),
            _cite(parameters, "appraisal.excluded_below"),
        ),
        (
            _(
                "%(last)s年度考核为%(result)s以上",
                last=year - 1,
                result=APPRAISAL_RESULTS[parameters["appraisal.last_at_least"]],
            ),
            _cite(parameters, "appraisal.last_at_least"),
        ),
    ]


def _cite(parameters: Parameters, path: str) -> str:
    return said(parameters.cite(path))


def _either(posts: Iterable[str]) -> str:
    return str(_("、")).join(str(POSTS[post]) if post in POSTS else said(POST_WORDS[post]) for post in posts)  # type: ignore[index]


def level_words(level: str) -> str:
    """A level of education; the two that are equal are said together."""
    if EDUCATION_RANK[level] == EDUCATION_RANK["senior_high"]:
        return str(_("高中或中专（职高、技校）"))
    return str(EDUCATION_LEVELS[level])  # type: ignore[index]


# One position


def asked_education(position: Position, parameters: Parameters) -> str:
    """What the position asks in the end: its own level or the call's floor, whichever is higher."""
    tibetan = position.county_code in parameters.counties("education.tibetan_counties")
    floor = parameters["education.floor_tibetan" if tibetan else "education.floor"]
    return str(max(position.education, floor, key=EDUCATION_RANK.__getitem__))


def age_of(position: Position, parameters: Parameters) -> list[Band]:
    """The limits that apply at the position: the minimum, its own ceiling, and the one for the commended."""
    minimum, base, autonomous, commended = bands(parameters)
    here = position.county_code in parameters.counties("age.autonomous_counties")
    return [minimum, autonomous if here else base, commended]


# A value of a rule, for the form that changes it


def value_words(kind: str, value: Any, unit: str = "") -> str:
    """A rule's value as people say it: ``40周岁``, ``高中``, ``是``."""
    if kind == "education":
        return str(EDUCATION_LEVELS[value])
    if kind == "convention":
        return said(CONVENTIONS[value].words)
    if kind == "mode":
        return str({"continuous": _("连续计算"), "cumulative": _("累计计算")}[value])
    if kind == "flag":
        return str(_("是") if value else _("否"))
    return count_words(value, unit)


def count_words(number: int | str, unit: str) -> str:
    """A number in a unit of the rule sets; without a number the unit alone."""
    words: dict[str, str] = {
        "周岁": _("%(number)s周岁", number=number),
        "年": _("%(number)s年", number=number),
        "次": _("%(number)s次", number=number),
        "天": _("%(number)s天", number=number),
    }
    return str(words.get(unit, f"{number}{unit}")).strip()


def rule_set(parameters: Parameters) -> Mapping[str, Parameter]:
    """What kind of value each rule of the parameters has, by path."""
    return load_rules(parameters.ruleset).parameters


def default_words(rules: RuleSet, path: str, reference_date: date) -> str:
    """What holds without the call's own value, with its source; empty before any rule is in force."""
    parameter = rules.parameters[path]
    value: Value | None = parameter.at(reference_date)
    if value is None:
        return ""
    words = value_words(parameter.kind, value.value, parameter.unit)
    return str(_("规定：%(value)s。依据：%(citation)s", value=words, citation=said(value.citation.words)))
