"""People files as tables, and answers as tables."""

import csv
import json
import os
import tracemalloc
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from recruitment.eligibility.answers import HEADER
from recruitment.eligibility.commands import eligibility
from recruitment.eligibility.files import COLUMNS, read_people
from recruitment.eligibility.vocabulary import DECLARATIONS

DATA = Path(__file__).parent / "data"


def check(people: Path, out: Path) -> Result:
    args = ["check", str(people), "--reference-date", "2021-02-24", "--out", str(out)]
    return CliRunner().invoke(eligibility, args)


def answers(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def table(people: list[dict[str, Any]]) -> tuple[list[str], list[list[Any]]]:
    """The same people in columns."""
    rows = []
    for person in people:
        row: dict[str, Any] = {"id": person["id"], "birth_date": person["birth_date"]}
        row |= {"education": person["education"], "position_county": person["position"]["county"]}
        for kind, fields in (("posts", ("post", "community", "from", "to")),):
            if person[kind] == []:
                row[kind] = "无"
            for number, item in enumerate(person[kind] or [], 1):
                row |= {f"{field}_{number}": item[field] for field in fields}
        if person["commendations"] == []:
            row["commendations"] = "无"
        for number, item in enumerate(person["commendations"] or [], 1):
            row[f"commendation_{number}"] = "是" if item["comprehensive"] else "否"
            row[f"commendation_date_{number}"] = item["date"]
        row |= {f"appraisal_{item['year']}": item["result"] for item in person["appraisals"]}
        for key, answer in person["declarations"].items():
            row[key] = None if answer is None else "是" if answer else "否"
        rows.append(row)
    header = list(dict.fromkeys(name for row in rows for name in row))
    return header, [[row.get(name) for name in header] for row in rows]


PEOPLE = answers(DATA / "people_example.jsonl")
EXPECTED = answers(DATA / "verdicts_example.jsonl")


def write_csv(path: Path, header: list[str], rows: list[list[Any]], encoding: str = "utf-8") -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([header, *rows])


def write_xlsx(path: Path, header: list[str], rows: list[list[Any]]) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in [header, *rows]:
        book.active.append(row)
    book.save(path)


@pytest.mark.parametrize(
    "kind", ["csv", "csv with a mark", "csv in GB 18030", "xlsx", "xlsx with typed cells"]
)
def test_a_table_answers_as_the_lines_do(kind: str, tmp_path: Path) -> None:
    header, rows = table(PEOPLE)
    if kind.startswith("xlsx"):
        path = tmp_path / "people.xlsx"
        if kind.endswith("typed cells"):
            # As people type them: real dates, and codes as numbers.
            rows = [[typed(name, cell) for name, cell in zip(header, row, strict=True)] for row in rows]
        write_xlsx(path, header, rows)
    else:
        path = tmp_path / "people.csv"
        encodings = {"csv": "utf-8", "csv with a mark": "utf-8-sig", "csv in GB 18030": "gb18030"}
        write_csv(path, header, rows, encodings[kind])
    out = tmp_path / "out.jsonl"
    result = check(path, out)
    assert result.exit_code == 0, result.output
    assert [{key: a[key] for key in ("id", "verdict", "rules")} for a in answers(out)] == EXPECTED


def typed(name: str, cell: Any) -> Any:
    if cell is None:
        return None
    if "date" in name or name.startswith(("from_", "to_")):
        day = date.fromisoformat(cell)
        return datetime(day.year, day.month, day.day)  # noqa: DTZ001
    if name.startswith(("community", "position_county")):
        return int(cell)
    return cell


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_bad_cell_is_named_and_stops_no_other(kind: str, tmp_path: Path) -> None:
    header = ["id", "birth_date", "posts", "post_1", "commendation_1", "education"]
    rows = [
        ["a", "1990-01-01", "", "party_secretary", "是", "高中"],
        ["b", "1990-02-30", "", "", "", ""],
        ["c", "", "无", "party_secretary", "", ""],
        ["", "", "", "", "", "高中"],
        ["d", "", "", "", "大概", ""],
        ["", "", "", "", "", ""],
        ["e", "", "", "村支书", "", ""],
        ["f", "", "无", "", "", ""],
    ]
    path, out = tmp_path / f"people.{kind}", tmp_path / "out.jsonl"
    (write_csv if kind == "csv" else write_xlsx)(path, header, rows)
    assert check(path, out).exit_code == 1
    found = answers(out)
    assert [(a["id"], a.get("line")) for a in found] == [
        ("a", None),
        ("b", 3),
        ("c", 4),
        (None, 5),
        ("d", 6),
        ("e", 8),
        ("f", None),
    ]
    assert found[-1]["rules"]["post.serving"] == "fail"
    assert found[0]["rules"]["tenure.length"] == "unknown"


@pytest.mark.parametrize(
    ("number", "id_", "error"),
    [
        (7.0, "7", None),
        (510722100201.0, "510722100201", None),
        # More digits than a workbook keeps.
        (510722198505051234, None, "数字太长"),
    ],
)
def test_a_workbook_keeps_so_many_digits(
    number: float, id_: str | None, error: str | None, tmp_path: Path
) -> None:
    path, out = tmp_path / "people.xlsx", tmp_path / "out.jsonl"
    write_xlsx(path, ["education", "id"], [["高中", number], ["高中", "last"]])
    assert check(path, out).exit_code == (0 if error is None else 1)
    found, last = answers(out)
    assert (found["id"], last["id"]) == (id_, "last")
    assert (error or "") in found.get("error", "")


@pytest.mark.parametrize(
    "row",
    ["5.10722E+17,高中", "a,高中,more", "a," + "长" * 150_000],
    ids=["rounded", "more cells", "too long"],
)
def test_a_bad_row_of_text_stops_no_other(row: str, tmp_path: Path) -> None:
    path, out = tmp_path / "people.csv", tmp_path / "out.jsonl"
    path.write_bytes(f"\ufeffid,education,\r\n{row}\r\n\r\nb,高中,\r\n".encode())
    assert check(path, out).exit_code == 1
    assert [(answer["id"], answer.get("line")) for answer in answers(out)] == [(None, 2), ("b", None)]


@pytest.mark.parametrize("header", [["id", "birthday"], ["birth_date"], ["id", "id"], ["id", "post_x"], []])
def test_columns_that_are_none(header: list[str], tmp_path: Path) -> None:
    path, out = tmp_path / "people.csv", tmp_path / "out.jsonl"
    out.write_text("of an earlier run", encoding="utf-8")
    write_csv(path, header, [["x"]])
    assert check(path, out).exit_code == 2
    assert out.read_text(encoding="utf-8") == "of an earlier run"


def test_a_workbook_that_is_none(tmp_path: Path) -> None:
    path = tmp_path / "people.xlsx"
    path.write_bytes(b"PK\x03\x04 not a workbook")
    assert check(path, tmp_path / "out.jsonl").exit_code == 2


def test_every_column_is_documented() -> None:
    text = (Path(__file__).parents[2] / "docs" / "eligibility.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in COLUMNS)
    assert set(DECLARATIONS) < set(COLUMNS)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_answers_as_a_table(kind: str, tmp_path: Path) -> None:
    people, out = tmp_path / "people.jsonl", tmp_path / f"out.{kind}"
    lines = [*PEOPLE, {"id": "=1+1", "education": "?"}]
    people.write_text("\n".join(json.dumps(person) for person in lines), encoding="utf-8")
    assert check(people, out).exit_code == 1
    if kind == "csv":
        rows = list(csv.reader(out.read_text(encoding="utf-8-sig").splitlines()))
    else:
        sheet = openpyxl.load_workbook(out).active
        assert sheet is not None
        rows = [[str(cell or "") for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert tuple(rows[0]) == HEADER
    for row, expected in zip(rows[1:], EXPECTED, strict=False):
        cells = dict(zip(HEADER, row, strict=True))
        assert (cells["id"], cells["verdict"]) == (expected["id"], expected["verdict"])
        assert {rule: cells[rule] for rule in expected["rules"]} == expected["rules"]
        assert bool(cells["reasons"]) == (expected["verdict"] != "eligible")
    last = dict(zip(HEADER, rows[-1], strict=True))
    assert last["id"] == ("'=1+1" if kind == "csv" else "=1+1")
    assert last["line"] == str(len(lines))
    assert last["error"]


def test_lines_are_read_one_at_a_time(tmp_path: Path) -> None:
    """The first person is there before the rest of the file is."""
    path = tmp_path / "people.jsonl"
    path.write_text('{"id": "a"}\n' + "x" * 100, encoding="utf-8")
    rows = read_people(path)
    assert next(rows).value == {"id": "a"}
    assert next(rows).error is not None


def peak_memory(people: int, folder: Path) -> int:
    """Bytes that a run over so many lines holds at most."""
    path = folder / f"{people}.jsonl"
    lines = (DATA / "people_example.jsonl").read_text(encoding="utf-8")
    path.write_text(lines * (people // len(PEOPLE)), encoding="utf-8")
    tracemalloc.start()
    try:
        assert check(path, Path(os.devnull)).exit_code == 0
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_stays_flat(tmp_path: Path) -> None:
    few, many = (peak_memory(people, tmp_path) for people in (60, 900))
    # The answers of the larger file alone are six megabytes.
    assert many - few < 1_000_000
