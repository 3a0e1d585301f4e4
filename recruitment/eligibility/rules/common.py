"""What the rules share: the facts of one judgement and the words for dates."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
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


@lru_cache(maxsize=1 << 15)  # birth dates of a lifetime
def day(value: date) -> str:
    """``2021年2月24日``"""
    return f"{value.year}年{value.month}月{value.day}日"


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
