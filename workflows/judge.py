"""May it be done, and if not, why: the same answer for a button, a firing and a preview."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, any_, select
from sqlalchemy.orm import DeclarativeBase, Session

from workflows.definition import START, Definition, GuardUse, Transition
from workflows.registry import Given, Registry
from workflows.statements import Parameter, fire_one, id_array, scope_of, text_of
from workflows.terms import Actor, Reason

Known = Mapping[UUID, Mapping[str, Mapping[str, Any]]]
"""subject id → guard → facts"""


@dataclass
class Flow:
    """One workflow bound to its table: the definitions in all versions and their statements."""

    name: str
    model: type[DeclarativeBase]
    versions: Mapping[int, Definition]
    registry: Registry

    def __post_init__(self) -> None:
        self._statements: dict[tuple[int, str, bool], str] = {}
        self._facts: dict[frozenset[str], tuple[str, list[tuple[str, str]]]] = {}

    @cached_property
    def table(self) -> Table:
        return cast(Table, self.model.__table__)

    @property
    def latest(self) -> Definition:
        return self.versions[max(self.versions)]

    def definition(self, subject: Any) -> Definition:
        """The version that a subject runs under. A ``LookupError`` if this release does not know it."""
        try:
            return self.versions[subject.definition_version]
        except KeyError:
            raise LookupError(f"{self.name} has no version {subject.definition_version}") from None

    def label(self, version: int, transition: str) -> str:
        """What a recorded transition is called; its bare name if this release does not know it."""
        definition = self.versions.get(version)
        step = definition.transitions.get(transition) if definition else None
        return step.label if step else self.registry.words.get(transition, transition)

    def statement(self, definition: Definition, step: Transition, *, keyed: bool) -> str:
        key = (definition.version, step.name, keyed)
        if key not in self._statements:
            self._statements[key] = fire_one(definition, step, self.registry, self.table, keyed=keyed)
        return self._statements[key]

    def triggered(self, subject: Any, trigger: str) -> tuple[Transition, ...]:
        """The transitions that a trigger may mean for a subject where it stands."""
        definition = self.definition(subject)
        if subject.state_version == 0:
            return (definition.start,) if trigger == START else ()
        return definition.triggered(trigger, subject.state)

    def facts(
        self, session: Session, subjects: Sequence[Any], guards: Iterable[str], actor: Actor, now: datetime
    ) -> Known:
        """What the guards need to know of the subjects: one query, and a load for each guard without SQL."""
        wanted = frozenset(guards)
        known: dict[UUID, dict[str, Mapping[str, Any]]] = {subject.id: {} for subject in subjects}
        in_sql = frozenset(name for name in wanted if self.registry.guards[name].facts)
        if in_sql and subjects:
            query, columns = self._fact_query(in_sql)
            values = {"p_ids": id_array(known), "p_now": now, "p_actor_id": actor.id}
            for row in session.connection().exec_driver_sql(query, values):
                facts: dict[str, dict[str, Any]] = {name: {} for name in in_sql}
                for (guard, fact), value in zip(columns, row[1:], strict=True):
                    facts[guard][fact] = value
                known[row[0]].update(facts)
        for name in wanted - in_sql:
            if load := self.registry.guards[name].load:
                loaded = load(session, subjects, actor, now)
                for subject in subjects:
                    known[subject.id][name] = loaded.get(subject.id, {})
        return known

    def _fact_query(self, guards: frozenset[str]) -> tuple[str, list[tuple[str, str]]]:
        if guards not in self._facts:
            scope = scope_of(self.table)
            facts = [
                (guard, fact, column)
                for guard in sorted(guards)
                if (form := self.registry.guards[guard].facts)
                for fact, column in form(scope).items()
            ]
            names = [(guard, fact) for guard, fact, _ in facts]
            columns = [column.label(f"f{index}") for index, (_, _, column) in enumerate(facts)]
            query = select(self.table.c.id, *columns).where(self.table.c.id == any_(Parameter("p_ids")))
            self._facts[guards] = (text_of(query), names)
        return self._facts[guards]


def capacity(step: Transition, subject: Any, actor: Actor) -> str | None:
    """In which capacity the actor may take the step: a role, ``owner``, ``system`` or none."""
    for who in step.who:
        if who.system and actor.id is None:
            return "system"
        if who.owner and actor.id is not None and actor.id == subject.owner_id:
            return "owner"
        if who.role and actor.covers(who.role, subject.area_code if who.within_area else None):
            return who.role
    return None


def standing(registry: Registry, definition: Definition, step: Transition, subject: Any) -> Iterable[Reason]:
    """Whether the subject stands where the step begins."""
    label = step.label
    if step.name == START:
        if subject.state_version != 0:
            yield registry.say("wrong_state", state=definition.states[subject.state].label, transition=label)
        return
    if subject.state not in step.sources or subject.state_version == 0:
        yield registry.say("wrong_state", state=definition.states[subject.state].label, transition=label)
    elif step.kind in ("release", "take_back"):
        if subject.held_seq is None:
            yield registry.say("not_held")
    elif subject.held_seq is not None:
        yield registry.say("held", transition=label)


def permission(registry: Registry, step: Transition, subject: Any, actor: Actor) -> Iterable[Reason]:
    """Whether the actor may take the step at all, and for this subject."""
    if capacity(step, subject, actor) is None:
        if any(who.role in actor.roles for who in step.who):
            yield registry.say("outside_area", transition=step.label)
        elif all(who.owner for who in step.who):
            yield registry.say("not_yours", transition=step.label)
        else:
            yield registry.say("not_allowed", transition=step.label)
    if step.four_eyes and subject.held_by == actor.name:
        yield registry.say("four_eyes")


def filled_in(registry: Registry, step: Transition, form: Mapping[str, Any] | None) -> Iterable[Reason]:
    """Whether the form is there and answered as it asks."""
    if form is not None and not storable(form):
        yield registry.say("form_unreadable")
    elif step.form is None:
        if form:
            yield registry.say("form_unexpected", transition=step.label)
    elif form is None:
        yield registry.say("form_missing", transition=step.label)
    else:
        yield from registry.forms[step.form](form)


def storable(form: Mapping[str, Any]) -> bool:
    """Whether PostgreSQL can read the form again: no NUL, no half characters, no NaN, nothing but JSON."""
    try:
        text = json.dumps(form, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (TypeError, ValueError):
        return False
    return "\\u0000" not in text.replace("\\\\", "")


def guarded(
    registry: Registry, uses: Iterable[GuardUse], step: Transition, facts: Mapping[str, Any], given: Given
) -> Iterable[Reason]:
    """What the guards say in Python about one subject."""
    for use in uses:
        reasons = tuple(
            registry.guards[use.name].reasons(Given(facts[use.name], given.actor, given.now, given.form))
        )
        if not use.negated:
            yield from reasons
        elif not reasons:
            yield registry.say("guard", transition=step.label)


def against(
    flow: Flow,
    subject: Any,
    trigger: str,
    facts: Mapping[str, Mapping[str, Any]],
    given: Given,
    form: Mapping[str, Any] | None,
) -> list[Reason]:
    """Every reason why the trigger does nothing for the subject; none if it does something.

    Of several steps that exclude each other, the one that is meant here says what is missing: that the others
    are for another case is no reason.
    """
    registry, definition = flow.registry, flow.definition(subject)
    steps = flow.triggered(subject, trigger)
    if not steps:
        return [registry.say("wrong_state", **_where(definition, subject, trigger))]
    reasons: dict[Reason, None] = {}
    for step in _meant(registry, steps, facts, given):
        here = [
            *standing(registry, definition, step, subject),
            *permission(registry, step, subject, given.actor),
            *filled_in(registry, step, form),
            *guarded(registry, step.guards, step, facts, given),
        ]
        if not here:
            return []
        reasons.update(dict.fromkeys(here))
    return list(reasons)


def _meant(
    registry: Registry, steps: Sequence[Transition], facts: Mapping[str, Mapping[str, Any]], given: Given
) -> Sequence[Transition]:
    """Of transitions that exclude each other by a guard and its opposite, those that the trigger means here."""
    uses = {use for step in steps for use in step.guards}
    choosing = {use for use in uses if GuardUse(use.name, not use.negated) in uses}
    meant = [
        step
        for step in steps
        if not any(guarded(registry, [use for use in step.guards if use in choosing], step, facts, given))
    ]
    return meant or steps


def _where(definition: Definition, subject: Any, trigger: str) -> dict[str, str]:
    named = [step.label for step in definition.transitions.values() if step.trigger == trigger]
    return {"state": definition.states[subject.state].label, "transition": named[0] if named else trigger}


def in_python_only(registry: Registry, step: Transition) -> tuple[GuardUse, ...]:
    return tuple(use for use in step.guards if registry.guards[use.name].holds is None)
