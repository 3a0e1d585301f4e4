"""Moving subjects to another version of their definition, in one statement per version and state."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, literal, select, update
from sqlalchemy.orm import Session

from workflows.definition import Definition, Transition
from workflows.journal import body_sql, hash_sql, tail_of
from workflows.judge import Flow
from workflows.schema import timer
from workflows.statements import Move, Parameter, text_of, text_sql
from workflows.terms import Actor

MIGRATE = Transition(
    name="migrate",
    trigger="migrate",
    label="流程版本更新",
    kind="step",
    sources=(),
    target=None,
    who=(),
    guards=(),
    form=None,
    notices=(),
    sets=(),
    clears=(),
    bulk=True,
    held=False,
    four_eyes=False,
)
"""The step that the journal records for a subject that changes version."""


@dataclass(frozen=True, slots=True)
class Group:
    """Subjects of one version in one state. ``target`` is empty for the residue: ``why`` they stay."""

    version: int
    state: str
    target: str | None
    count: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Migration:
    """What a migration does or did."""

    workflow: str
    to: int
    moved: tuple[Group, ...]
    residue: tuple[Group, ...]


def migrate(
    session: Session, flow: Flow, to: int, *, actor: Actor, now: datetime, dry_run: bool = False
) -> Migration:
    """Move every subject of other versions to version ``to``; with ``dry_run`` only say what would happen.

    A state goes where ``[migrate.VERSION]`` of the new definition says, else to the state of the same name. What
    has no such state, or holds an outcome that is not released, stays and is reported. Writes one event a
    subject, in the caller's transaction. ``LookupError`` if there is no version ``to``.
    """
    if to not in flow.versions:
        raise LookupError(f"{flow.name} has no version {to}")
    new = flow.versions[to]
    session.flush()
    groups = _groups(session, flow, new)
    moved = [group for group in groups if group.target]
    residue = [group for group in groups if not group.target]
    if not dry_run:
        moved = [
            Group(group.version, group.state, group.target, _move(session, flow, new, group, actor, now))
            for group in moved
        ]
    return Migration(flow.name, to, tuple(moved), tuple(residue))


def _groups(session: Session, flow: Flow, new: Definition) -> list[Group]:
    c = flow.table.c
    held = c.held_seq.is_not(None)
    query = (
        select(c.definition_version, c.state, held, func.count())
        .where(c.definition_version != new.version, c.state_version > 0)
        .group_by(c.definition_version, c.state, held)
        .order_by(c.definition_version, c.state, held)
    )
    groups = []
    for version, state, is_held, count in session.execute(query):
        target = target_of(new, version, state)
        why = "新版本没有对应的状态" if target is None else "有尚未公布的决定" if is_held else ""
        groups.append(Group(version, state, None if why else target, count, why))
    return groups


def target_of(new: Definition, version: int, state: str) -> str | None:
    """The state of the new version for a state of an old one; none if it has none."""
    mapping: Mapping[str, str] = new.migrate.get(version, {})
    return mapping.get(state, state if state in new.states else None)


def _move(session: Session, flow: Flow, new: Definition, group: Group, actor: Actor, now: datetime) -> int:
    """Move one group: version, state and event. Deadlines that can no longer fire are cleared."""
    table, c = flow.table, flow.table.c
    step = Move(new, replace(MIGRATE, sources=(group.state,), target=group.target), flow.registry, table)
    body = body_sql(c.state, step.target, text_sql("system"), Parameter("p_tail"))
    seq = c.state_version + 1
    new_hash = hash_sql(c.last_hash, text_sql(flow.name), c.id, seq, Parameter("p_now"), body)
    where = [
        c.definition_version == group.version,
        c.state == group.state,
        c.held_seq.is_(None),
        c.state_version > 0,
    ]
    moved = step.subjects(where, new_hash, more={"definition_version": literal(new.version)})
    written_body = body_sql(moved.c.old_state, moved.c.state, text_sql("system"), Parameter("p_tail"))
    able = [
        name for name, settings in new.timers.items() if new.triggered(settings.fires, group.target or "")
    ]
    clear = (
        update(timer)
        .where(
            timer.c.workflow == flow.name,
            timer.c.subject_id == moved.c.id,
            timer.c.ended_at.is_(None),
            timer.c.name.not_in(able),
        )
        .values(ended_at=Parameter("p_now"), outcome="cleared", ended_by=moved.c.state_version)
        .returning(timer.c.id)
        .cte("cleared")
    )
    parts = [step.journal(moved, written_body).cte("written"), clear]
    statement = text_of(select(func.count()).select_from(moved).add_cte(*parts))
    values = {
        "p_now": now,
        "p_actor": actor.name,
        "p_actor_id": actor.id,
        "p_tail": tail_of(MIGRATE, new.version, actor, None),
    }
    count: int = session.connection().exec_driver_sql(statement, values).scalar_one()
    return count
