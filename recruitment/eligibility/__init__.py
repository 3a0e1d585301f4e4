"""Eligibility rules as dated, cited data, and their evaluation.

Pure: no Flask, no session, no clock; the reference date is handed in. Start with::

    params = parameters_for(date(2021, 2, 24))
    verdict = evaluate(Person.from_json(line), Position.from_json(line.get("position")), params)

The same rules as SQL expressions are in ``recruitment.eligibility.sql``.
"""

from recruitment.eligibility.facts import (
    Appraisal,
    Commendation,
    Conditions,
    FactError,
    Person,
    Position,
    Tenure,
)
from recruitment.eligibility.judging import evaluate
from recruitment.eligibility.parameters import Parameters, parameters_for, suggested_windows
from recruitment.eligibility.rulesets import (
    Citation,
    Override,
    RulesError,
    RuleSet,
    available_rules,
    load_rules,
)
from recruitment.eligibility.verdict import RuleResult, Verdict
from recruitment.eligibility.windows import CONVENTIONS, Windows

__all__ = [
    "CONVENTIONS",
    "Appraisal",
    "Citation",
    "Commendation",
    "Conditions",
    "FactError",
    "Override",
    "Parameters",
    "Person",
    "Position",
    "RuleResult",
    "RuleSet",
    "RulesError",
    "Tenure",
    "Verdict",
    "Windows",
    "available_rules",
    "evaluate",
    "load_rules",
    "parameters_for",
    "suggested_windows",
]
