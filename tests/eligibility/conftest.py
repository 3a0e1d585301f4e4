"""A connection for the rules as SQL, without the application around it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, create_engine

from recruitment.config import Settings, psycopg_url


@pytest.fixture(scope="session")
def engine(settings: Settings) -> Iterator[Engine]:
    engine = create_engine(psycopg_url(settings.database_url))
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """A transaction that is rolled back."""
    with engine.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()
