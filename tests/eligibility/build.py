"""One cadre who may apply, to be changed in a single point by each test."""

from dataclasses import replace
from datetime import date
from typing import Any

from recruitment.eligibility import (
    Appraisal,
    Commendation,
    Conditions,
    Override,
    Parameters,
    Person,
    Position,
    RuleResult,
    Tenure,
    parameters_for,
)
from recruitment.eligibility.vocabulary import DECLARATIONS

ON = date(2021, 2, 24)
CALL_2021 = parameters_for(ON)

PLAIN = Position("510722")  # 三台县, 绵阳
AUTONOMOUS = Position("510726")  # 北川羌族自治县, 绵阳
TIBETAN = Position("513221")  # 汶川县, 阿坝: autonomous too
IN_MIANYANG = "510722100201"
IN_NANCHONG = "511304100201"
IN_ABA = "513221100201"
NOWHERE = Position()


def spell(
    start: str | None,
    end: str | None = None,
    post: str | None = "party_secretary",
    community: str | None = IN_MIANYANG,
    *,
    restructured: bool = False,
) -> Tenure:
    return Tenure(
        post,
        community,
        None if start is None else date.fromisoformat(start),
        None if end is None else date.fromisoformat(end),
        restructured,
    )


def appraised(**results: str | None) -> tuple[Appraisal, ...]:
    """``appraised(y2020="competent")``"""
    return tuple(Appraisal(int(year[1:]), result) for year, result in results.items())


def honour(day: str | None = "2019-05-04", *, comprehensive: bool | None = True) -> Commendation:
    return Commendation(comprehensive, None if day is None else date.fromisoformat(day))


CADRE = Person(
    id="cadre",
    birth_date=date(1985, 5, 5),
    education="senior_high",
    posts=(spell("2015-01-01"),),
    commendations=(),
    appraisals=appraised(y2020="competent", y2019="excellent", y2018="competent"),
    declarations=dict.fromkeys(DECLARATIONS, False),
)


def cadre(**changes: Any) -> Person:
    return replace(CADRE, **changes)


def born(day: str | None, **changes: Any) -> Person:
    return cadre(birth_date=None if day is None else date.fromisoformat(day), **changes)


def asking(**conditions: Any) -> Position:
    return Position(PLAIN.county, Conditions(**conditions))


def result(rule: str, person: Person, at: Position = PLAIN, params: Parameters = CALL_2021) -> RuleResult:
    return params.judge(person, at).result(rule)


def outcome(rule: str, person: Person, at: Position = PLAIN, params: Parameters = CALL_2021) -> str:
    return result(rule, person, at, params).outcome


def override(path: str, value: Any) -> Override:
    return Override(path, value, "省级公务员主管部门批准", "川组函〔2026〕1号")


def call(on: date = ON, **values: Any) -> Parameters:
    """Parameters with overrides; ``tenure__minimum=5`` sets ``tenure.minimum``."""
    return parameters_for(on, overrides=[override(p.replace("__", "."), v) for p, v in values.items()])
