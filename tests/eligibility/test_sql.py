"""Python and SQL answer alike, rule by rule, on real PostgreSQL."""

import os
from collections.abc import Iterable
from datetime import date
from random import Random
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, func, insert, select

from recruitment.eligibility import (
    Conditions,
    Override,
    Parameters,
    Person,
    Position,
    RulesError,
    Verdict,
    load_rules,
    parameters_for,
)
from recruitment.eligibility.factrow import STALE_AFTER, fact_row, is_stale
from recruitment.eligibility.sql import CONDITIONS, eligible, fact_columns, rules
from recruitment.eligibility.verdict_rows import unpack, verdicts
from recruitment.eligibility.windows import Windows

from . import people

Case = tuple[Person, Position]
COUNT = 20_000 if os.environ.get("PROOF") == "full" else 250


def override(path: str, value: Any) -> Override:
    return Override(path, value, "试验", "试验文件")


ON = date(2024, 2, 29)
VARIANTS = {
    "in force": parameters_for(ON),
    "2016": parameters_for(date(2016, 3, 17)),
    "letter": parameters_for(date(2022, 6, 30)),
    "cumulative five years": parameters_for(
        ON, overrides=[override("tenure.mode", "cumulative"), override("tenure.minimum", 5)]
    ),
    "cumulative, not in post, concurrent twice": parameters_for(
        ON,
        overrides=[
            override("tenure.mode", "cumulative"),
            override("tenure.in_post", False),
            override("tenure.concurrent_once", False),
        ],
    ),
    "longest run": parameters_for(ON, overrides=[override("tenure.in_post", False)]),
    "gap of a month": parameters_for(ON, overrides=[override("tenure.allowed_gap", 31)]),
    "each post alone, one county": parameters_for(
        ON, overrides=[override("tenure.merge_posts", False), override("tenure.same_county", True)]
    ),
    "relief after two excellent": parameters_for(ON, overrides=[override("tenure.relief_excellent", 2)]),
    "anywhere, registers asked": parameters_for(
        ON,
        overrides=[
            override("area.same_prefecture", False),
            override("bar.exam_barred", "asked"),
            override("bar.seconded", "off"),
        ],
    ),
    "other ceilings and appraisals": parameters_for(
        ON,
        overrides=[
            override("age.ceiling.autonomous", 38),
            override("age.ceiling.base", 43),
            override("appraisal.years", 5),
            override("appraisal.excluded_below", "competent"),
            override("age.autonomous_counties", ["510104", "510722"]),
        ],
    ),
    "published dates": parameters_for(
        ON, windows=Windows(date(2006, 2, 1), date(1983, 1, 31), date(1981, 7, 1), date(1981, 7, 1))
    ),
}


def conditions(rnd: Random) -> Conditions:
    if rnd.random() < 0.5:
        return Conditions()
    sex = rnd.choice((None, None, "male", "female"))
    return Conditions(
        education=rnd.choice((None, "junior_college", "bachelor")),
        languages=rnd.choice(((), ("彝语",), ("彝语", "藏语"))),
        majors=rnd.choice(((), ("农学", "林学"))),
        party_member=rnd.random() < 0.3,
        areas=rnd.choice(((), ("5101",), ("510722", "5134"), (f"{rnd.choice(people.COUNTIES)}1",))),
        years=rnd.choice((None, 0, 2, 3, 5)),
        sex=sex,
        sex_basis="《女职工劳动保护特别规定》" if sex else None,
    )


def cases(rnd: Random, on: date, count: int) -> list[Case]:
    found = []
    for _ in range(count):
        raw = people.person(rnd, on)
        raw["languages"] = rnd.choice((None, [], ["彝语"], ["汉语", "藏语"]))
        raw["major"] = rnd.choice((None, "农学", "法学"))
        raw["party_member"] = rnd.choice((None, True, False))
        raw["sex"] = rnd.choice((None, "male", "female"))
        if raw.get("declarations") is not None and rnd.random() < 0.3:
            raw["declarations"]["exam_barred"] = rnd.choice((True, False, None))
        at = Position.from_json(raw.get("position"))
        found.append((Person.from_json(raw), Position(at.county, conditions(rnd))))
    return found


