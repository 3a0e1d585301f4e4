"""One transition for many subjects, in a constant number of statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, String, and_, any_, case, cast, false, func, or_, select, true
from sqlalchemy.orm import Session

from workflows import judge
from workflows.definition import START, Definition, Transition
from workflows.journal import body_sql, hash_sql, tail_of
from workflows.judge import Flow
from workflows.registry import Given
from workflows.schema import batch_item
from workflows.statements import DUE, Move, Parameter, id_array, ready, text_of, text_sql
from workflows.subject import ENGINE_COLUMNS
from workflows.terms import Actor, Reason, Refused

Selection = Sequence[UUID] | Select[Any] | ColumnElement[bool]
"""Ids, a query for ids, or a condition on the subject's columns."""


@dataclass(frozen=True, slots=True)
class Excluded:
    """A selected subject that cannot move, and every reason."""

    subject_id: UUID
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a firing would do. ``token`` stands for exactly this: hand it in and anything else is refused."""

    included: int
    excluded: tuple[Excluded, ...]
    token: str


@dataclass(frozen=True, slots=True)
class FiredMany:
    """What a firing did. ``replayed``: the request key had been used before, nothing was done again."""

    moved: int
    excluded: tuple[Excluded, ...]
    at: datetime
    replayed: bool = False


class NotAll(Refused):
    """Some of the selected subjects cannot move, so none was moved. ``excluded`` says which and why."""

    def __init__(self, reasons: Iterable[Reason], excluded: tuple[Excluded, ...]) -> None:
        super().__init__(reasons)
        self.excluded = excluded


class PreviewStale(Refused):
    """Something has changed since the preview. Nothing was moved."""


@dataclass(frozen=True, slots=True)
class Overview:
    """How many are selected and how many may move, with a fingerprint of either set and its versions."""

    selected: int
    selected_print: int
    ready: int
    ready_print: int

    @property
    def token(self) -> str:
        prints = (self.selected_print & (1 << 64) - 1, self.ready_print & (1 << 64) - 1)
        return f"{self.selected}-{prints[0]:x}-{self.ready}-{prints[1]:x}"


@dataclass(frozen=True)
class Request:
    """One firing of many: who takes what, when, for whom."""

    flow: Flow
    trigger: str
    selection: Selection
    actor: Actor
    now: datetime
    form: Mapping[str, Any] | None

    @property
    def steps(self) -> list[tuple[Definition, Transition]]:
        """The transitions that the trigger may mean, in all versions that subjects may still run under."""
        return [
            (definition, step)
            for definition in self.flow.versions.values()
            for step in definition.transitions.values()
            if step.trigger == self.trigger
        ]

    def check(self) -> None:
        """What can be refused without looking at a subject."""
        registry = self.flow.registry
        steps = [step for _, step in self.steps]
        if not steps:
            raise LookupError(f"{self.flow.name} has no transition {self.trigger!r}")
        reasons = [registry.say("not_bulk", transition=step.label) for step in steps if not step.bulk]
        reasons += [reason for step in steps for reason in judge.filled_in(registry, step, self.form)]
        if reasons:
            raise Refused(dict.fromkeys(reasons))

    @property
    def selected(self) -> ColumnElement[bool]:
        """The selection as a condition on the subject's table."""
        match self.selection:
            case Select():
                return self.flow.table.c.id.in_(self.selection)
            case ColumnElement():
                return self.selection
            case _:
                return self.flow.table.c.id == any_(Parameter("p_ids"))

    def parameters(self) -> dict[str, Any]:
        ids = None if isinstance(self.selection, Select | ColumnElement) else id_array(self.selection)
        return {"p_ids": ids, "p_now": self.now, "p_actor": self.actor.name, "p_actor_id": self.actor.id}

    @property
    def movable(self) -> ColumnElement[bool]:
        """Whether a row may move, by whichever transition."""
        either = or_(false(), *(self.may_move(definition, step) for definition, step in self.steps))
        return func.coalesce(either, false())

    def may_move(self, definition: Definition, step: Transition) -> ColumnElement[bool]:
        table, registry = self.flow.table, self.flow.registry
        return and_(*ready(definition, step, registry, table), permitted(step, self.actor, self.flow))


def permitted(step: Transition, actor: Actor, flow: Flow) -> ColumnElement[bool]:
    """``judge.permission`` in SQL."""
    allowed = or_(false(), *(condition for _, condition in _capacities(step, actor, flow)))
    if not step.four_eyes:
        return allowed
    return and_(allowed, flow.table.c.held_by.is_distinct_from(Parameter("p_actor")))


def _capacities(step: Transition, actor: Actor, flow: Flow) -> list[tuple[str, ColumnElement[bool]]]:
    """``judge.capacity`` in SQL: each capacity that this actor could have, and for which subjects."""
    found: list[tuple[str, ColumnElement[bool]]] = []
    for who in step.who:
        if who.system and actor.id is None:
            found.append(("system", true()))
        if who.owner and actor.id is not None:
            found.append(("owner", flow.table.c.owner_id == Parameter("p_actor_id")))
        if who.role and not who.within_area and who.role in actor.roles:
            found.append((who.role, true()))
        if who.role and who.within_area:
            areas = [prefix for role, prefix in actor.grants if role == who.role]
            inside = [func.starts_with(flow.table.c.area_code, prefix) for prefix in areas]
            if inside:
                found.append((who.role, or_(*inside)))
    return found


def _fingerprint(subject_id: ColumnElement[UUID], version: ColumnElement[int]) -> ColumnElement[int]:
    return func.coalesce(func.bit_xor(func.uuid_hash_extended(subject_id, version)), 0)


