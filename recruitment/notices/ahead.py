"""What the texts of many notices look up, read in a few queries before the first is written."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.orm import Session, defer, joinedload

from recruitment.areas.catalogue import PROVINCE_CODE
from recruitment.areas.models import County
from recruitment.calls.models import Call, Extension
from recruitment.workflow import engine
from workflows.schema import event as journal
from workflows.schema import timer

_HERE = "read ahead for notices"
EventKey = tuple[str, UUID, int]


def event_key(row: Row[Any]) -> EventKey:
    """The event that raised an outbox row."""
    return row.workflow, row.subject_id, row.event


@dataclass
class ReadAhead:
    """What was read.

    Attributes:
        areas: workflow and id of a subject → its area code.
        forms: event → what was filled in at it.
        timers: event and name → when the deadline is due that it set.
    """

    areas: dict[tuple[str, UUID], str] = field(default_factory=dict)
    forms: dict[EventKey, dict[str, Any] | None] = field(default_factory=dict)
    timers: dict[tuple[str, UUID, int, str], datetime] = field(default_factory=dict)
    # By call: closing time, county or none, person or none.
    _extensions: dict[UUID, list[tuple[datetime, str | None, UUID | None]]] = field(default_factory=dict)
    # The session itself forgets what nobody holds.
    _held: list[Any] = field(default_factory=list)

    @staticmethod
    def of(session: Session) -> "ReadAhead | None":
        """What was read for the rows at hand, within :func:`read_ahead`."""
        ahead: ReadAhead | None = session.info.get(_HERE)
        return ahead

    def area(self, row: Row[Any]) -> str:
        return self.areas.get((row.workflow, row.subject_id), PROVINCE_CODE)

    def closes_at(self, call: Call, county_code: str, user_id: UUID) -> datetime | None:
        """When registration closes for somebody; none if this call was not read."""
        if call.id not in self._extensions:
            return None
        later = [
            moment
            for moment, county, person in self._extensions[call.id]
            if (county is None and person is None) or county == county_code or person == user_id
        ]
        return max(call.registration_closes_at, *later) if later else call.registration_closes_at

    def _read_extensions(self, session: Session) -> None:
        calls = {subject.call_id for subject in self._held if hasattr(subject, "call_id")}
        self._extensions = {call: [] for call in calls}
        for row in session.execute(
            sa.select(Extension.call_id, Extension.closes_at, Extension.county_code, Extension.user_id).where(
                Extension.call_id.in_(calls)
            )
        ):
            self._extensions[row.call_id].append((row.closes_at, row.county_code, row.user_id))

    def _read_subjects(self, session: Session, rows: Sequence[Row[Any]]) -> None:
        ids: dict[str, set[UUID]] = {}
        for row in rows:
            ids.setdefault(row.workflow, set()).add(row.subject_id)
        for workflow, of in ids.items():
            model: Any = engine().flows[workflow].model
            query = sa.select(model).where(model.id.in_(of))
            names = [name for name in ("call", "position", "application") if hasattr(model, name)]
            query = query.options(
                *(joinedload(getattr(model, name)) for name in names), *_without_forms(model)
            )
            for subject in session.scalars(query):
                self._held.append(subject)
                self.areas[workflow, subject.id] = subject.area_code
        counties = {subject.position.county_code for subject in self._held if hasattr(subject, "position")}
        if len(counties) > 1:
            self._held += session.scalars(sa.select(County).where(County.code.in_(counties)))

    def _read_events(self, session: Session, rows: Sequence[Row[Any]]) -> None:
        keys = {event_key(row) for row in rows}
        event = journal.c
        self.forms.update(
            {
                (row.workflow, row.subject_id, row.seq): row.form
                for row in session.execute(
                    sa.select(event.workflow, event.subject_id, event.seq, event.form).where(
                        sa.tuple_(event.workflow, event.subject_id, event.seq).in_(keys)
                    )
                )
            }
        )
        set_by = sa.select(timer.c.workflow, timer.c.subject_id, timer.c.set_by, timer.c.name, timer.c.due_at)
        for row in session.execute(
            set_by.where(sa.tuple_(timer.c.workflow, timer.c.subject_id, timer.c.set_by).in_(keys))
        ):
            self.timers[row.workflow, row.subject_id, row.set_by, row.name] = row.due_at


def _without_forms(model: Any) -> list[Any]:
    """Whole application forms are long, and no text quotes one."""
    long = [name for name, column in sa.inspect(model).columns.items() if isinstance(column.type, sa.JSON)]
    return [defer(getattr(model, name)) for name in long]


@contextmanager
def read_ahead(session: Session, rows: Sequence[Row[Any]]) -> Iterator[ReadAhead]:
    """Read what the texts of these rows will ask for. Within it, ``context`` asks here first."""
    ahead = ReadAhead()
    ahead._read_subjects(session, rows)
    ahead._read_extensions(session)
    ahead._read_events(session, rows)
    session.info[_HERE] = ahead
    try:
        yield ahead
    finally:
        del session.info[_HERE]
