"""Double entry: two people read the same sheet, and only what both read alike is written."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from recruitment.audit.operations import record
from recruitment.calls.models import Call
from recruitment.people.models import User
from recruitment.selection import plans
from recruitment.selection.models import MarkEntry
from workflows.terms import Reason, Refused

Rows = Mapping[str, Mapping[str, str]]
"""Ticket number → column → cell."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that two people read differently; ``None`` where the candidate is missing in that file."""

    ticket: str
    column: str
    first: str | None
    second: str | None


def differences(first: Rows, second: Rows) -> Iterator[Difference]:
    """Every cell that differs, by ticket number; a candidate in one file only differs in every column."""
    if first == second:
        return
    for ticket in sorted(first.keys() | second.keys()):
        one, other = first.get(ticket), second.get(ticket)
        for column in one or other or ():
            mine = None if one is None else one.get(column)
            theirs = None if other is None else other.get(column)
            if mine != theirs:
                yield Difference(ticket, column, mine, theirs)


def stage_entry(
    session: Session,
    call: Call,
    stage: str,
    person: User,
    now: datetime,
    *,
    filename: str,
    sha256: str,
    rows: Rows,
    lines: Mapping[str, int] | None = None,
) -> MarkEntry:
    """Keep a checked sheet as the person's reading, to be confirmed; one that they had open is replaced.

    Args:
        lines: ticket number → its row in the file.

    Raises:
        Refused: the call is not the person's.
    """
    plans.check_in_charge(call, person)
    plans.lock(session, call)
    session.execute(
        sa.delete(MarkEntry).where(
            MarkEntry.call_id == call.id,
            MarkEntry.stage == stage,
            MarkEntry.entered_by == person.id,
            MarkEntry.agreed_at.is_(None),
        )
    )
    entry = MarkEntry(
        id=uuid.uuid4(),
        call_id=call.id,
        stage=stage,
        filename=filename,
        sha256=sha256,
        rows={ticket: dict(cells) for ticket, cells in rows.items()},
        lines=dict(lines or {}),
        entered_by=person.id,
        entered_at=now,
    )
    session.add(entry)
    session.flush()
    return entry


def counterpart(session: Session, entry: MarkEntry) -> MarkEntry | None:
    """The confirmed entry of somebody else that this one has to agree with: the one with most candidates in common."""
    others = session.scalars(
        sa.select(MarkEntry)
        .where(
            MarkEntry.call_id == entry.call_id,
            MarkEntry.stage == entry.stage,
            MarkEntry.entered_by != entry.entered_by,
            MarkEntry.confirmed_at.is_not(None),
            MarkEntry.agreed_at.is_(None),
        )
        .order_by(MarkEntry.confirmed_at)
    )
    common = [(len(entry.rows.keys() & other.rows.keys()), other) for other in others]
    best = max(common, key=lambda pair: pair[0], default=None)
    return best[1] if best and best[0] else None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What confirming led to: marks written, waiting for a second person, or differences to settle."""

    agreed: bool
    differences: tuple[Difference, ...] = ()


def confirm(
    session: Session,
    call: Call,
    entry_id: uuid.UUID,
    person: User,
    now: datetime,
    *,
    check: Callable[[Rows], list[Reason]],
    write: Callable[[Rows], None],
) -> Confirmed:
    """The person stands by their entry; where another person's agrees with it, the marks are written.

    Doing so twice does no harm.

    Args:
        check: what speaks against these rows now.
        write: writes the marks of rows that two people agree on.

    Raises:
        Refused: it is not the person's own entry, or the candidates have changed since the dry run.
    """
    plans.check_in_charge(call, person)
    plans.lock(session, call)
    entry = session.get(MarkEntry, entry_id, populate_existing=True)
    if entry is None or entry.call_id != call.id or entry.entered_by != person.id:
        raise Refused([Reason("not_yours", _("只能确认自己上传的成绩表。"))])
    if entry.agreed_at is not None:
        return Confirmed(agreed=True)
    entry.confirmed_at = entry.confirmed_at or now
    other = counterpart(session, entry)
    if other is None:
        if reasons := check(entry.rows):
            raise Refused(reasons)
        return Confirmed(agreed=False)
    found = tuple(differences(other.rows, entry.rows))
    if found:
        return Confirmed(agreed=False, differences=found)
    if reasons := check(entry.rows):
        raise Refused(reasons)
    write(entry.rows)
    entry.agreed_at = other.agreed_at = now
    record(
        session,
        person,
        "selection.marks",
        at=now,
        subject_kind="call",
        subject_id=call.id,
        detail={
            "stage": entry.stage,
            "candidates": len(entry.rows),
            "files": [other.sha256, entry.sha256],
            "first": str(other.entered_by),
        },
    )
    session.flush()
    return Confirmed(agreed=True)


def drop(session: Session, call: Call, entry_id: uuid.UUID, person: User, now: datetime) -> None:
    """Take back an entry that has not been agreed on: one's own, or as an admin somebody else's, on record.

    Raises:
        Refused: the call is not the person's, or the marks have been written.
    """
    plans.check_in_charge(call, person)
    plans.lock(session, call)
    entry = session.get(MarkEntry, entry_id, populate_existing=True)
    if entry is None or entry.call_id != call.id:
        return
    if entry.agreed_at is not None:
        raise Refused([Reason("already_written", _("这份成绩已经写入，改动请用成绩更正。"))])
    detail: dict[str, Any] = {"stage": entry.stage, "file": entry.sha256, "entered_by": str(entry.entered_by)}
    record(
        session,
        person,
        "selection.drop_entry",
        at=now,
        subject_kind="call",
        subject_id=call.id,
        detail=detail,
    )
    session.delete(entry)
    session.flush()
