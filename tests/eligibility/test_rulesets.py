"""Rules as data: dated, cited, versioned, and floors that no call goes below."""

import hashlib
import json
from datetime import date, timedelta
from importlib.resources import files
from typing import Any

import pytest

from recruitment.eligibility import (
    Override,
    Parameters,
    RulesError,
    available_rules,
    load_rules,
    parameters_for,
)
from recruitment.eligibility.rulesets import RuleSet, parse_rules

from .build import ON, PLAIN, born, cadre, call, override

# SHA-256 of every version in use. A file that changed after its release is another set of rules under the
# same name: make a new version instead.
RELEASED = {
    "sichuan@1": "276488d11aa902651719194493f7b6a4c5927de5b1846f52d0f517b88ad07dc4",
    "sichuan@2": "029c95c430e446bc55f12396960f4d9edb1556bd325d9176835cf2366048fe1f",
}


def test_released_rules_are_never_edited() -> None:
    found = {
        f"{name}@{version}": load_rules(f"{name}@{version}").digest
        for name, versions in available_rules().items()
        for version in versions
    }
    assert found == RELEASED


def test_the_newest_version_is_the_default() -> None:
    assert load_rules("sichuan").version == max(available_rules()["sichuan"])
    for name in ("utopia", "sichuan@0", "sichuan@x", "sichuan@", ""):
        if name != "sichuan@":
            with pytest.raises(RulesError):
                load_rules(name)


CEILINGS = [
    (date(2016, 3, 17), (35, 38, 45), "招考公告（2016）"),
    (date(2021, 2, 23), (35, 38, 45), "招考公告（2016）"),
    (date(2021, 2, 24), (40, 42, 45), "招考公告（2021）"),
    (date(2022, 6, 29), (40, 42, 45), "招考公告（2021）"),
    (date(2022, 6, 30), (40, 42, 45), "第1044号提案"),
    (date(2026, 11, 22), (40, 42, 45), "第1044号提案"),
]


@pytest.mark.parametrize(("on", "expected", "source"), CEILINGS)
def test_the_values_in_force_on_a_date(on: date, expected: tuple[int, ...], source: str) -> None:
    params = parameters_for(on)
    paths = [f"age.ceiling.{band}" for band in ("base", "autonomous", "commendation")]
    assert tuple(params[path] for path in paths) == expected
    assert all(source in params.cite(path) for path in paths)


def test_nothing_is_in_force_before_the_first_call() -> None:
    assert load_rules().since == date(2016, 3, 17)
    with pytest.raises(RulesError, match="2016-03-17"):
        parameters_for(date(2016, 3, 16))


def test_a_date_never_sees_a_later_value_or_document() -> None:
    day = date(2016, 3, 17)
    while day < date(2023, 1, 1):
        for path, value in load_rules().at(day).items():
            assert value.since <= day, path
            assert value.citation.date <= day, path
        day += timedelta(days=1)


def test_every_value_has_its_source() -> None:
    for parameter in load_rules().parameters.values():
        assert parameter.words
        for value in parameter.values:
            assert value.citation.document
            assert value.citation.part


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("age.minimum", 17),
        ("education.floor", "junior_middle"),
        ("education.floor_tibetan", "primary"),
        ("bar.criminal_record", "off"),
    ],
)
def test_no_call_goes_below_a_legal_floor(path: str, value: object) -> None:
    with pytest.raises(RulesError, match="法定底线"):
        parameters_for(ON, overrides=[override(path, value)])


@pytest.mark.parametrize(
    ("path", "value"), [("age.minimum", 19), ("education.floor", "bachelor"), ("age.ceiling.base", 43)]
)
def test_a_call_may_go_above(path: str, value: object) -> None:
    params = parameters_for(ON, overrides=[override(path, value)])
    assert params[path] == value
    assert "川组函〔2026〕1号" in params.cite(path)
    assert params.values[path].reason == "省级公务员主管部门批准"


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (Override("age.ceiling.base", 43, "", "文件"), "理由"),
        (Override("age.ceiling.base", 43, "理由", " "), "依据"),
        (Override("age.ceiling.bass", 43, "理由", "文件"), "没有这项"),
        (Override("age.ceiling.base", "43", "理由", "文件"), "不能取"),
        (Override("age.ceiling.base", -1, "理由", "文件"), "不能取"),
        (Override("age.ceiling.base", True, "理由", "文件"), "不能取"),
        (Override("age.ceiling.base", 17, "理由", "文件"), "低于最低年龄"),
        (Override("age.autonomous_counties", ["000000"], "理由", "文件"), "不能取"),
        (Override("age.autonomous_counties", "510722", "理由", "文件"), "不能取"),
        (Override("post.qualifying", "party_secretary", "理由", "文件"), "不能取"),
        (Override("tenure.in_post", 1, "理由", "文件"), "不能取"),
        (Override("tenure.mode", "whenever", "理由", "文件"), "不能取"),
        (Override("education.floor_tibetan", "bachelor", "理由", "文件"), "涉藏"),
    ],
)
def test_an_override_that_cannot_be(change: Override, match: str) -> None:
    with pytest.raises(RulesError, match=match):
        parameters_for(ON, overrides=[change])


def test_parameters_survive_storage_in_any_order_of_keys() -> None:
    params = call(age__ceiling__base=43, age__autonomous_counties=["510722", "510104"])
    stored = json.loads(json.dumps(params.to_json(), sort_keys=True))
    again = Parameters.from_json(stored)
    assert again == params
    assert again.digest == params.digest
    person = born("1977-02-24")
    assert again.judge(person, PLAIN) == params.judge(person, PLAIN)
    assert parameters_for(ON).digest != params.digest


def test_a_new_version_leaves_old_calls_alone() -> None:
    """Rules of a later version judge new calls; a stored call keeps its own values and name."""
    raw = files("recruitment.eligibility").joinpath("data", "sichuan-2.toml").read_bytes()
    newer = parse_rules(
        raw.replace(b"version = 2\n", b"version = 3\n").replace(b"value = 40,", b"value = 43,")
    )
    old, new = parameters_for(ON), parameters_for(ON, newer)
    assert (old.ruleset, new.ruleset) == ("sichuan@2", "sichuan@3")
    assert (old["age.ceiling.base"], new["age.ceiling.base"]) == (40, 43)
    again = Parameters.from_json(json.loads(json.dumps(old.to_json())))
    assert again.judge(born("1979-01-01"), PLAIN).verdict == "ineligible"
    assert new.judge(born("1979-01-01"), PLAIN).verdict == "eligible"
    assert new.judge(cadre(), PLAIN).ruleset == "sichuan@3"


def test_a_digest_names_the_file() -> None:
    raw = files("recruitment.eligibility").joinpath("data", "sichuan-2.toml").read_bytes()
    ruleset: RuleSet = parse_rules(raw)
    assert ruleset.digest == hashlib.sha256(raw).hexdigest()


@pytest.mark.parametrize("value", ["n", {"a": 1}, None])
def test_a_rule_file_with_a_wrong_value_is_refused(value: Any) -> None:
    raw = files("recruitment.eligibility").joinpath("data", "sichuan-1.toml").read_bytes()
    broken = raw.replace(b"value = 35,", f'value = "{value}",'.encode())
    with pytest.raises(RulesError, match=r"age\.ceiling\.base"):
        parse_rules(broken)
