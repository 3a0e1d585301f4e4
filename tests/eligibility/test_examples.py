"""The published examples: 60 people with their verdicts, and windows printed in real calls."""

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from recruitment.eligibility import Person, Position, evaluate, parameters_for
from recruitment.eligibility.windows import CONVENTIONS

DATA = Path(__file__).parent / "data"
PARAMS = parameters_for(date(2021, 2, 24))

PEOPLE, VERDICTS = (
    [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]
    for name in ("people_example.jsonl", "verdicts_example.jsonl")
)
WINDOWS = list(csv.DictReader((DATA / "age_windows.csv").read_text(encoding="utf-8").splitlines()))


@pytest.mark.parametrize("number", range(len(PEOPLE)))
def test_example(number: int) -> None:
    person, expected = PEOPLE[number], VERDICTS[number]
    verdict = evaluate(Person.from_json(person), Position.from_json(person["position"]), PARAMS)
    assert {"id": person["id"], "verdict": verdict.verdict, "rules": verdict.rules} == expected


@pytest.mark.parametrize("row", WINDOWS)
def test_published_window(row: dict[str, str]) -> None:
    """Every window in the list follows the convention of Sichuan."""
    convention = CONVENTIONS["n_plus_one"]
    on = date.fromisoformat(row["reference_date"])
    expected = date.fromisoformat(row["boundary_birth_date_still_in"])
    if row["ceiling"]:
        assert convention.earliest(on, int(row["ceiling"])) == expected
    else:
        assert convention.latest(on, int(row["minimum"])) == expected
