"""bar.*: one rule per declaration."""

import pytest

from recruitment.eligibility import RulesError
from recruitment.eligibility.vocabulary import DECLARATIONS

from .build import CADRE, CALL_2021, ON, PLAIN, cadre, call, outcome

REGISTERS = ["discharged_civil_servant", "exam_barred", "relative_in_organ"]
ASKED = [key for key in DECLARATIONS if key not in REGISTERS]


@pytest.mark.parametrize("key", DECLARATIONS)
def test_a_circumstance_excludes(key: str) -> None:
    person = cadre(declarations={**CADRE.declarations, key: True})
    verdict = CALL_2021.judge(person, PLAIN)
    assert verdict.verdict == "ineligible"
    assert [result.rule for result in verdict.failed] == [f"bar.{key}"]


@pytest.mark.parametrize("key", ASKED)
def test_an_open_declaration_is_to_be_verified(key: str) -> None:
    for declarations in (
        {k: v for k, v in CADRE.declarations.items() if k != key},
        {**CADRE.declarations, key: None},
    ):
        verdict = CALL_2021.judge(cadre(declarations=declarations), PLAIN)
        assert verdict.verdict == "unverified"
        assert [result.rule for result in verdict.unknown] == [f"bar.{key}"]


@pytest.mark.parametrize("key", REGISTERS)
def test_registers_are_judged_where_they_answer(key: str) -> None:
    person = cadre(declarations={k: v for k, v in CADRE.declarations.items() if k != key})
    verdict = CALL_2021.judge(person, PLAIN)
    assert verdict.verdict == "eligible"
    assert f"bar.{key}" not in verdict.rules
    assert outcome(f"bar.{key}", person, PLAIN, call(ON, **{f"bar__{key}": "asked"})) == "unknown"


@pytest.mark.parametrize(
    "key", ["criminal_record", "expelled_from_party", "dismissed_from_office", "joint_discipline"]
)
def test_no_call_may_leave_out_what_the_law_bars(key: str) -> None:
    for weaker in ("off", "if_known"):
        with pytest.raises(RulesError, match="法定底线"):
            call(ON, **{f"bar__{key}": weaker})


def test_a_call_may_leave_out_a_bar_of_its_own() -> None:
    params = call(bar__seconded="off")
    person = cadre(declarations={**CADRE.declarations, "seconded": True})
    assert params.judge(person, PLAIN).verdict == "eligible"


def test_what_a_register_says_is_certain_whatever_was_declared() -> None:
    person = cadre(
        declarations={**CADRE.declarations, "exam_barred": False}, register={"exam_barred": "某号决定"}
    )
    verdict = CALL_2021.judge(person, PLAIN)
    assert [result.rule for result in verdict.stopping] == ["bar.exam_barred"]
    assert "某号决定" in verdict.failed[0].message
    order = [result.rule for result in verdict.results]
    assert order == [
        result.rule for result in CALL_2021.judge(cadre(declarations=person.declarations), PLAIN).results
    ]
    assert CALL_2021.judge(type(person).from_json(person.to_json()), PLAIN) == verdict


def test_a_register_counts_only_for_what_the_call_asks() -> None:
    person = cadre(register={"seconded": "某号登记"})
    assert not call(bar__seconded="off").judge(person, PLAIN).stopping
