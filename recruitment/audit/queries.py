"""Reading access records."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.applications.models import Application
from recruitment.audit.models import AccessRecord
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.exam.models import ExamRoom, Venue
from recruitment.people.models import Grant, User

PAGE = 50


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """Which records a list shows.

    Attributes:
        areas: the reader's areas; only acts of people whose grants reach into one of them are shown. A reader of
            the whole province sees every act.
        action: one kind of act.
        text: part of the name of who did it.
    """

    areas: tuple[str, ...]
    action: str = ""
    text: str = ""

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        found: list[sa.ColumnElement[bool]] = []
        if "51" not in self.areas:
            grant = sa.select(Grant.id).where(
                Grant.user_id == AccessRecord.user_id,
                sa.or_(sa.false(), *(Grant.area_code.startswith(area) for area in self.areas)),
            )
            found.append(grant.exists())
        if self.action:
            found.append(AccessRecord.action == self.action)
        if self.text:
            found.append(User.name.contains(self.text, autoescape=True))
        return found


@dataclass(frozen=True, slots=True)
class Act:
    """A record with the names of who did it and of what it was about."""

    record: AccessRecord
    actor: str
    subject: str


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of the records, the newest first; ``after`` is empty on the last."""

    rows: list[Act]
    after: str = ""


def page(session: Session, chosen: RecordFilter, after: str = "", limit: int = PAGE) -> Page:
    """One page.

    Args:
        after: the key given with the page before.

    Raises:
        ValueError: the key is not one of ours.
    """
    query = (
        sa.select(AccessRecord, User.name)
        .outerjoin(User, User.id == AccessRecord.user_id)
        .where(*chosen.conditions())
        .order_by(AccessRecord.at.desc(), AccessRecord.id.desc())
        .limit(limit + 1)
    )
    if after:
        moment, _, last = after.partition("~")
        query = query.where(
            sa.tuple_(AccessRecord.at, AccessRecord.id)
            < sa.tuple_(
                sa.literal(datetime.fromisoformat(moment), sa.DateTime(timezone=True)),
                sa.literal(uuid.UUID(last), sa.Uuid),
            )
        )
    found = [(record, name) for record, name in session.execute(query)]
    shown = found[:limit]
    subjects = _subjects(session, [record for record, _ in shown])
    rows = [
        Act(
            record,
            name or "",
            subjects.get((record.subject_kind, record.subject_id), ""),
        )
        for record, name in shown
    ]
    if len(found) <= limit:
        return Page(rows)
    last_shown = shown[-1][0]
    return Page(rows, f"{last_shown.at.isoformat()}~{last_shown.id}")


def _subjects(session: Session, records: Sequence[AccessRecord]) -> dict[tuple[str, str], str]:
    """What the records were about, in words: one query for each kind."""
    words = {
        "call": sa.select(Call.id, Call.title),
        "application": sa.select(Application.id, Application.receipt_number),
        "user": sa.select(User.id, User.name),
        "candidate": sa.select(Candidate.id, User.name).join(User, User.id == Candidate.owner_id),
        "exam_room": sa.select(
            ExamRoom.id,
            Venue.name + sa.literal("第") + sa.cast(ExamRoom.number, sa.String) + sa.literal("考场"),
        ).join(Venue),
        "exam_venue": sa.select(Venue.id, Venue.name),
    }
    found: dict[tuple[str, str], str] = {}
    for kind, query in words.items():
        ids = {uuid.UUID(record.subject_id) for record in records if record.subject_kind == kind}
        if ids:
            rows = session.execute(query.where(query.selected_columns.id.in_(ids)))
            found |= {(kind, str(id_)): name or "" for id_, name in rows}
    return found


def actions(session: Session) -> list[str]:
    """Every kind of act on record."""
    return list(session.scalars(sa.select(AccessRecord.action).distinct().order_by(AccessRecord.action)))
