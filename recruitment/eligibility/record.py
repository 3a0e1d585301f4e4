"""A verdict with all that it rests on, kept so that it can be shown and judged again years later."""

import hashlib
from collections.abc import Mapping
from typing import Any

from recruitment.eligibility.facts import Person, Position
from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.rulesets import canonical
from recruitment.eligibility.verdict import Verdict


def make_record(person: Person, at: Position, params: Parameters, verdict: Verdict) -> dict[str, Any]:
    """Plain data with facts, parameters and verdict, and a SHA-256 over them."""
    content = {
        "person": person.to_json(),
        "position": at.to_json(),
        "parameters": params.to_json(),
        "verdict": verdict.to_json(),
    }
    return content | {"digest": _digest(content)}


def replay(record: Mapping[str, Any]) -> tuple[Verdict, Verdict]:
    """The verdict of the record, and the one that its facts and parameters give now.

    They are equal unless the code judges differently from then.

    Raises:
        ValueError: the record was altered: its content does not match its digest.
    """
    content = {key: value for key, value in record.items() if key != "digest"}
    if _digest(content) != record["digest"]:
        raise ValueError("记录与其摘要不符")
    params = Parameters.from_json(record["parameters"])
    person, at = Person.from_json(record["person"]), Position.from_json(record["position"])
    return Verdict.from_json(record["verdict"]), params.judge(person, at)


def _digest(content: Mapping[str, Any]) -> str:
    return hashlib.sha256(canonical(content).encode()).hexdigest()
