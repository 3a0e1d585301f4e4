"""A database with the engine's tables and a small library, empty before each test."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from sqlalchemy import Connection, create_engine, text
from sqlalchemy import Engine as Database
from sqlalchemy.orm import Session, sessionmaker

from tests.workflows.loan import Base, make_engine
from tests.workflows.server import database_server, new_database
from workflows.engine import Engine
from workflows.schema import metadata, protection


@pytest.fixture(scope="session")
def workflow_server() -> Iterator[str]:
    with database_server(durable=False) as url:
        yield url


@pytest.fixture(scope="session")
def _database(workflow_server: str) -> Iterator[Database]:
    with new_database(workflow_server, f"workflows_{uuid4().hex}") as url:
        database = create_engine(url, pool_size=20, max_overflow=40)
        metadata.create_all(database)
        Base.metadata.create_all(database)
        with database.begin() as connection:
            for statement in protection():
                connection.execute(text(statement))
        yield database
        database.dispose()


@contextmanager
def unprotected(database: Database) -> Iterator[Connection]:
    """A connection of somebody who may do anything, append-only or not."""
    with database.connect() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        connection.commit()
        yield connection
        connection.execute(text("RESET session_replication_role"))
        connection.commit()


@pytest.fixture
def database(_database: Database) -> Iterator[Database]:
    yield _database
    with unprotected(_database) as connection:
        for tables in (Base.metadata, metadata):
            for table in reversed(tables.sorted_tables):
                connection.execute(table.delete())


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with Session(database, expire_on_commit=False) as session:
        yield session


@pytest.fixture
def sessions(database: Database) -> sessionmaker[Session]:
    return sessionmaker(database, expire_on_commit=False)


@pytest.fixture(scope="session")
def engine() -> Engine:
    return make_engine()
