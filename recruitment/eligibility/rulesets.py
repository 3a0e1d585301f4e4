"""Rules as data: parameters with dated values, each with its citation and its words.

A rule set is one TOML file, ``data/<name>-<version>.toml``. A file that has been in use is never edited:
a change is a new version, so that a call and a verdict can name the version that decided.
"""

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final

from recruitment.areas.catalogue import counties
from recruitment.eligibility.vocabulary import APPRAISAL_RANK, EDUCATION_RANK, POST_WORDS
from recruitment.eligibility.windows import CONVENTIONS
from recruitment.words import Words

# Room for adding years and days to any date that occurs.
_LAST_REFERENCE_DATE: Final = date(9000, 1, 1)

BAR_WEIGHT: Final[Mapping[str, int]] = {"off": 0, "if_known": 1, "asked": 2}


class RulesError(ValueError):
    """Rules that do not exist, are not in force, or may not be set so; ``str()`` is for the admin."""


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a value comes from: document, part of it (article, section) and its date."""

    document: str
    part: str
    date: date

    @property
    def words(self) -> Words:
        """In one line."""
        day = self.date.isoformat()
        if not self.part:
            return Words("%(document)s（%(date)s）", document=Words(self.document), date=day)
        return Words(
            "%(document)s %(part)s（%(date)s）",
            document=Words(self.document),
            part=Words(self.part),
            date=day,
        )

    def __str__(self) -> str:
        return str(self.words)

    def to_json(self) -> dict[str, str]:
        return {"document": self.document, "part": self.part, "date": self.date.isoformat()}

    @classmethod
    def from_json(cls, value: Mapping[str, str]) -> "Citation":
        return cls(value["document"], value["part"], date.fromisoformat(value["date"]))


@dataclass(frozen=True, slots=True)
class Value:
    """One value in force.

    Attributes:
        value: whole number, word, flag or list of words.
        since: first reference date to which it applies.
        citation: its source; for an override the source that the call named.
        reason: why a call deviates; ``None`` for the value of the rule set.
    """

    value: Any
    since: date
    citation: Citation
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """A value that one call sets for itself.

    Attributes:
        path: name of the parameter, e.g. ``"age.ceiling.base"``.
        value: the call's value.
        reason: why, shown beside it.
        source: document that allows it.
    """

    path: str
    value: Any
    reason: str
    source: str

    def to_json(self) -> dict[str, Any]:
        return {"path": self.path, "value": self.value, "reason": self.reason, "source": self.source}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Override":
        return cls(value["path"], value["value"], value["reason"], value["source"])


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a rule set.

    Attributes:
        path: its name.
        kind: what its value is, a key of ``_CHECKS``.
        words: its name for people.
        unit: unit shown after the value, or empty.
        values: in order of ``since``.
        floor: the value that a call may not go below, with the law that says so.
    """

    path: str
    kind: str
    words: str
    unit: str
    values: tuple[Value, ...]
    floor: tuple[Any, Citation] | None

    def at(self, reference_date: date) -> Value | None:
        """The value in force on a date, or ``None`` before the first."""
        found = None
        for value in self.values:
            if value.since <= reference_date:
                found = value
        return found

    def check(self, value: Any) -> Any:
        """The value in its canonical form (lists sorted and without doubles).

        Raises:
            RulesError: a value of the wrong kind, or below the legal floor.
        """
        try:
            value = _CHECKS[self.kind](value)
        except (TypeError, KeyError, ValueError) as error:
            raise RulesError(f"{self.path}（{self.words}）：不能取 {value!r}") from error
        if self.floor is not None and _weight(self.kind, value) < _weight(self.kind, self.floor[0]):
            raise RulesError(
                f"{self.path}（{self.words}）：{value!r} 低于法定底线 {self.floor[0]!r}，依据 {self.floor[1]}"
            )
        return value


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 200:
        raise ValueError
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _one_of(known: Iterable[str]) -> Any:
    allowed = frozenset(known)

    def check(value: Any) -> str:
        if not isinstance(value, str) or value not in allowed:
            raise ValueError
        return value

    return check


def _some_of(known: Iterable[str]) -> Any:
    one = _one_of(known)

    def check(value: Any) -> tuple[str, ...]:
        if isinstance(value, str):
            raise TypeError
        return tuple(sorted({one(item) for item in value}))

    return check


def _counties(value: Any) -> str | tuple[str, ...]:
    """``"autonomous"`` or ``"tibetan"``: the counties so flagged in the catalogue; or their codes."""
    if value in ("autonomous", "tibetan"):
        return str(value)
    codes: tuple[str, ...] = _some_of(counties())(value)
    return codes


_CHECKS: Final[Mapping[str, Any]] = {
    "whole": _whole,
    "flag": _flag,
    "education": _one_of(EDUCATION_RANK),
    "appraisal": _one_of(APPRAISAL_RANK),
    "posts": _some_of(POST_WORDS),
    "mode": _one_of(("continuous", "cumulative")),
    "convention": _one_of(CONVENTIONS),
    "bar": _one_of(BAR_WEIGHT),
    "counties": _counties,
}


