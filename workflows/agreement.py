"""Do a guard's two forms agree? For an application's tests."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, false, func, select, true
from sqlalchemy.orm import Session

from workflows.engine import Engine
from workflows.registry import Given
from workflows.statements import scope_of, text_of
from workflows.terms import Actor


def disagreements(
    engine: Engine,
    session: Session,
    workflow: str,
    *,
    actor: Actor,
    now: datetime,
    where: ColumnElement[bool] | None = None,
) -> list[tuple[str, UUID, bool, bool]]:
    """Every guard and subject on which Python and SQL differ: guard, subject id, Python's answer, SQL's."""
    session.flush()
    flow = engine.flows[workflow]
    guards = {
        name: guard
        for name, guard in engine.registry.guards.items()
        if guard.holds and _used(engine, workflow, name)
    }
    scope = scope_of(flow.table)
    answers = [
        func.coalesce(guard.holds(scope), false()).label(name)
        for name, guard in guards.items()
        if guard.holds
    ]
    query = text_of(select(flow.table.c.id, *answers).where(true() if where is None else where))
    values = {"p_now": now, "p_actor_id": actor.id}
    rows = session.connection().exec_driver_sql(query, values).all()
    facts = flow.facts(session, rows, guards, actor, now)
    found = []
    for row in rows:
        for name, in_sql in zip(guards, row[1:], strict=True):
            in_python = not any(guards[name].reasons(Given(facts[row.id][name], actor, now)))
            if in_python != in_sql:
                found.append((name, row.id, in_python, in_sql))
    return found


def _used(engine: Engine, workflow: str, guard: str) -> bool:
    return any(
        use.name == guard
        for definition in engine.flows[workflow].versions.values()
        for step in definition.transitions.values()
        for use in step.guards
    )
