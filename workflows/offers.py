"""What somebody may do now with some subjects, and why not: what a page asks before it draws its buttons."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from workflows import judge
from workflows.definition import START, Transition
from workflows.judge import Flow
from workflows.registry import Given
from workflows.terms import Actor, Availability, Reason

_Open = list[tuple[Transition, tuple[Reason, ...]]]


def offered(
    flow: Flow, session: Session, subjects: Sequence[Any], *, actor: Actor, now: datetime, every: bool
) -> dict[UUID, list[Availability]]:
    """``Engine.available`` for subjects of one workflow."""
    alike: dict[Any, _Open] = {}
    open_ = []
    for subject in subjects:
        # All that a step and a permission depend on; a page has few different ones.
        situation = (
            subject.definition_version,
            subject.state,
            subject.area_code,
            subject.state_version == 0,
            actor.id is not None and subject.owner_id == actor.id,
            subject.held_seq is None,
            subject.held_by == actor.name,
        )
        if situation not in alike:
            alike[situation] = _open(flow, subject, actor, every)
        open_.append((subject.id, alike[situation]))
    guards = {use.name for rows in alike.values() for step, _ in rows for use in step.guards}
    facts = flow.facts(session, subjects, guards, actor, now)
    given = Given({}, actor, now)
    return {
        id_: [
            Availability(
                step.name,
                step.trigger,
                step.label,
                step.form,
                (*reasons, *judge.guarded(flow.registry, step.guards, step, facts[id_], given)),
            )
            for step, reasons in rows
        ]
        for id_, rows in open_
    }


def _open(flow: Flow, subject: Any, actor: Actor, every: bool) -> _Open:
    """The steps to answer for, with what can be said against them before the guards are asked."""
    definition = flow.definition(subject)
    steps = (
        tuple(step for step in definition.transitions.values() if step.name != START)
        if every
        else definition.leaving(subject.state)
    )
    return [
        (
            step,
            (
                *judge.standing(flow.registry, definition, step, subject),
                *judge.permission(flow.registry, step, subject, actor),
            ),
        )
        for step in steps
    ]
