"""Very many subjects in chunks, with progress to watch; after a kill it goes on and does no row twice.

A batch writes down whom it concerns and in which version. Each chunk is one transaction that moves its rows
and marks them done; what was not committed is simply done again.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, insert, literal, null, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session, sessionmaker

from workflows import bulk
from workflows.bulk import Excluded, FiredMany, Request
from workflows.judge import Flow
from workflows.schema import batch, batch_item
from workflows.statements import Parameter, text_of
from workflows.terms import Actor, Reason, Refused


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch has come. ``excluded`` counts those that could not move when it was their turn."""

    key: str
    total: int
    done: int
    moved: int
    finished_at: datetime | None

    @property
    def excluded(self) -> int:
        return self.done - self.moved


def fire_once(session: Session, request: Request, key: str, *, partial: bool, token: str | None) -> FiredMany:
    """``bulk.fire`` under a request key: the second call waits for the first and gets its answer."""
    session.flush()
    with session.begin_nested():
        if not _claim(session, request, key):
            row = _same(session, request, key)
            return FiredMany(row.moved, excluded(session, key), row.started_at, replayed=True)
        fired = bulk.fire(session, request, partial=partial, token=token)
        _exclude(session, key, fired.excluded)
        total = fired.moved + len(fired.excluded)
        done = {"total": total, "done": total, "moved": fired.moved, "finished_at": request.now}
        session.execute(update(batch).where(batch.c.key == key).values(done))
    return fired


def begin(session: Session, request: Request, key: str, *, token: str | None) -> Progress:
    """Write down whom a batch concerns. Who cannot move now is excluded at once, with the reasons."""
    request.check()
    session.flush()
    if not _claim(session, request, key):
        _same(session, request, key)
        return progress(session, key)
    seen = bulk.overview(session, request)
    if token is not None and token != seen.token:
        raise bulk.PreviewStale([request.flow.registry.say("preview_stale")])
    left_out = bulk.excluded(session, request) if seen.ready < seen.selected else ()
    _exclude(session, key, left_out)
    statement = text_of(
        insert(batch_item).from_select(
            ["key", "position", "subject_id", "version", "outcome"],
            select(
                Parameter("p_key"),
                literal(len(left_out)) + func.row_number().over(order_by=request.flow.table.c.id),
                request.flow.table.c.id,
                request.flow.table.c.state_version,
                null(),
            ).where(request.selected, request.movable),
        )
    )
    session.connection().exec_driver_sql(statement, request.parameters() | {"p_key": key})
    total = session.scalar(select(func.count()).where(batch_item.c.key == key)) or 0
    session.execute(update(batch).where(batch.c.key == key).values(total=total, done=len(left_out)))
    return progress(session, key)


def run(
    sessions: sessionmaker[Session],
    flows: Mapping[str, Flow],
    key: str,
    *,
    now: Callable[[], datetime],
    chunk: int,
    report: Callable[[Progress], None] | None = None,
) -> Progress:
    """Work through a batch, chunk by chunk, each in its own transaction. Safe to call again at any time."""
    while True:
        with sessions.begin() as session:
            state = _chunk(session, flows, key, now(), chunk)
        if report is not None:
            report(state)
        if state.finished_at is not None:
            return state


def _chunk(session: Session, flows: Mapping[str, Flow], key: str, now: datetime, size: int) -> Progress:
    # One worker at a time; a second one waits here and goes on with the next chunk.
    row = session.execute(select(batch).where(batch.c.key == key).with_for_update()).one()
    if row.finished_at is not None:
        return progress(session, key)
    until = min(row.done + size, row.total)
    request = Request(flows[row.workflow], row.trigger, [], _actor(row.actor), now, row.form)
    mine = [
        batch_item.c.key == key,
        batch_item.c.position > row.done,
        batch_item.c.position <= until,
        batch_item.c.outcome.is_(None),
    ]
    table = request.flow.table
    where = [*mine, table.c.id == batch_item.c.subject_id, table.c.state_version == batch_item.c.version]
    moved = sum(
        bulk.move(session, request, definition, step, where, batch=key)[0]
        for definition, step in request.steps
    )
    left = select(table).join(batch_item, batch_item.c.subject_id == table.c.id).where(*mine)
    left_out = bulk.explain(session, request, session.execute(left).all())
    for item in left_out:
        session.execute(
            update(batch_item)
            .where(*mine, batch_item.c.subject_id == item.subject_id)
            .values(outcome="excluded", reasons=_plain(item.reasons))
        )
    done: dict[str, Any] = {"done": until, "moved": batch.c.moved + moved}
    if until == row.total:
        done["finished_at"] = now
    session.execute(update(batch).where(batch.c.key == key).values(done))
    return progress(session, key)


def progress(session: Session, key: str) -> Progress:
    """How far the batch is. ``LookupError`` if there is none."""
    row = session.execute(select(batch).where(batch.c.key == key)).one_or_none()
    if row is None:
        raise LookupError(key)
    return Progress(key, row.total, row.done, row.moved, row.finished_at)


def excluded(session: Session, key: str) -> tuple[Excluded, ...]:
    """Whom a batch left out, and why."""
    c = batch_item.c
    query = select(c.subject_id, c.reasons).where(c.key == key, c.outcome == "excluded").order_by(c.position)
    return tuple(Excluded(id_, tuple(Reason(*item) for item in why)) for id_, why in session.execute(query))


def _claim(session: Session, request: Request, key: str) -> bool:
    """Make the batch row; false if there is one. Waits for a transaction that is just making it."""
    values = {
        "key": key,
        "workflow": request.flow.name,
        "trigger": request.trigger,
        "actor": _actor_json(request.actor),
        "form": None if request.form is None else dict(request.form),
        "started_at": request.now,
    }
    claim = upsert(batch).values(values).on_conflict_do_nothing().returning(batch.c.key)
    return session.execute(claim).one_or_none() is not None


def _same(session: Session, request: Request, key: str) -> Row[Any]:
    row = session.execute(select(batch).where(batch.c.key == key)).one()
    form = json.loads(json.dumps(request.form)) if request.form else None
    asked = (request.flow.name, request.trigger, request.actor.name, form)
    if (row.workflow, row.trigger, _actor(row.actor).name, row.form or None) != asked:
        raise Refused([request.flow.registry.say("key_reused")])
    return row


def _exclude(session: Session, key: str, items: Iterable[Excluded]) -> None:
    rows = [
        {
            "key": key,
            "position": position,
            "subject_id": item.subject_id,
            "version": 0,
            "outcome": "excluded",
            "reasons": _plain(item.reasons),
        }
        for position, item in enumerate(items, start=1)
    ]
    if rows:
        session.execute(insert(batch_item), rows)


def _plain(reasons: Iterable[Reason]) -> list[list[str | None]]:
    return [[reason.code, reason.words, reason.citation] for reason in reasons]


def _actor_json(actor: Actor) -> dict[str, Any]:
    return {
        "id": None if actor.id is None else str(actor.id),
        "grants": [list(grant) for grant in actor.grants],
        "system": actor.system_name,
    }


def _actor(data: Mapping[str, Any]) -> Actor:
    grants = tuple((role, area) for role, area in data["grants"])
    return Actor(None if data["id"] is None else UUID(data["id"]), grants, data["system"])
