"""The engine as this application uses it: its definitions, its registry, and notices that leave after commit."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from recruitment.database import after_commit, db
from recruitment.people.models import Role
from recruitment.wording import label, moment, said
from workflows.bulk import FiredMany
from workflows.engine import Engine
from workflows.registry import Registry
from workflows.terms import Fired, Reason, Refused

PENDING = "notices to queue after commit"


@cache
def engine() -> Engine:
    """The one engine of the process.

    Raises:
        workflows.definition.Unsound: a definition names a guard, form, notice or deadline without an
            implementation, or cannot work.
    """
    return Engine(registry())


@cache
def registry() -> Registry:
    """What this application implements of the definitions."""
    from recruitment.appeals import guards as appeal_guards
    from recruitment.applications import guards as application_guards
    from recruitment.appointments import guards as appointment_guards
    from recruitment.bars import guards as bar_guards
    from recruitment.calls import guards as call_guards
    from recruitment.candidates import guards as candidate_guards
    from recruitment.fees import guards as fee_guards
    from recruitment.inspection import guards as inspection_guards
    from recruitment.medical import guards as medical_guards
    from recruitment.objections import guards as objection_guards
    from recruitment.public_notice import guards as public_notice_guards
    from recruitment.selection import guards as selection_guards

    known = Registry(calendar=working_day_deadline, roles=frozenset(Role), translate=label, moment=moment)
    application_guards.register(known)
    call_guards.register(known)
    candidate_guards.register(known)
    fee_guards.register(known)
    bar_guards.register(known)
    selection_guards.register(known)
    medical_guards.register(known)
    inspection_guards.register(known)
    appointment_guards.register(known)
    public_notice_guards.register(known)
    objection_guards.register(known)
    appeal_guards.register(known)
    return known


def working_day_deadline(since: datetime, number: int) -> datetime:
    """The end of the ``number``-th working day after ``since``, by the calendar in the database.

    Raises:
        Refused: the calendar ends before the deadline; a step that sets it waits until somebody has entered it.
    """
    from recruitment.calendar.queries import working_days
    from recruitment.calendar.working_days import MissingYear

    try:
        return working_days(db.session).deadline(since, number)
    except MissingYear as missing:
        raise Refused([Reason("calendar_missing", said(missing.args[0]))]) from missing


def start(session: Session, subject: Any, **arguments: Any) -> Fired:
    """:meth:`workflows.engine.Engine.start`, remembering the notices to queue once the caller commits."""
    started = engine().start(session, subject, **arguments)
    session.info.setdefault(PENDING, []).extend(started.notices)
    return started


def fire(session: Session, subject: Any, trigger: str, **arguments: Any) -> Fired:
    """:meth:`workflows.engine.Engine.fire`, remembering the notices to queue once the caller commits."""
    # What the guards judge in SQL must be in the database by then.
    session.flush()
    fired = engine().fire(session, subject, trigger, **arguments)
    session.info.setdefault(PENDING, []).extend(fired.notices)
    return fired


def fire_many(
    session: Session, workflow: str, trigger: str, ids: Sequence[UUID], *, now: datetime, **arguments: Any
) -> FiredMany:
    """:meth:`workflows.engine.Engine.fire_many` for these subjects, remembering its notices like :func:`fire`."""
    fired = engine().fire_many(session, workflow, trigger, ids, now=now, **arguments)
    if fired.moved and not fired.replayed:
        from recruitment.notices import dispatches

        steps = engine().flows[workflow].latest.transitions.values()
        label = next((step.label for step in steps if step.trigger == trigger), trigger)
        actor = arguments.get("actor")
        few = dispatches.begin(session, workflow, fired.at, label, actor.id if actor else None)
        session.info.setdefault(PENDING, []).extend(few)
    return fired


_queues: list[Callable[[list[UUID]], None]] = []


def queue_after_commit(queue: Callable[[list[UUID]], None]) -> None:
    """Have ``queue`` called with the ids of outbox rows, after the transaction that wrote them is committed."""
    if queue not in _queues:
        _queues.append(queue)


def queue_notices(outbox_ids: Iterable[UUID]) -> None:
    """Queue committed outbox rows."""
    if ids := list(outbox_ids):
        for queue in _queues:
            queue(ids)


after_commit(PENDING, queue_notices)
