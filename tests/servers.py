"""PostgreSQL and Valkey for one run of the tests, and a migrated database to copy for every test process."""

import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from recruitment.db_commands import load_areas, upgrade_database
from recruitment.services import Postgres, Valkey, new_password

TEMPLATE = "recruitment_template"


@dataclass(frozen=True)
class Address:
    """How a test process reaches the servers; plain values, as they travel to xdist's workers."""

    postgres_port: int
    postgres_password: str
    valkey_port: int
    valkey_password: str

    def postgres(self, database: str, role: str = Postgres.ROLE) -> str:
        return f"postgresql://{role}:{self.postgres_password}@127.0.0.1:{self.postgres_port}/{database}"

    def valkey(self, database: int) -> str:
        return f"redis://:{self.valkey_password}@127.0.0.1:{self.valkey_port}/{database}"


class Servers:
    """Both servers, in a folder that goes when they do."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="recruitment-tests-"))
        log = self._folder / "log"
        self._postgres = Postgres(self._folder / "postgres", new_password(), log, durable=False)
        self._valkey = Valkey(self._folder / "valkey", new_password(), log, durable=False)

    def start(self) -> Address:
        self._postgres.start()
        self._valkey.start()
        url = self._postgres.create_database(TEMPLATE)
        upgrade_database(url)
        load_areas(url)
        return Address(self._postgres.port, self._postgres.password, self._valkey.port, self._valkey.password)

    def stop(self) -> None:
        self._valkey.stop()
        self._postgres.stop()
        shutil.rmtree(self._folder)


def create_database(address: Address, name: str) -> None:
    """A new database like the migrated one."""
    with psycopg.connect(address.postgres("postgres", "postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(Postgres.ROLE), sql.Identifier(TEMPLATE)
            )
        )


class Cleaner:
    """Empties a database between tests.

    Tests commit for real and from several connections at once, so there is no one transaction to roll back.
    Tables that the migrations filled are left alone.
    """

    def __init__(self, superuser_url: str) -> None:
        self._connection = psycopg.connect(superuser_url, autocommit=True)
        # Neither foreign keys nor triggers that keep a journal from being changed may stand in the way.
        self._connection.execute("SET session_replication_role = replica")
        self._connection.execute("SET lock_timeout = '5s'")
        tables = self._connection.execute(
            "SELECT schemaname, tablename FROM pg_tables"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        names = [sql.Identifier(*row) for row in tables]
        self._names = [name for name in names if not self._filled([name])]

    def _filled(self, names: list[sql.Identifier]) -> list[sql.Identifier]:
        if not names:
            return []
        row = self._connection.execute(
            sql.SQL("SELECT ")
            + sql.SQL(", ").join(sql.SQL("EXISTS (SELECT FROM {})").format(n) for n in names)
        ).fetchone()
        assert row is not None
        return [name for name, filled in zip(names, row, strict=True) if filled]

    def clean(self) -> None:
        for name in self._filled(self._names):
            self._connection.execute(sql.SQL("DELETE FROM {}").format(name))

    def close(self) -> None:
        self._connection.close()
