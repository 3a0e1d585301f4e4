"""The product against the oracle, on the examples and on random people around every boundary."""

import json
import os
from datetime import date
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recruitment.eligibility import Parameters, Person, Position, parameters_for

from . import oracle, people

DATA = Path(__file__).parent / "data"
PARAMS = {on: parameters_for(on) for on in people.REFERENCE_DATES}


def compare(person: oracle.Facts, params: Parameters) -> None:
    verdict = params.judge(Person.from_json(person), Position.from_json(person.get("position")))
    expected = oracle.judge(person, params.reference_date)
    assert (verdict.verdict, verdict.rules) == expected, json.dumps(person, ensure_ascii=False)


def test_the_oracle_itself_answers_the_examples() -> None:
    lines = [
        [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]
        for name in ("people_example.jsonl", "verdicts_example.jsonl")
    ]
    for person, expected in zip(*lines, strict=True):
        assert oracle.judge(person, date(2021, 2, 24)) == (expected["verdict"], expected["rules"])


# A busy machine is no failure.
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.randoms(use_true_random=False), st.sampled_from(people.REFERENCE_DATES))
def test_same_answer_as_the_oracle(rnd: Random, on: date) -> None:
    compare(people.person(rnd, on), PARAMS[on])


def test_same_answer_as_the_oracle_for_many() -> None:
    rnd = Random(20210224)
    for _ in range(300):
        for on in people.REFERENCE_DATES:
            compare(people.person(rnd, on), PARAMS[on])


@pytest.mark.full
@pytest.mark.skipif(os.environ.get("PROOF") != "full", reason="long: PROOF=full")
def test_same_answer_as_the_oracle_for_a_million() -> None:
    """The long count; PROOF_SEED repeats a run, PROOF_PEOPLE shortens it."""
    seed = int(os.environ.get("PROOF_SEED", "1"))
    rnd = Random(seed)
    for _ in range(int(os.environ.get("PROOF_PEOPLE", "1000000")) // len(people.REFERENCE_DATES) + 1):
        for on in people.REFERENCE_DATES:
            compare(people.person(rnd, on), PARAMS[on])
