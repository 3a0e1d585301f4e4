"""The command line as a whole: what is wrong with settings or database is one line, not a traceback."""

import pytest
from click.testing import CliRunner

from recruitment.cli import main
from tests.servers import Address


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("garbage", "DATABASE_URL must be like postgresql://"),
        ("mysql://somebody:secret@127.0.0.1/x", "DATABASE_URL must be like postgresql://"),
        ("postgresql://127.0.0.1:port/x", "DATABASE_URL must be like postgresql://"),
        ("postgresql://somebody:secret@127.0.0.1:1/x", "the database cannot be reached"),
    ],
)
@pytest.mark.parametrize(
    "command", [("db", "check"), ("audit", "verify"), ("audit", "seal"), ("workflow", "migrate", "--to", "1")]
)
def test_a_database_that_does_not_answer_is_one_line(
    command: tuple[str, ...], url: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    result = CliRunner().invoke(main, command)
    assert (result.exit_code, result.stdout) == (1, "")
    assert words in result.stderr
    assert result.stderr.count("\n") == 1
    assert "secret" not in result.stderr


def test_a_database_without_our_tables_says_how_to_make_them(
    servers: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", servers.postgres("postgres"))
    result = CliRunner().invoke(main, ["audit", "replay"])
    assert result.exit_code == 1
    assert result.stderr.endswith("recruitment db upgrade makes them\n")
