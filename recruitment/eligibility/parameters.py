"""The rules of one call, frozen: values with their sources, birth dates per band, and where they came from.

A call stores ``Parameters.to_json()``. Whatever happens to rule sets later, the stored parameters judge the
same facts to the same verdict.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from recruitment.areas.catalogue import counties
from recruitment.eligibility.rulesets import (
    Citation,
    Override,
    RulesError,
    RuleSet,
    Value,
    canonical,
    load_rules,
)
from recruitment.eligibility.vocabulary import DECLARATIONS
from recruitment.eligibility.windows import BANDS, Windows, suggest
from recruitment.words import Words

if TYPE_CHECKING:
    from recruitment.eligibility.judging import Judge


@dataclass(frozen=True)
class Parameters:
    """Everything that judging needs beside the facts.

    Attributes:
        ruleset: name and version, e.g. ``"sichuan@1"``.
        ruleset_digest: SHA-256 of the rule set's file.
        reference_date: the day on which ages, posts and years are counted.
        values: value in force by path.
        windows: birth dates per band; these decide, not the ages.
        words: name of each value for people, by path.
    """

    ruleset: str
    ruleset_digest: str
    reference_date: date
    values: Mapping[str, Value]
    windows: Windows
    words: Mapping[str, str]

    def __getitem__(self, path: str) -> Any:
        return self.values[path].value

    def cite(self, path: str) -> Words:
        """The citation of a value, in one line."""
        return self.values[path].citation.words

    def counties(self, path: str) -> frozenset[str]:
        """The codes of a county set."""
        value = self[path]
        if isinstance(value, str):
            return frozenset(code for code, county in counties().items() if getattr(county, value))
        return frozenset(value)

    @property
    def bars(self) -> tuple[str, ...]:
        """Names of the bars that are judged, in order, without the ``bar.`` in front."""
        # Not the order of `values`: a database may give JSON objects back in another one.
        paths = {key: f"bar.{key}" for key in DECLARATIONS}
        return tuple(key for key, path in paths.items() if path in self.values and self[path] != "off")

    @cached_property
    def digest(self) -> str:
        """SHA-256 over all that decides, hexadecimal; names these very parameters."""
        return hashlib.sha256(canonical(self.to_json()).encode()).hexdigest()

    @cached_property
    def judge(self) -> "Judge":
        """The compiled form; built once, used for any number of people."""
        # Judging needs the parameters and the parameters offer judging.
        from recruitment.eligibility.judging import Judge

        return Judge(self)

    def __getstate__(self) -> dict[str, Any]:
        # The compiled form holds closures and is cheap to build again.
        return {key: value for key, value in self.__dict__.items() if key not in ("judge", "digest")}

    def to_json(self) -> dict[str, Any]:
        """Plain data; ``from_json`` gives equal parameters."""
        return {
            "ruleset": self.ruleset,
            "ruleset_digest": self.ruleset_digest,
            "reference_date": self.reference_date.isoformat(),
            "windows": self.windows.to_json(),
            "values": {
                path: {
                    "value": list(value.value) if isinstance(value.value, tuple) else value.value,
                    "since": value.since.isoformat(),
                    "citation": value.citation.to_json(),
                    "reason": value.reason,
                    "words": self.words[path],
                }
                for path, value in self.values.items()
            },
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Parameters":
        values = {
            path: Value(
                tuple(raw["value"]) if isinstance(raw["value"], list) else raw["value"],
                date.fromisoformat(raw["since"]),
                Citation.from_json(raw["citation"]),
                raw["reason"],
            )
            for path, raw in data["values"].items()
        }
        return cls(
            data["ruleset"],
            data["ruleset_digest"],
            date.fromisoformat(data["reference_date"]),
            values,
            Windows.from_json(data["windows"]),
            {path: raw["words"] for path, raw in data["values"].items()},
        )


def parameters_for(
    reference_date: date,
    rules: RuleSet | str = "sichuan",
    overrides: Iterable[Override] = (),
    windows: Windows | None = None,
) -> Parameters:
    """The parameters of a call.

    Args:
        reference_date: the day on which ages, posts and years are counted.
        rules: a rule set or its name.
        overrides: what the call sets for itself.
        windows: birth dates that the call publishes; without them those that its ages and convention give.

    Raises:
        RulesError: see ``RuleSet.at``; or windows that let in somebody below the legal minimum age.
    """
    ruleset = load_rules(rules) if isinstance(rules, str) else rules
    values = ruleset.at(reference_date, overrides)
    suggested = suggested_windows(reference_date, values)
    if windows is not None and windows.minimum > suggested.minimum:
        raise RulesError(
            Words(
                "最低年龄的出生日期 %(published)s 晚于规定的 %(legal)s",
                published=str(windows.minimum),
                legal=str(suggested.minimum),
            )
        )
    return Parameters(
        f"{ruleset.name}@{ruleset.version}",
        ruleset.digest,
        reference_date,
        values,
        windows or suggested,
        {path: parameter.words for path, parameter in ruleset.parameters.items()},
    )


def suggested_windows(
    reference_date: date, values: Mapping[str, Value], convention: str | None = None
) -> Windows:
    """Birth dates per band from the ages in force and a convention (by default the one in force)."""
    ages = {band: values[_AGE_PATHS[band]].value for band in BANDS}
    return suggest(reference_date, ages, convention or values["age.convention"].value)


_AGE_PATHS = {
    "minimum": "age.minimum",
    "base": "age.ceiling.base",
    "autonomous": "age.ceiling.autonomous",
    "commendation": "age.ceiling.commendation",
}
