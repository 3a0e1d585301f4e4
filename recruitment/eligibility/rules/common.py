"""What the rules share: the facts of one judgement, and three-valued logic."""

from collections.abc import Callable
from typing import NamedTuple

from recruitment.eligibility.facts import Person, Position
from recruitment.eligibility.service import Service
from recruitment.eligibility.verdict import RuleResult


class Case(NamedTuple):
    """One person, one position, and the service measured for both tracks."""

    person: Person
    position: Position
    served: Service
    stationed: Service


Rule = Callable[[Case], RuleResult]

# The people of a call share their days: so many different ones of a rule keep their results.
DAYS = 1 << 13


def either(first: bool | None, second: bool | None) -> bool | None:
    """Three-valued *or*."""
    if first or second:
        return True
    return None if first is None or second is None else False


def both(first: bool | None, second: bool | None) -> bool | None:
    """Three-valued *and*."""
    if first is False or second is False:
        return False
    return None if first is None or second is None else True
