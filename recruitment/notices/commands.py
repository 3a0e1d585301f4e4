"""``recruitment notices``: what leaves by the clock."""

from datetime import UTC, datetime
from typing import BinaryIO

import click

from recruitment.app import create_app
from recruitment.clock import SHANGHAI, now
from recruitment.config import ConfigurationError
from recruitment.database import db
from recruitment.notices import bounces
from recruitment.reminders import operations, queries
from recruitment.reminders.rules import rules
from recruitment.wording import moment, official


@click.group()
def notices() -> None:
    """Notices and reminders."""


def _moment(context: click.Context, parameter: click.Parameter, value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        read = datetime.fromisoformat(value)
    except ValueError:
        raise click.BadParameter("write it like 2026-12-01T20:00, on a clock in Sichuan") from None
    return (read if read.tzinfo else read.replace(tzinfo=SHANGHAI)).astimezone(UTC)


@notices.command()
@click.option("--at", callback=_moment, help="As of this moment, by the data of today; needs --dry-run.")
@click.option("--dry-run", is_flag=True, help="Say who would get what; remind nobody.")
def reminders(at: datetime | None, dry_run: bool) -> None:
    """Remind everybody who is due now, as the schedule does every five minutes."""
    if at and not dry_run:
        raise click.UsageError("--at needs --dry-run: nobody can be reminded at another time than now")
    try:
        app = create_app()
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from error
    with app.app_context(), official():
        try:
            if dry_run:
                _say(at or now())
            else:
                _remind()
        finally:
            db.session.rollback()
            db.engine.dispose()


def _say(at: datetime) -> None:
    found = queries.every_due(db.session, at)
    for row in found:
        click.echo(f"{row.rule.name}\t{row.name}\t{row.number}\t{row.subject_id}\t{moment(row.deadline)}")
    click.echo(f"{len(found)} would be reminded at {at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}", err=True)


def _remind() -> None:
    for rule in rules().values():
        decided = operations.remind(db.session, rule, now())
        db.session.commit()
        click.echo(f"{len(decided)}\t{rule.name}")


@notices.command()
@click.argument("mail", type=click.File("rb"), default="-")
def bounce(mail: BinaryIO) -> None:
    """Take in one mail that came back (RFC 3464), from a file or standard input.

    For the mail server, in its aliases: "|recruitment notices bounce". The exit code is 0 whatever the mail is, so
    that the server does not answer an answer.
    """
    report = bounces.read(mail.read())
    if report is None:
        click.echo("no report of a failed mail of ours")
        return
    with create_app().app_context():
        news = bounces.fail(db.session, report.delivery_id, report.words, now(), of_address=report.of_address)
        db.session.commit()
        db.engine.dispose()
    click.echo(f"{report.delivery_id}\t{report.status}\t{'noted' if news else 'known'}")
