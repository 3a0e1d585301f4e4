"""What Alembic runs for every command; :mod:`recruitment.db_commands` hands it the database's URL."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from recruitment.config import psycopg_url
from recruitment.db_commands import target_metadata

# Two instances that start at once must not migrate at once. The number is arbitrary.
LOCK = 51_0000_2012


def render_item(kind: str, item: Any, autogen_context: AutogenContext) -> str | Literal[False]:
    """Write a column type of ours as the database's type: a step must not change when our code does."""
    if kind == "type" and isinstance(item, sa.types.TypeDecorator):
        impl: Any = item.impl_instance
        return f"sa.{impl!r}" if type(impl).__module__.startswith("sqlalchemy.sql") else False
    return False


def run() -> None:
    engine = sa.create_engine(psycopg_url(context.config.attributes["url"]), poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
        context.configure(
            connection=connection,
            target_metadata=target_metadata() if context.config.attributes["models"] else None,
            render_item=render_item,
            compare_type=True,
        )
        context.run_migrations()


if context.is_offline_mode():
    raise SystemExit("Writing the steps as SQL is not offered: some need to read the database.")
run()
