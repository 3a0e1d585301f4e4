"""``recruitment workflow``: check, show and migrate the workflows that this application runs."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workflows import diagram
from workflows.definition import Definition, Problem, Unsound
from workflows.reading import DIRECTORY, doubled, load, load_file, misnamed
from workflows.soundness import check as check_soundness
from workflows.soundness import unimplemented

if TYPE_CHECKING:
    from sqlalchemy import Engine as Database


@click.group()
def workflow() -> None:
    """Check, show and migrate workflow definitions."""


@workflow.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(files: tuple[Path, ...]) -> None:
    """Check FILES, or all definitions that come with the program.

    Prints every problem with file and line. Exit code 1 if there is one.
    """
    from recruitment.workflow import registry

    known = registry()
    problems: list[Problem] = []
    definitions: list[Definition] = []
    paths = files or sorted(DIRECTORY.glob("*.toml"))
    for path in paths:
        try:
            definition = load_file(path)
        except Unsound as unsound:
            problems += unsound.problems
            continue
        except OSError as error:
            raise click.UsageError(f"{path}: {error.strerror}") from error
        definitions.append(definition)
        # A draft may be called anything; where definitions are loaded from, names find them.
        problems += misnamed(definition) if path.resolve().parent == DIRECTORY.resolve() else []
        problems += check_soundness(definition) + unimplemented(definition, known)
    problems += doubled(definitions)
    for problem in problems:
        click.echo(str(problem))
    if problems:
        sys.exit(1)
    click.echo(f"{len(paths)} sound")


@workflow.command()
@click.argument("name")
@click.option("--format", "format_", type=click.Choice(diagram.FORMATS), default="mermaid", show_default=True)
@click.option("--version", type=int, help="An older version; the newest by default.")
@click.option("--current", help="Mark this state (SVG).")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file.")
def show(name: str, format_: str, version: int | None, current: str | None, output: Path | None) -> None:
    """Draw the workflow NAME."""
    versions = _load().get(name)
    if versions is None:
        raise click.ClickException(f"no workflow {name!r}")
    definition = versions.get(version or max(versions))
    if definition is None:
        raise click.ClickException(f"{name} has no version {version}")
    if current is not None and current not in definition.states:
        raise click.ClickException(f"{name} has no state {current!r}")
    picture = diagram.render(definition, format_, current=current)
    if output is None:
        click.echo(picture, nl=False)
        return
    try:
        output.write_text(picture, "utf-8")
    except OSError as error:
        raise click.ClickException(f"{output}: {error.strerror}") from error


def _load() -> dict[str, dict[int, Definition]]:
    try:
        return load()
    except Unsound as unsound:
        raise click.ClickException(str(unsound)) from None


@workflow.command()
@click.argument("name", default="application")
@click.option("--to", type=int, required=True, help="The version to move to.")
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
def migrate(name: str, to: int, dry_run: bool) -> None:
    """Move every subject of the workflow NAME to version TO, and report those that stay.

    The database is that of DATABASE_URL. Exit code 1 if some stay.
    """
    from sqlalchemy.orm import Session

    from recruitment.workflow import engine
    from workflows.terms import Actor
    from workflows.versions import migrate as move

    flow = engine().flows.get(name)
    if flow is None:
        raise click.ClickException(f"no workflow {name!r}")
    if to not in flow.versions:
        raise click.ClickException(f"{name} has no version {to}")
    with Session(database()) as session, session.begin():
        actor = Actor.system("migrate")
        done = move(session, flow, to, actor=actor, now=datetime.now(UTC), dry_run=dry_run)
    for group in done.moved:
        click.echo(f"{group.count}\tv{group.version} {group.state} → v{to} {group.target}")
    for group in done.residue:
        click.echo(f"{group.count}\tv{group.version} {group.state} stays: {group.why}")
    verb = "would move" if dry_run else "moved"
    stay = sum(group.count for group in done.residue)
    click.echo(f"{verb} {sum(group.count for group in done.moved)}, {stay} stay")
    if stay:
        sys.exit(1)


def database() -> "Database":
    """The database that DATABASE_URL names. Connections are closed after use."""
    from sqlalchemy import NullPool, create_engine

    from recruitment.config import psycopg_url

    url = os.environ.get("DATABASE_URL")
    if not url:
        raise click.ClickException("DATABASE_URL is not set: which database?")
    return create_engine(psycopg_url(url), poolclass=NullPool)
