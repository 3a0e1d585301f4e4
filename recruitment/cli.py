"""The ``recruitment`` command.

Each subject brings its own commands in a module of its own. They are imported when called, so that
``recruitment rank`` neither loads Flask nor needs a database.
"""

import sys
from importlib import import_module

import click

# name → "module:attribute" of a click command or group
COMMANDS = {
    "eligibility": "recruitment.eligibility.commands:eligibility",
    "exam": "recruitment.exam.commands:exam",
    "notices": "recruitment.notices.commands:notices",
    "rank": "recruitment.selection.commands:rank",
    "workflow": "recruitment.workflow_commands:workflow",
    "keys": "recruitment.people.commands:keys",
    "audit": "recruitment.audit.commands:audit",
    "db": "recruitment.db_commands:db",
    "serve": "recruitment.serve:serve",
}


# PostgreSQL's codes for a table, column or schema that is not there
MISSING_TABLE = ("42P01", "42703", "3F000")


class LazyGroup(click.Group):
    """A group whose subcommands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except Exception as error:
            words = _of_the_database(error)
            if words is None:
                raise
            raise click.ClickException(words) from error


def _of_the_database(error: Exception) -> str | None:
    """One line for what is wrong with settings or database; ``None``: a fault of the program."""
    # Commands that need no database have not imported these.
    if (config := sys.modules.get("recruitment.config")) and isinstance(error, config.ConfigurationError):
        return str(error)
    if (sa := sys.modules.get("sqlalchemy.exc")) and isinstance(error, sa.DBAPIError):
        if isinstance(error, sa.OperationalError):
            return f"the database cannot be reached: {str(error.orig).splitlines()[0]}"
        if getattr(error.orig, "sqlstate", None) in MISSING_TABLE:
            return "the database has not the tables of this version: recruitment db upgrade makes them"
    return None


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="recruitment")
def main() -> None:
    """Directed recruitment of township civil servants: run it, check it, compute with it."""


if __name__ == "__main__":
    main()
