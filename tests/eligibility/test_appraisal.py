"""appraisal.recent: three years, of which only the last has to be there."""

from datetime import date
from typing import Any

import pytest

from recruitment.eligibility import Appraisal, parameters_for

from .build import PLAIN, appraised, cadre, call, outcome, result


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ({"y2020": "excellent"}, "pass"),
        ({"y2020": "competent"}, "pass"),
        ({"y2020": "basic"}, "fail"),
        ({"y2020": "incompetent"}, "fail"),
        ({"y2020": None}, "unknown"),
        ({}, "unknown"),
        # An earlier year may be basic, may be missing, may not be incompetent.
        ({"y2020": "competent", "y2019": "basic", "y2018": "basic"}, "pass"),
        ({"y2020": "competent", "y2019": None}, "pass"),
        ({"y2020": "competent", "y2019": "incompetent"}, "fail"),
        ({"y2020": "competent", "y2018": "incompetent"}, "fail"),
        ({"y2020": "competent", "y2017": "incompetent"}, "pass"),
        # A failure stands though the last year is missing.
        ({"y2019": "incompetent"}, "fail"),
        ({"y2019": "excellent", "y2018": "excellent"}, "unknown"),
        # The reference year itself does not count yet.
        ({"y2021": "incompetent", "y2020": "competent"}, "pass"),
        ({"y2021": "excellent"}, "unknown"),
    ],
)
def test_years(results: dict[str, str | None], expected: str) -> None:
    assert outcome("appraisal.recent", cadre(appraisals=appraised(**results))) == expected


def test_unknown_appraisals_are_unknown() -> None:
    assert outcome("appraisal.recent", cadre(appraisals=None)) == "unknown"


@pytest.mark.parametrize(
    ("pair", "expected"),
    [
        (("competent", "basic"), "unknown"),
        (("basic", "competent"), "unknown"),
        (("competent", "excellent"), "pass"),
        (("competent", "incompetent"), "fail"),
    ],
)
def test_two_results_for_the_last_year(pair: tuple[str, str], expected: str) -> None:
    doubled = tuple(Appraisal(2020, level) for level in pair)
    assert outcome("appraisal.recent", cadre(appraisals=doubled)) == expected


@pytest.mark.parametrize(
    ("found", "undated", "expected"),
    [
        ({"y2020": "competent", "y2019": "competent"}, "incompetent", "unknown"),
        # Where each year has its result the undated one belongs to another.
        ({"y2020": "competent", "y2019": "basic", "y2018": "competent"}, "incompetent", "pass"),
        ({"y2020": "competent"}, "basic", "pass"),
        ({"y2020": "competent"}, None, "pass"),
        ({"y2020": "basic"}, "incompetent", "fail"),
        ({"y2019": "incompetent"}, "incompetent", "fail"),
        ({}, "excellent", "unknown"),
    ],
)
def test_a_result_without_its_year(found: dict[str, str], undated: str | None, expected: str) -> None:
    person = cadre(appraisals=(Appraisal(None, undated), *appraised(**found)))
    assert outcome("appraisal.recent", person) == expected


def test_the_years_are_those_before_the_reference_date() -> None:
    person = cadre(appraisals=appraised(y2020="competent", y2021="incompetent"))
    assert outcome("appraisal.recent", person, PLAIN, parameters_for(date(2021, 12, 31))) == "pass"
    assert outcome("appraisal.recent", person, PLAIN, parameters_for(date(2022, 1, 1))) == "fail"
    assert outcome("appraisal.recent", person, PLAIN, parameters_for(date(2025, 1, 1))) == "unknown"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"appraisal__last_at_least": "basic"}, "pass"),
        ({"appraisal__last_at_least": "excellent"}, "fail"),
        ({"appraisal__excluded_below": "competent", "appraisal__last_at_least": "basic"}, "fail"),
        ({"appraisal__years": 5, "appraisal__last_at_least": "basic"}, "fail"),
    ],
)
def test_a_call_may_say_otherwise(values: dict[str, Any], expected: str) -> None:
    person = cadre(appraisals=appraised(y2020="basic", y2016="incompetent"))
    assert outcome("appraisal.recent", person, PLAIN, call(**values)) == expected


def test_the_way_out_is_named() -> None:
    person = cadre(appraisals=appraised(y2020="competent", y2019="incompetent"))
    assert "2023年" in result("appraisal.recent", person).change
    params = parameters_for(date(2023, 1, 1))
    later = cadre(appraisals=appraised(y2022="competent", y2019="incompetent"))
    assert outcome("appraisal.recent", later, PLAIN, params) == "pass"
