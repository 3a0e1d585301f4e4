"""``recruitment db``: bring a database to the shape that this version of the program needs."""

import os
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util import CommandError

import recruitment
from recruitment.areas import operations as areas
from recruitment.config import psycopg_url

# The journal's columns are virtual ones, and a transition reads the row as it was before (RETURNING old).
OLDEST_SERVER = 18
MIGRATIONS = Path(__file__).with_name("migrations")


def target_metadata() -> list[sa.MetaData]:
    """The tables of every model, and of the workflow engine."""
    home = Path(recruitment.__path__[0])
    for file in sorted(home.rglob("models.py")):
        import_module(".".join(("recruitment", *file.relative_to(home).with_suffix("").parts)))
    collections = [import_module("recruitment.database").Base.metadata]
    if find_spec("workflows.schema"):
        collections.append(import_module("workflows.schema").metadata)
    return collections


def alembic_config(url: str, models: bool = True) -> Config:
    """Alembic's settings for one database; there is no ``alembic.ini``.

    Args:
        url: the database.
        models: whether the models are needed, to compare them with the tables; steps are taken without them.
    """
    config = Config()
    # Alembic reads options through configparser, to which a percent sign means something.
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = url
    config.attributes["models"] = models
    return config


class ServerTooOld(CommandError):
    """The database server lacks what the tables and statements rest on."""


def require_version(url: str) -> None:
    """:raises ServerTooOld: the server at ``url`` is older than :data:`OLDEST_SERVER`."""
    engine = sa.create_engine(psycopg_url(url), poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        number = int(connection.exec_driver_sql("SHOW server_version_num").scalar_one())
    if number // 10000 < OLDEST_SERVER:
        raise ServerTooOld(f"PostgreSQL {OLDEST_SERVER} or newer is needed; this server is {number // 10000}")


def upgrade_database(url: str, revision: str = "head") -> None:
    """Migrate the database at ``url`` forward; does nothing when it is there already.

    Raises:
        ServerTooOld: see :func:`require_version`.
    """
    require_version(url)
    command.upgrade(alembic_config(url, models=False), revision)


def load_areas(url: str) -> None:
    """Bring the counties, townships and communities of the database at ``url`` up to the package's catalogue."""
    engine = sa.create_engine(psycopg_url(url), poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        areas.load(connection)


def downgrade_database(url: str, revision: str) -> None:
    """Migrate the database at ``url`` back to ``revision`` (``"base"``: to nothing)."""
    command.downgrade(alembic_config(url, models=False), revision)


@click.group()
@click.option("--url", default=lambda: os.environ.get("DATABASE_URL", ""), help="Default: $DATABASE_URL.")
@click.pass_context
def db(context: click.Context, url: str) -> None:
    """Create, upgrade and check the database's tables."""
    if not url:
        raise click.ClickException("DATABASE_URL is not set; see docs/configuration.md")
    context.obj = url


@db.command()
@click.argument("revision", default="head")
@click.pass_obj
def upgrade(url: str, revision: str) -> None:
    """Migrate forward, by default to the newest revision, and load the catalogue of areas."""
    _run(lambda: upgrade_database(url, revision))
    if revision == "head":
        load_areas(url)


@db.command()
@click.argument("revision")
@click.pass_obj
def downgrade(url: str, revision: str) -> None:
    """Migrate back to REVISION: a revision, "-1" or "base"."""
    _run(lambda: downgrade_database(url, revision))


@db.command()
@click.option("-m", "--message", required=True, help="What the step does, in the imperative.")
@click.pass_obj
def revision(url: str, message: str) -> None:
    """Write the step from the database's shape to that of the models."""
    _run(lambda: command.revision(alembic_config(url), message, autogenerate=True))


@db.command()
@click.pass_obj
def check(url: str) -> None:
    """Fail when the tables are not what the models describe."""
    _run(lambda: command.check(alembic_config(url)))


def _run(step: Callable[[], object]) -> None:
    try:
        step()
    except CommandError as error:
        raise click.ClickException(str(error).strip().splitlines()[0]) from error
