"""A call's rules: the parameters it froze, applied to a form and a position."""

import json
from functools import lru_cache
from typing import Any

from recruitment.cadres.form import facts
from recruitment.calls.models import Call, Position
from recruitment.eligibility.facts import Person
from recruitment.eligibility.facts import Position as PositionFacts
from recruitment.eligibility.parameters import Parameters
from recruitment.eligibility.verdict import Verdict


@lru_cache(maxsize=16)
def _parameters(text: str) -> Parameters:
    return Parameters.from_json(json.loads(text))


def parameters_of(call: Call) -> Parameters:
    """The parameters that the call stored when it was set up; compiled once per process."""
    return _parameters(json.dumps(call.parameters, sort_keys=True))


def position_facts(position: Position) -> PositionFacts:
    """The position as the rules read one."""
    return PositionFacts.from_json(
        {"county": position.county_code, "education": position.education, **position.conditions}
    )


def person_facts(call: Call, form: dict[str, Any]) -> Person:
    """The person of a frozen form as the call's rules read one."""
    return Person.from_json(facts(form, call.reference_date))


def named(verdict: Verdict, parameters: Parameters) -> dict[str, Any]:
    """The verdict as an application keeps it, with the digest of the very parameters that gave it."""
    return verdict.to_json(kept=True) | {"parameters": parameters.digest}


def judge(call: Call, form: dict[str, Any], position: Position) -> Verdict:
    """The verdict of the call's rules on a form for a position."""
    return parameters_of(call).judge(person_facts(call, form), position_facts(position))
