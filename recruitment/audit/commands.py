"""``recruitment audit``: is the journal whole, does it explain every state, and the seal to publish."""

import json
import sys
from datetime import UTC, datetime
from typing import Any

import click
from sqlalchemy.orm import Session

from recruitment.workflow import engine
from recruitment.workflow_commands import database
from workflows import seals
from workflows.verify import Finding, Report
from workflows.verify import replay as replay_journal
from workflows.verify import verify as verify_journal


@click.group()
def audit() -> None:
    """Check the journal of the database that DATABASE_URL names."""


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
@click.option("--published", help="A root that was published (hexadecimal): a seal with it must exist.")
def verify(as_json: bool, published: str | None) -> None:
    """Find every event that was changed, deleted, inserted, moved or cut off.

    Exit code 0 if the journal is whole, 1 if not.
    """
    try:
        root = bytes.fromhex(published) if published else None
    except ValueError:
        raise click.BadParameter("not hexadecimal", param_hint="--published") from None
    _answer(_ask(verify_journal, published=root), as_json)


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document instead of lines.")
def replay(as_json: bool) -> None:
    """Compute every state from the journal alone and compare. Exit code 1 where they differ."""
    _answer(_ask(replay_journal), as_json)


@audit.command()
def seal() -> None:
    """Seal what has moved since the last seal, and print the root to publish."""
    with Session(database()) as session, session.begin():
        made = seals.make(session, _tables(), datetime.now(UTC))
    click.echo(f"{made.id}\t{made.sealed_at:%Y-%m-%dT%H:%M:%SZ}\t{made.leaves}\t{made.root.hex()}")


def _tables() -> dict[str, Any]:
    return {name: flow.table for name, flow in engine().flows.items()}


def _ask(question: Any, **arguments: Any) -> Report:
    report: Report = question(database(), _tables(), **arguments)
    return report


def _answer(report: Report, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_data(report), ensure_ascii=False, indent=2))
    else:
        for finding in report.findings:
            place = " ".join(
                str(part) for part in (finding.workflow, finding.subject_id, finding.seq) if part
            )
            click.echo(f"{finding.kind}\t{place}\t{finding.words}")
        verdict = "whole" if report.whole else f"{len(report.findings)} findings"
        click.echo(f"{report.events} events, {report.subjects} subjects, {report.seals} seals: {verdict}")
    if not report.whole:
        sys.exit(1)


def _data(report: Report) -> dict[str, Any]:
    return {
        "whole": report.whole,
        "events": report.events,
        "subjects": report.subjects,
        "seals": report.seals,
        "findings": [_finding(finding) for finding in report.findings],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "workflow": finding.workflow,
        "subject": None if finding.subject_id is None else str(finding.subject_id),
        "event": finding.seq,
        "words": finding.words,
    }
