"""The command line: what it prints and with which code it ends."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine as Database
from sqlalchemy import text
from sqlalchemy.orm import Session

from recruitment.audit import commands as audit_commands
from recruitment.cli import main
from tests.workflows.conftest import unprotected
from tests.workflows.loan import DEFINITIONS, NOW, librarian, new_loan
from workflows.engine import Engine
from workflows.reading import DIRECTORY


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, arguments)
    return result.exit_code, result.output


def test_the_workflows_of_this_application_are_sound() -> None:
    code, said = run("workflow", "check")
    assert (code, said.split()[1]) == (0, "sound"), said


def test_a_fault_is_told_with_file_and_line(tmp_path: Path) -> None:
    faulty = tmp_path / "loan.toml"
    good = (DEFINITIONS / "loan.toml").read_text("utf-8")
    faulty.write_text(good.replace('sets = ["pickup"]', 'sets = ["later"]'), "utf-8")
    line = next(
        number for number, words in enumerate(faulty.read_text("utf-8").splitlines(), 1) if "later" in words
    )
    code, said = run("workflow", "check", str(faulty))
    assert code == 1
    assert f"{faulty}:{line}: unknown timer 'later'" in said


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ('guards = ["position_stands"', 'guards = ["position_stand"', "unknown guard 'position_stand'"),
        ('form = "undertaking"', 'form = "undertaken"', "unknown form 'undertaken'"),
        ('"application.submitted"', '"application.sent"', "unknown notice 'application.sent'"),
        ('{ role = "county_reviewer"', '{ role = "wizard"', "unknown role 'wizard'"),
        ('due = "', 'due = "never_', "unknown deadline 'never_"),
    ],
)
@pytest.mark.parametrize("name", ["application", "a_draft"])
def test_names_without_implementation_are_told_of_any_file(
    tmp_path: Path, name: str, before: str, after: str, words: str
) -> None:
    good = (DIRECTORY / "application.toml").read_text("utf-8")
    good = good.replace('name = "application"', f'name = "{name}"').replace(
        'guards = ["registration_open", "position_stands"', 'guards = ["position_stands"'
    )
    assert before in good
    file = tmp_path / "draft.toml"
    file.write_text(good, "utf-8")
    assert run("workflow", "check", str(file)) == (0, "1 sound\n")
    file.write_text(good.replace(before, after, 1), "utf-8")
    code, said = run("workflow", "check", str(file))
    assert code == 1
    assert words in said


def test_two_files_of_one_version_and_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    one, two, bad = (tmp_path / name for name in ("one.toml", "two.toml", "bad.toml"))
    for file in (one, two):
        file.write_bytes((DIRECTORY / "application.toml").read_bytes())
    bad.write_bytes('name = "x"\nlabel = "报名"\n'.encode("gbk"))
    code, said = run("workflow", "check", *map(str, (one, two, bad)))
    assert code == 1
    assert f"{two}:2: version 1 is also in one.toml" in said
    assert f"{bad}:2: not UTF-8 text" in said


def test_a_picture_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    code, said = run("workflow", "show", "call", "--output", str(tmp_path / "no" / "folder"))
    assert (code, said.count("\n")) == (1, 1)


@pytest.mark.parametrize("format_", ["svg", "mermaid", "bpmn", "json"])
def test_a_picture_is_printed_or_written(format_: str, tmp_path: Path) -> None:
    code, said = run("workflow", "show", "application", "--format", format_)
    assert code == 0
    assert "待县级初审" in said
    assert (
        run("workflow", "show", "application", "--format", format_, "--output", str(tmp_path / "x"))[0] == 0
    )
    assert (tmp_path / "x").read_text("utf-8") == said
    assert run("workflow", "show", "nothing")[0] == 1


def test_the_journal_is_checked_from_the_command_line(
    engine: Engine, session: Session, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the tests' own workflow in place of the application's."""
    monkeypatch.setenv("DATABASE_URL", database.url.render_as_string(hide_password=False))
    monkeypatch.setattr(audit_commands, "engine", lambda: engine)
    loan = new_loan(engine, session)
    engine.fire(session, loan, "approve", actor=librarian(), now=NOW + timedelta(hours=1))
    session.commit()
    code, said = run("audit", "verify", "--json")
    assert (code, json.loads(said)) == (
        0,
        {"whole": True, "events": 2, "subjects": 1, "seals": 0, "findings": []},
    )
    assert run("audit", "replay")[0] == 0
    root = run("audit", "seal")[1].split()[-1]
    assert run("audit", "verify", "--published", root)[0] == 0
    assert run("audit", "verify", "--published", "00" * 32)[0] == 1
    with unprotected(database) as connection:
        connection.execute(text("UPDATE workflow_event SET body = replace(body, 'librarian', 'owner')"))
        connection.commit()
    code, said = run("audit", "verify", "--json")
    (finding,) = json.loads(said)["findings"]
    assert code == 1
    assert (finding["kind"], finding["subject"], finding["event"]) == ("changed", str(loan.id), 2)
    code, said = run("audit", "verify")
    assert code == 1
    assert str(loan.id) in said


def test_without_a_database_one_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    code, said = run("audit", "verify")
    assert (code, said.count("\n")) == (1, 1)
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    code, said = run("audit", "verify")
    assert code == 1
    assert "cannot be reached" in said
