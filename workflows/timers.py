"""Deadlines: rows that fire transitions when they are due, once, however many workers look for them.

A timer is fired in a transaction of its own that holds the subject's row, so a worker that dies loses
nothing, and a person who acts on the subject at that moment wins or waits. The subject is locked before the
timer, as in every firing: nobody can wait for each other.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, insert, select, update
from sqlalchemy.orm import Session, sessionmaker

from workflows.bulk import Request, Selection
from workflows.engine import Engine
from workflows.judge import Flow
from workflows.registry import Scope
from workflows.schema import timer
from workflows.statements import Parameter, scope_of, text_of
from workflows.terms import Actor, Refused

# A refused timer is tried again after 1, 2, 4 … minutes, at last daily.
_LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rung:
    """What became of one due timer: ``fired``, ``refused`` (tried again later), ``moved`` or ``cleared``."""

    workflow: str
    subject_id: UUID
    timer: str
    due_at: datetime
    at: datetime
    outcome: str
    notices: tuple[UUID, ...] = ()


def run(
    engine: Engine,
    sessions: sessionmaker[Session],
    *,
    now: Callable[[], datetime],
    limit: int | None = None,
    report: Callable[[Rung], None] | None = None,
) -> list[Rung]:
    """Fire what is due, the earliest first, until nothing is left (or ``limit`` timers were dealt with).

    May run in any number of processes at once. ``now`` is asked before each timer; ``report`` is told of each
    after its commit.
    """
    rung: list[Rung] = []
    waiting = list(engine.flows.values())
    while waiting and (limit is None or len(rung) < limit):
        with sessions.begin() as session:
            one = _ring(engine, session, waiting[0], now())
        if one is None:
            waiting.pop(0)
            continue
        rung.append(one)
        if report is not None:
            report(one)
    return rung


def _ring(engine: Engine, session: Session, flow: Flow, now: datetime) -> Rung | None:
    """Deal with the timer that is due first and that nobody else is dealing with."""
    row = _take(session, flow, now)
    if row is None:
        return None
    subject = session.get_one(flow.model, row.subject_id)
    definition = flow.definition(subject)
    settings = definition.timers.get(row.name)

    def note(what: str, **values: Any) -> Rung:
        session.execute(update(timer).where(timer.c.id == row.id).values(values))
        return Rung(flow.name, row.subject_id, row.name, row.due_at, now, what)

    if settings is None:
        return note("cleared", ended_at=now, outcome="cleared")
    if settings.due:
        due = _due(session, engine, flow, settings.due, row)
        if due is None:
            return note("cleared", ended_at=now, outcome="cleared")
        if due > now:
            return note("moved", due_at=due, next_at=due)
    try:
        with session.begin_nested():
            system = Actor.system(f"timer.{row.name}")
            fired = engine.fire(session, subject, settings.fires, actor=system, now=now)
    except Refused as refusal:
        wait = min(timedelta(minutes=2 ** min(row.tries, 11)), _LONGEST_WAIT)
        reasons = [[reason.code, reason.words, reason.citation] for reason in refusal.reasons]
        return note("refused", tries=row.tries + 1, next_at=now + wait, refusal=reasons)
    _ended(session, row, fired.seq, now)
    return Rung(flow.name, row.subject_id, row.name, row.due_at, now, "fired", fired.notices)


def _ended(session: Session, row: Any, seq: int, now: datetime) -> None:
    """Record that the timer has fired. If its step set it again, the row waits anew and a copy is the record."""
    done = {"ended_at": now, "outcome": "fired", "ended_by": seq}
    if session.scalar(select(timer.c.set_by).where(timer.c.id == row.id)) == seq:
        kept = ("workflow", "subject_id", "name", "set_by", "set_at", "due_at", "next_at", "tries", "refusal")
        session.execute(insert(timer).values({name: getattr(row, name) for name in kept} | done))
    else:
        session.execute(update(timer).where(timer.c.id == row.id).values(done))


def _take(session: Session, flow: Flow, now: datetime) -> Any:
    """Lock the subject of the timer that is due first, then the timer. ``None`` if none is left."""
    earlier = timer.alias("earlier")
    mine = [timer.c.workflow == flow.name, timer.c.ended_at.is_(None), timer.c.next_at <= now]
    another_first = (
        select(earlier.c.id)
        .where(
            earlier.c.workflow == flow.name,
            earlier.c.subject_id == timer.c.subject_id,
            earlier.c.ended_at.is_(None),
            earlier.c.next_at <= now,
            func.row(earlier.c.next_at, earlier.c.id) < func.row(timer.c.next_at, timer.c.id),
        )
        .exists()
    )
    query = (
        select(timer.c.id)
        .join(flow.table, flow.table.c.id == timer.c.subject_id)
        .where(*mine, ~another_first)
        .order_by(timer.c.next_at, timer.c.id)
        .limit(1)
        .with_for_update(of=flow.table, skip_locked=True, key_share=True)
    )
    while (found := session.scalar(query)) is not None:
        row = session.execute(select(timer).where(timer.c.id == found, *mine).with_for_update()).one_or_none()
        if row is not None:
            return row
        # Somebody dealt with it between the two looks; a new look will not see it any more.
    return None


def _due(session: Session, engine: Engine, flow: Flow, name: str, row: Any) -> datetime | None:
    """Where a deadline that is looked up stands now: it may have been extended since the timer was set.

    It is asked as of the moment when the timer was set, for those that count from then.
    """
    when = engine.registry.deadlines[name](scope_of(flow.table))
    query = text_of(select(when).where(flow.table.c.id == Parameter("p_id")))
    values = {"p_id": row.subject_id, "p_now": row.set_at, "p_actor_id": None}
    due: datetime | None = session.connection().exec_driver_sql(query, values).scalar_one()
    return due


def retime(
    engine: Engine, session: Session, workflow: str, name: str, selection: Selection, *, now: datetime
) -> int:
    """Move the pending timers of the selected subjects to where their deadline stands now: how many.

    For after a deadline was changed for everybody, an area or a person. Without it nothing fires too early
    (a deadline is looked up again before it fires), but one that was brought forward would fire late.
    """
    flow = engine.flows[workflow]
    request = Request(flow, "", selection, Actor.system("retime"), now, None)
    named = {
        timer_.due
        for definition in flow.versions.values()
        for timer_ in definition.timers.values()
        if timer_.name == name and timer_.due
    }
    if len(named) != 1:
        raise LookupError(f"{workflow} looks up no deadline for {name!r}")
    scope = Scope(flow.table, now=timer.c.set_at, actor_id=Parameter("p_actor_id"))
    due = (
        select(timer.c.id, engine.registry.deadlines[named.pop()](scope).label("due_at"))
        .select_from(flow.table.join(timer, timer.c.subject_id == flow.table.c.id))
        .where(
            request.selected,
            timer.c.workflow == workflow,
            timer.c.name == name,
            timer.c.ended_at.is_(None),
        )
        .cte("due")
    )
    moved = (
        update(timer)
        .where(
            timer.c.id == due.c.id,
            timer.c.ended_at.is_(None),
            timer.c.due_at.is_distinct_from(due.c.due_at),
        )
        .values(
            due_at=func.coalesce(due.c.due_at, timer.c.due_at),
            next_at=func.coalesce(due.c.due_at, timer.c.next_at),
            tries=0,
            ended_at=case((due.c.due_at.is_(None), Parameter("p_now"))),
            outcome=case((due.c.due_at.is_(None), "cleared")),
        )
        .returning(timer.c.id)
        .cte("moved")
    )
    query = text_of(select(func.count()).select_from(moved))
    count: int = session.connection().exec_driver_sql(query, request.parameters()).scalar_one()
    return count
