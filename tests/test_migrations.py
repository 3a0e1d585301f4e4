"""The steps to the models' tables can be taken, undone and taken again, and lead where the models say."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from click.testing import CliRunner
from psycopg import sql

from recruitment.cli import main
from recruitment.db_commands import alembic_config, db
from recruitment.services import Postgres, free_port
from tests.servers import Address

REVISIONS = [
    script.revision
    for script in reversed(list(ScriptDirectory.from_config(alembic_config("")).walk_revisions()))
]


@pytest.fixture
def empty_database(servers: Address, worker_number: int) -> Iterator[str]:
    """The URL of a database without tables, owned by the application's role."""
    name = sql.Identifier(f"migrations_{worker_number}")
    with psycopg.connect(servers.postgres("postgres", "postgres"), autocommit=True) as connection:
        owner = sql.Identifier(Postgres.ROLE)
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, owner))
        yield servers.postgres(name.as_string().strip('"'))
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def tables(url: str) -> set[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        return {name for (name,) in rows} - {"alembic_version"}


def test_a_step_written_from_the_models_makes_their_tables(empty_database: str, tmp_path: Path) -> None:
    config: Config = alembic_config(empty_database)
    config.set_main_option("version_locations", str(tmp_path))
    script = command.revision(config, "make the tables", autogenerate=True)
    assert script is not None
    assert not isinstance(script, list)
    # A step is what the database became on one day; it must not follow the program's later changes.
    assert "recruitment" not in Path(script.path).read_text()
    command.upgrade(config, "head")
    assert tables(empty_database)
    command.check(config)
    command.downgrade(config, "base")
    assert not tables(empty_database)


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_step_can_be_undone(empty_database: str, revision: str) -> None:
    config = alembic_config(empty_database)
    command.upgrade(config, revision)
    command.downgrade(config, "-1")
    command.upgrade(config, revision)
    command.downgrade(config, "base")
    assert not tables(empty_database)


@pytest.mark.parametrize("head", REVISIONS[-1:])
def test_the_last_step_leads_to_the_models(empty_database: str, head: str) -> None:
    command.upgrade(alembic_config(empty_database), head)
    command.check(alembic_config(empty_database))


@pytest.mark.parametrize("arguments", [["upgrade", "nowhere"], ["downgrade", "nowhere"]])
def test_an_unknown_step_is_one_line(empty_database: str, arguments: list[str]) -> None:
    outcome = CliRunner().invoke(db, ["--url", empty_database, *arguments])
    assert outcome.exit_code == 1
    assert outcome.output.startswith("Error: ")
    assert "nowhere" in outcome.output
    assert len(outcome.output.splitlines()) == 1


def test_an_unreachable_database_is_one_line() -> None:
    url = f"postgresql://u:secret@127.0.0.1:{free_port()}/x"
    outcome = CliRunner().invoke(main, ["db", "--url", url, "upgrade"])
    assert outcome.exit_code == 1
    assert outcome.output.startswith("Error: ")
    assert "secret" not in outcome.output
    assert len(outcome.output.splitlines()) == 1
