"""The command line as other programs use it: files in, answers out, exit codes."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recruitment.eligibility import parameters_for
from recruitment.eligibility.commands import eligibility, judge_row
from recruitment.eligibility.files import Row

DATA = Path(__file__).parent / "data"
ON = ("--reference-date", "2021-02-24")


def run(*args: str) -> Result:
    return CliRunner().invoke(eligibility, args)


def answers(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_check_answers_the_examples_in_order(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    result = run("check", str(DATA / "people_example.jsonl"), *ON, "--out", str(out))
    assert result.exit_code == 0, result.output
    expected = answers(DATA / "verdicts_example.jsonl")
    assert [{key: answer[key] for key in ("id", "verdict", "rules")} for answer in answers(out)] == expected
    fields = {"rule", "outcome", "measured", "limit", "cutoff", "citation", "message", "change"}
    for answer in answers(out):
        assert {reason["rule"]: reason["outcome"] for reason in answer["reasons"]} == answer["rules"]
        assert all(fields <= reason.keys() and reason["citation"] for reason in answer["reasons"])
        assert all(reason["change"] for reason in answer["reasons"] if reason["outcome"] != "pass")


BAD = {
    "not json": "{",
    "not an object": "[1, 2]",
    "no id": '{"birth_date": "1990-01-01"}',
    "no such day": '{"id": "x", "birth_date": "2001-02-29"}',
    "a compact date": '{"id": "x", "birth_date": "20010228"}',
    "an unknown level": '{"id": "x", "education": "wizard"}',
    "an unknown post": '{"id": "x", "posts": [{"post": "party_secretery"}]}',
    "text in place of a list": '{"id": "x", "posts": "none"}',
    "left before it began": '{"id": "x", "posts": [{"from": "2020-01-02", "to": "2020-01-01"}]}',
    "a number in place of a flag": '{"id": "x", "declarations": {"seconded": 0}}',
    "an unknown declaration": '{"id": "x", "declarations": {"secondd": true}}',
    "an appraisal of half a year": '{"id": "x", "appraisals": [{"year": 2020.5, "result": "competent"}]}',
    "a flag that is a day": '{"id": "x", "commendations": [{"comprehensive": "2020-01-01"}]}',
    "a thousand years": '{"id": "x", "position": {"years": 1000}}',
    "too deep": "[" * 100000,
    "a field twice": '{"id": "x", "birth_date": "1990-01-01", "birth_date": "1960-01-01"}',
    "a field twice within": '{"id": "x", "posts": [{"from": "2015-01-01", "from": "2020-01-01"}]}',
    "no number": '{"id": "x", "note": NaN}',
    "no number anywhere": "[-Infinity]",
    "a year that is none": '{"id": "x", "appraisals": [{"year": 20200, "result": "competent"}]}',
    "a number without end": '{"id": "x", "position": {"years": 1' + "0" * 4000 + "}}",
    "a number too long to read": '{"id": ' + "9" * 5000 + "}",
    "an empty id": '{"id": ""}',
    "an id that is a fraction": '{"id": 1.5}',
    "a thirteenth month": '{"id": "x", "birth_date": "1990-13-01"}',
    "two objects": '{"id": "x1"} {"id": "x2"}',
    "a county that is none": '{"id": "x", "position": {"county": "阆中"}}',
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_a_bad_line_is_named_and_stops_no_other(bad: str, tmp_path: Path) -> None:
    people, out = tmp_path / "people.jsonl", tmp_path / "out.jsonl"
    people.write_text(f'{{"id": "a"}}\n\n{bad}\n{{"id": "b"}}\n', encoding="utf-8")
    result = run("check", str(people), *ON, "--out", str(out))
    assert result.exit_code == 1
    first, error, last = answers(out)
    assert (first["id"], first["verdict"], last["id"]) == ("a", "unverified", "b")
    assert error.keys() == {"id", "error", "line"}
    assert error["line"] == 3
    assert error["id"] == ("x" if '"x"' in bad else None)
    assert error["error"]


def test_an_error_names_the_place_and_repeats_no_book(tmp_path: Path) -> None:
    people, out = tmp_path / "people.jsonl", tmp_path / "out.jsonl"
    people.write_text('{"id": \n' + json.dumps({"id": "x", "education": "y" * 10_000}), encoding="utf-8")
    assert run("check", str(people), *ON, "--out", str(out)).exit_code == 1
    cut, long = (answer["error"] for answer in answers(out))
    assert "第 7 个字符" in cut
    assert len(long) < 100


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\r\n  \n"])
def test_a_file_without_people_has_no_answers(content: bytes, tmp_path: Path) -> None:
    people, out = tmp_path / "people.jsonl", tmp_path / "out.jsonl"
    people.write_bytes(content)
    assert run("check", str(people), *ON, "--out", str(out)).exit_code == 0
    assert out.read_bytes() == b""


def test_what_editors_leave_in_a_file_is_no_error(tmp_path: Path) -> None:
    people, out = tmp_path / "people.jsonl", tmp_path / "out.jsonl"
    people.write_bytes('\ufeff{"id": "a", "sex": "女", "未知": 1}\r\n\r\n{"id": "b"}'.encode())
    assert run("check", str(people), *ON, "--out", str(out)).exit_code == 0
    assert [answer["id"] for answer in answers(out)] == ["a", "b"]


def test_a_line_that_is_not_utf8_is_a_bad_line(tmp_path: Path) -> None:
    people, out = tmp_path / "people.jsonl", tmp_path / "out.jsonl"
    people.write_bytes(b'{"id": "\xff"}\n{"id": "b"}\n')
    assert run("check", str(people), *ON, "--out", str(out)).exit_code == 1
    assert [answer["id"] for answer in answers(out)] == [None, "b"]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["", "x", "other", "competent", "510722", "2020-01-01", "0000-00-00"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["post", "from", "to", "year", "result", "county", "date"]), inner)
    ),
    max_leaves=8,
)
FIELDS = ["birth_date", "education", "position", "posts", "commendations", "appraisals", "declarations"]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no failure
@given(st.dictionaries(st.sampled_from(["id", *FIELDS]), JSON))
def test_whatever_a_line_holds_it_is_judged_or_named(value: dict[str, object]) -> None:
    answer = judge_row(Row(1, value, None), parameters_for(date(2021, 2, 24)))
    assert answer.keys() >= {"id", "verdict", "rules", "reasons"} or answer.keys() == {"id", "error", "line"}


def test_the_edges_of_the_calendar(tmp_path: Path) -> None:
    people, out = tmp_path / "people.jsonl", tmp_path / "out.jsonl"
    lines = [
        {"id": "\ud800", "birth_date": "9999-12-31", "posts": [{"post": "other", "from": "9999-12-31"}]},
        {"id": "b", "birth_date": "0001-01-01", "posts": [{"post": "party_secretary", "from": "0001-01-01"}]},
        {"id": "c", "posts": [{"post": "party_secretary", "from": "2020-01-01", "to": "9999-12-31"}]},
    ]
    people.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    assert run("check", str(people), *ON, "--out", str(out)).exit_code == 0
    assert [answer["id"] for answer in answers(out)] == ["\ud800", "b", "c"]
    assert run("windows", "--reference-date", "9999-12-31").exit_code == 2


def test_nothing_known_is_all_unknown(tmp_path: Path) -> None:
    people, out = tmp_path / "people.jsonl", tmp_path / "out.jsonl"
    people.write_text('{"id": 7}', encoding="utf-8")
    assert run("check", str(people), *ON, "--out", str(out)).exit_code == 0
    (answer,) = answers(out)
    assert answer["id"] == 7
    assert set(answer["rules"].values()) == {"unknown"}
    assert len(answer["rules"]) == 17


@pytest.mark.parametrize(
    "args",
    [
        ("check", str(DATA / "people_example.jsonl"), "--out", "-"),
        ("check", str(DATA / "people_example.jsonl"), "--reference-date", "2021-2-24", "--out", "-"),
        ("check", str(DATA / "people_example.jsonl"), "--reference-date", "2021-02-30", "--out", "-"),
        ("check", str(DATA / "people_example.jsonl"), "--reference-date", "2016-03-16", "--out", "-"),
        ("check", str(DATA / "people_example.jsonl"), *ON, "--rules", "utopia", "--out", "-"),
        ("check", str(DATA / "people_example.jsonl"), *ON, "--rules", "sichuan@99", "--out", "-"),
        ("check", str(DATA / "people_example.jsonl"), *ON, "--rules", "sichuan@", "--out", "-"),
        ("check", str(DATA / "people_example.jsonl"), *ON, "--rules", "sichuan@１", "--out", "-"),
        ("check", str(DATA / "people_example.jsonl"), *ON, "--out", str(DATA)),
        ("check", str(DATA), *ON, "--out", "-"),
        ("check", str(DATA / "missing.jsonl"), *ON, "--out", "-"),
        ("check", str(DATA / "people_example.jsonl"), *ON, "--out", str(DATA / "no" / "folder.jsonl")),
        ("check", str(DATA / "people_example.jsonl"), *ON, "--out", str(DATA / "people_example.jsonl")),
        ("check", __file__, *ON, "--out", "-"),
        ("windows", "--reference-date", "2021"),
        ("rules", "--at", "2001-01-01"),
    ],
)
def test_unusable_arguments(args: tuple[str, ...]) -> None:
    assert run(*args).exit_code == 2


def test_windows_are_dates() -> None:
    output = run("windows", *ON).output
    for day in ("2003-02-24", "1980-02-24", "1978-02-24", "1975-02-24"):
        assert day in output
    assert json.loads(run("windows", *ON, "--json", "--convention", "months").output)["base"] == "1980-02-01"


def test_rules_follow_the_date() -> None:
    before, after = (run("rules", "--at", day).output for day in ("2021-02-23", "2021-02-24"))
    for ceiling, text in (("35", before), ("40", after)):
        line = next(line for line in text.splitlines() if line.startswith("age.ceiling.base"))
        assert f"= {ceiling} 周岁" in line
    assert "招考公告（2021）" not in before
    assert "招考公告（2021）" in after