def overview(session: Session, request: Request) -> Overview:
    """Count and fingerprint the selection in one query."""
    table = request.flow.table
    chosen = (
        select(table.c.id, table.c.state_version, request.movable.label("may_move"))
        .where(request.selected)
        .subquery()
    )
    c = chosen.c
    counted = select(
        func.count(),
        _fingerprint(c.id, c.state_version),
        func.count().filter(c.may_move),
        func.coalesce(func.bit_xor(func.uuid_hash_extended(c.id, c.state_version)).filter(c.may_move), 0),
    ).select_from(chosen)
    row = session.connection().exec_driver_sql(text_of(counted), request.parameters()).one()
    return Overview(*row)


def excluded(session: Session, request: Request) -> tuple[Excluded, ...]:
    """Every selected subject that cannot move, with reasons: one query for the rows, one for the facts."""
    flow = request.flow
    query = select(flow.table).where(request.selected, ~request.movable)
    rows = session.connection().exec_driver_sql(text_of(query), request.parameters()).all()
    return explain(session, request, rows)


def explain(session: Session, request: Request, rows: Sequence[Any]) -> tuple[Excluded, ...]:
    """Why these subjects do not move."""
    flow = request.flow
    guards = {use.name for _, step in request.steps for use in step.guards}
    facts = flow.facts(session, rows, guards, request.actor, request.now)
    given = Given({}, request.actor, request.now, request.form)
    otherwise = flow.registry.say("guard", transition=request.steps[0][1].label)
    return tuple(
        Excluded(
            row.id,
            tuple(judge.against(flow, row, request.trigger, facts[row.id], given, request.form))
            or (otherwise,),
        )
        for row in rows
    )


def preview(session: Session, request: Request) -> Preview:
    """Say what would happen; write nothing."""
    request.check()
    seen = overview(session, request)
    left_out = excluded(session, request) if seen.ready < seen.selected else ()
    return Preview(seen.ready, left_out, seen.token)


def fire(session: Session, request: Request, *, partial: bool, token: str | None) -> FiredMany:
    """Move all selected subjects, or with ``partial`` those that may. Raises ``NotAll``, ``PreviewStale``."""
    request.check()
    registry = request.flow.registry
    seen = overview(session, request)
    if token is not None and token != seen.token:
        raise PreviewStale([registry.say("preview_stale")])
    left_out = excluded(session, request) if seen.ready < seen.selected else ()
    if left_out and not partial:
        label = request.steps[0][1].label
        reason = registry.say("not_all", count=str(len(left_out)), transition=label)
        raise NotAll([reason, *{reason: None for item in left_out for reason in item.reasons}], left_out)
    with session.begin_nested():
        moved = prints = 0
        for definition, step in request.steps:
            row = move(session, request, definition, step, [request.selected])
            moved, prints = moved + row[0], prints ^ row[1]
        if (moved, prints) != (seen.ready, seen.ready_print):
            raise PreviewStale([registry.say("preview_stale")])
    forget(session, request.flow)
    return FiredMany(moved, left_out, request.now)


def move(
    session: Session,
    request: Request,
    definition: Definition,
    step: Transition,
    where: Sequence[ColumnElement[bool]],
    *,
    batch: str | None = None,
) -> tuple[int, int]:
    """Run the statement of one transition: how many rows moved, and their fingerprint."""
    statement = bulk_statement(request, definition, step, where, batch=batch)
    dues = request.flow.registry.dues(definition, step, request.now)
    values = request.parameters() | {
        "p_tail": tail_of(step, definition.version, request.actor, request.form),
        "p_key": batch,
        **{f"{DUE}{name}": due for name, due in dues.items()},
    }
    row = session.connection().exec_driver_sql(statement, values).one()
    return row[0], row[1]


def bulk_statement(
    request: Request,
    definition: Definition,
    step: Transition,
    where: Sequence[ColumnElement[bool]],
    *,
    batch: str | None = None,
) -> str:
    """The statement that takes every row satisfying ``where`` through a transition, hash chain included."""
    flow = request.flow
    table, c = flow.table, flow.table.c
    parts_of = Move(definition, step, flow.registry, table)
    roles = _capacities(step, request.actor, flow)
    role: ColumnElement[Any] = text_sql(roles[0][0] if roles else "")
    if len(roles) > 1:
        role = cast(case(*((condition, name) for name, condition in roles), else_=""), String)
    first = step.name == START
    tail = Parameter("p_tail")
    body = body_sql(None if first else c.state, parts_of.target, role, tail)
    seq = c.state_version + 1
    new_hash = hash_sql(c.last_hash, text_sql(flow.name), c.id, seq, Parameter("p_now"), body)
    moved = parts_of.subjects([*where, request.may_move(definition, step)], new_hash, role.label("role"))
    written_body = body_sql(None if first else moved.c.old_state, moved.c.state, moved.c.role, tail)
    parts = [parts_of.journal(moved, written_body).cte("written"), *parts_of.consequences(moved)]
    if batch is not None:
        done = batch_item.update().where(
            batch_item.c.key == Parameter("p_key"), batch_item.c.subject_id == moved.c.id
        )
        parts.append(done.values(outcome="moved").returning(batch_item.c.position).cte("done"))
    answer = select(func.count(), _fingerprint(moved.c.id, moved.c.state_version - 1)).select_from(moved)
    return text_of(answer.add_cte(*parts))


def forget(session: Session, flow: Flow) -> None:
    """Objects of the session may have moved: let them be read again."""
    for thing in session.identity_map.values():
        if isinstance(thing, flow.model):
            session.expire(thing, ENGINE_COLUMNS)