def filled_table(connection: Connection, params: Parameters, of: Iterable[Case]) -> Table:
    table = Table(
        "facts", MetaData(), Column("application_id", BigInteger), *fact_columns(), prefixes=["TEMP"]
    )
    table.create(connection)
    rows = [
        {"application_id": number, **fact_row(person, at, params)} for number, (person, at) in enumerate(of)
    ]
    connection.execute(insert(table), rows)
    return table


def judged(params: Parameters, of: Iterable[Case]) -> list[Verdict]:
    return [params.judge(person, at) for person, at in of]


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS.keys())
def test_every_rule_answers_as_in_python(variant: Parameters, connection: Connection) -> None:
    of = cases(Random(4), variant.reference_date, COUNT)
    table = filled_table(connection, variant, of)
    found = rules(variant, dict(table.c.items()), CONDITIONS)
    answers = connection.execute(
        select(*(rule.outcome.label(rule.rule) for rule in found)).order_by(table.c.application_id)
    ).mappings()
    for (person, at), verdict, answer in zip(of, judged(variant, of), answers, strict=True):
        given = {rule: outcome for rule, outcome in answer.items() if outcome is not None}
        assert given == verdict.rules, (person, at)


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS.keys())
def test_verdict_rows_say_who_decided_and_why(variant: Parameters, connection: Connection) -> None:
    of = cases(Random(5), variant.reference_date, COUNT)
    table = filled_table(connection, variant, of)
    rows = connection.execute(
        verdicts(variant, table, ["application_id"], CONDITIONS).order_by("application_id")
    )
    for verdict, row in zip(judged(variant, of), rows, strict=True):
        assert row.verdict == verdict.verdict
        assert unpack(row.outcomes) == {
            rule: outcome for rule, outcome in verdict.rules.items() if outcome != "pass"
        }
        deciding = verdict.deciding
        expected = (None, None) if deciding is None else (deciding.rule, deciding.citation)
        assert (row.deciding_rule, row.citation) == expected


@pytest.mark.parametrize("variant", VARIANTS.values(), ids=VARIANTS.keys())
def test_the_where_clause_counts_the_eligible(variant: Parameters, connection: Connection) -> None:
    of = cases(Random(6), variant.reference_date, COUNT)
    table = filled_table(connection, variant, of)
    where = eligible(variant, dict(table.c.items()), CONDITIONS)
    ids = connection.scalars(select(table.c.application_id).where(where).order_by(table.c.application_id))
    expected = [n for n, verdict in enumerate(judged(variant, of)) if verdict.verdict == "eligible"]
    assert list(ids) == expected
    assert expected


def test_rows_follow_the_rules_of_a_call_as_long_as_they_are_not_stale(connection: Connection) -> None:
    """An admin changes 40 to 43: the same rows give the new answers."""
    old = parameters_for(ON)
    new = parameters_for(ON, overrides=[override("age.ceiling.base", 43)])
    assert not is_stale(old, new)
    of = cases(Random(7), ON, COUNT)
    table = filled_table(connection, old, of)
    count = func.count()
    for params in (old, new):
        found = connection.scalar(select(count).where(eligible(params, dict(table.c.items()), CONDITIONS)))
        assert found == sum(verdict.verdict == "eligible" for verdict in judged(params, of))


def test_every_parameter_that_shapes_the_rows_is_known_to_do_so() -> None:
    """A parameter outside STALE_AFTER, whatever its value, leaves every row as it is."""
    base = parameters_for(ON)
    of = cases(Random(8), ON, 100)
    rows = [fact_row(person, at, base) for person, at in of]
    other: dict[str, list[Any]] = {
        "whole": [0, 1, 7],
        "flag": [True, False],
        "education": ["bachelor"],
        "appraisal": ["excellent", "incompetent"],
        "posts": [["committee_member"]],
        "mode": ["cumulative"],
        "convention": ["n"],
        "bar": ["off"],
        "counties": [["510104"]],
    }
    shaping = set()
    for path, parameter in load_rules().parameters.items():
        for value in other[parameter.kind]:
            extra = [override("tenure.relief_excellent", 1)] if path.startswith("tenure.relief") else []
            try:
                params = parameters_for(ON, overrides=[*extra, override(path, value)])
            except RulesError:
                continue
            reference = parameters_for(ON, overrides=extra) if extra else base
            before = [fact_row(person, at, reference) for person, at in of] if extra else rows
            if [fact_row(person, at, params) for person, at in of] != before:
                shaping.add(path)
                assert is_stale(reference, params)
    assert shaping <= STALE_AFTER