def _weight(kind: str, value: Any) -> int:
    if kind == "education":
        return EDUCATION_RANK[value]
    if kind == "appraisal":
        return APPRAISAL_RANK[value]
    if kind == "bar":
        return BAR_WEIGHT[value]
    return int(value)


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A named, versioned set of parameters.

    Attributes:
        name: e.g. ``"sichuan"``.
        version: counted from 1.
        digest: SHA-256 of the file, hexadecimal; a version whose digest changed is not the same rules.
        title: for people.
        parameters: by path, in the order of the file.
    """

    name: str
    version: int
    digest: str
    title: str
    parameters: Mapping[str, Parameter]

    @property
    def since(self) -> date:
        """First reference date on which every parameter has a value."""
        return max(parameter.values[0].since for parameter in self.parameters.values())

    def at(self, reference_date: date, overrides: Iterable[Override] = ()) -> dict[str, Value]:
        """The values in force on a reference date, by path.

        Raises:
            RulesError: nothing in force yet; an override that names no parameter, gives no reason or
                source, is of the wrong kind, or goes below a legal floor.
        """
        if reference_date > _LAST_REFERENCE_DATE:
            raise RulesError(Words("基准日太远：%(day)s", day=str(reference_date)))
        if reference_date < self.since:
            raise RulesError(f"{self.name} 自 {self.since} 起才有规定，{reference_date} 没有可用的规则")
        values: dict[str, Value] = {}
        for path, parameter in self.parameters.items():
            if (value := parameter.at(reference_date)) is not None:
                values[path] = value
        for override in overrides:
            if override.path not in self.parameters:
                raise RulesError(f"没有这项规则参数：{override.path}")
            if not override.reason.strip() or not override.source.strip():
                raise RulesError(f"{override.path}：改动必须写明理由和依据")
            parameter = self.parameters[override.path]
            values[override.path] = Value(
                parameter.check(override.value),
                values[override.path].since,
                Citation(override.source.strip(), "", reference_date),
                override.reason.strip(),
            )
        if values["age.ceiling.base"].value < values["age.minimum"].value:
            raise RulesError(Words("age.ceiling.base：年龄上限低于最低年龄"))
        if _weight("education", values["education.floor_tibetan"].value) > _weight(
            "education", values["education.floor"].value
        ):
            raise RulesError(Words("education.floor_tibetan：涉藏地区的最低学历高于一般地区"))
        return values


def _parameter(raw: Mapping[str, Any], documents: Mapping[str, Any]) -> Parameter:
    def cite(entry: Mapping[str, Any]) -> Citation:
        document = documents[entry["document"]]
        return Citation(document["title"], entry["part"], document["date"])

    floor = raw.get("floor")
    parameter = Parameter(
        raw["path"],
        raw["kind"],
        raw["words"],
        raw.get("unit", ""),
        (),
        None if floor is None else (floor["value"], cite(floor)),
    )
    values = [Value(parameter.check(v["value"]), v["since"], cite(v)) for v in raw["values"]]
    return Parameter(
        parameter.path,
        parameter.kind,
        parameter.words,
        parameter.unit,
        tuple(sorted(values, key=lambda value: value.since)),
        parameter.floor,
    )


def available_rules() -> dict[str, list[int]]:
    """Versions of each rule set that comes with the package, ascending."""
    found: dict[str, list[int]] = {}
    for entry in files("recruitment.eligibility").joinpath("data").iterdir():
        # coverage.toml lies in the same folder and has no version.
        name, dash, version = entry.name.removesuffix(".toml").rpartition("-")
        if entry.name.endswith(".toml") and dash and version.isdigit():
            found.setdefault(name, []).append(int(version))
    return {name: sorted(versions) for name, versions in sorted(found.items())}


@cache
def load_rules(name: str = "sichuan") -> RuleSet:
    """The rule set of that name, newest version; ``"sichuan@1"`` names a version.

    Raises:
        RulesError: there is no such rule set or version.
    """
    base, at, wanted = name.partition("@")
    versions = available_rules().get(base, [])
    version = next((v for v in versions if str(v) == wanted), 0) if at else max(versions, default=0)
    if version not in versions:
        known = "、".join(f"{key}@{v}" for key, vs in available_rules().items() for v in vs)
        raise RulesError(f"没有规则集 {name}；现有：{known}")
    raw = files("recruitment.eligibility").joinpath("data", f"{base}-{version}.toml").read_bytes()
    return parse_rules(raw)


def parse_rules(raw: bytes) -> RuleSet:
    """A rule set from the bytes of its file.

    Raises:
        RulesError: a value of the wrong kind.
        KeyError: a missing field.
    """
    data = tomllib.loads(raw.decode())
    parameters = [_parameter(entry, data["documents"]) for entry in data["parameter"]]
    return RuleSet(
        data["name"],
        data["version"],
        hashlib.sha256(raw).hexdigest(),
        data["title"],
        {parameter.path: parameter for parameter in parameters},
    )


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces, the form that digests are taken of."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
