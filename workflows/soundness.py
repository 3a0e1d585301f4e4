"""What makes a definition runnable, checked before anything runs."""

from collections.abc import Collection, Iterable, Iterator
from itertools import combinations

from workflows.definition import START, Definition, Problem, Timer, Transition
from workflows.registry import Registry


def check(definition: Definition) -> list[Problem]:
    """Every problem of a definition that can be seen without the application's guards, forms and notices."""
    return sorted(
        {
            *_references(definition),
            *_graph(definition),
            *_steps(definition),
            *_triggers(definition),
            *_timers(definition),
        },
        key=lambda problem: (problem.line, problem.words),
    )


def unimplemented(definition: Definition, registry: Registry) -> list[Problem]:
    """What a definition asks for and the application does not have."""
    problems = [] if registry.roles is None else _unknown_roles(definition, registry.roles)
    for step in definition.transitions.values():
        wanted: list[tuple[str, str, Collection[str], str]] = [
            ("guard", use.name, registry.guards, "guards") for use in step.guards
        ]
        wanted += [("notice", name, registry.notices, "notices") for name in step.notices]
        wanted += [("form", step.form, registry.forms, "form")] if step.form else []
        problems += [
            _at(definition, f"unknown {what} {name!r}", "transition", step.name, key)
            for what, name, implemented, key in wanted
            if name not in implemented
        ]
        for use in step.guards:
            if step.bulk and use.name in registry.guards and registry.guards[use.name].holds is None:
                words = f"guard {use.name!r} has no SQL form, so {step.name!r} cannot run in bulk"
                problems.append(_at(definition, words, "transition", step.name, "bulk"))
    for timer in definition.timers.values():
        if timer.due and timer.due not in registry.deadlines:
            problems.append(_at(definition, f"unknown deadline {timer.due!r}", "timer", timer.name, "due"))
        if timer.working_days and registry.calendar is None:
            problems.append(
                _at(definition, "no calendar of working days", "timer", timer.name, "working_days")
            )
    return problems


def _unknown_roles(definition: Definition, roles: Collection[str]) -> list[Problem]:
    """Roles that nobody can have: their transitions could never be taken."""
    taking = [
        _at(definition, f"unknown role {who.role!r}", "transition", step.name, "who")
        for step in definition.transitions.values()
        for who in step.who
        if who.role is not None and who.role not in roles
    ]
    seeing = [
        _at(definition, f"unknown role {role!r}", "state", state.name, "seen_by")
        for state in definition.states.values()
        for role in sorted(state.seen_by - {"owner", "public"})
        if role not in roles
    ]
    return taking + seeing


def _at(definition: Definition, words: str, *where: str) -> Problem:
    return Problem(definition.path, definition.lines.of(*where), words)


def _references(definition: Definition) -> Iterator[Problem]:
    """States and timers that are named but do not exist; groups that name no state."""
    for group, members in definition.groups.items():
        if not members:
            yield _at(definition, f"group {group!r} names no state", "groups", group)
        for state in members:
            if state not in definition.states:
                yield _at(definition, f"group {group!r} names an unknown state {state!r}", "groups", group)
    for step in definition.transitions.values():
        where = ("transition", step.name)
        for state in step.sources:
            if state not in definition.states:
                yield _at(definition, f"unknown state {state!r}", *where, "from")
        if step.target is not None and step.target not in definition.states:
            yield _at(definition, f"unknown state {step.target!r}", *where, "to")
        for timer in (*step.sets, *step.clears):
            if timer not in definition.timers:
                key = "sets" if timer in step.sets else "clears"
                yield _at(definition, f"unknown timer {timer!r}", *where, key)
    for version, mapping in definition.migrate.items():
        if version >= definition.version:
            words = f"version {version} does not come before version {definition.version}"
            yield _at(definition, words, "migrate", str(version))
        for old, new in mapping.items():
            if new not in definition.states:
                yield _at(definition, f"unknown state {new!r}", "migrate", str(version), old)


def targets(definition: Definition, step: Transition) -> tuple[str, ...]:
    """Where a transition can lead: a held outcome that is taken back leads to where it came from."""
    if step.target is not None:
        return (step.target,)
    if step.kind == "take_back":
        return tuple(
            source
            for held in definition.transitions.values()
            if held.held and held.target in step.sources
            for source in held.sources
        )
    return step.sources


def _edges(definition: Definition) -> set[tuple[str, str]]:
    return {
        (source, target)
        for step in definition.transitions.values()
        for source in step.sources
        for target in targets(definition, step)
    }


def _reach(start: Iterable[str], edges: set[tuple[str, str]]) -> set[str]:
    reached, todo = set(start), list(start)
    while todo:
        here = todo.pop()
        for source, target in edges:
            if source == here and target not in reached:
                reached.add(target)
                todo.append(target)
    return reached


def _graph(definition: Definition) -> Iterator[Problem]:
    """Every state can be reached, can be left unless final, and leads to an end."""
    begin = definition.transitions.get(START)
    if begin is None or begin.target is None:
        yield _at(definition, "no [transition.start] with 'to': nothing can begin", "transition", START)
        return
    edges = _edges(definition)
    reachable = _reach([begin.target], edges)
    final = [state.name for state in definition.states.values() if state.final]
    if not final:
        yield _at(definition, "no final state", "state")
    ending = _reach(final, {(target, source) for source, target in edges})
    for state in definition.states.values():
        where = ("state", state.name)
        leaving = [step for step in definition.leaving(state.name) if step.kind in ("step", "correction")]
        if state.name not in reachable:
            yield _at(definition, f"state {state.name!r} cannot be reached", *where)
        if not state.final and not leaving:
            yield _at(definition, f"state {state.name!r} has no exit and is not final", *where)
        elif final and state.name not in ending:
            yield _at(definition, f"no final state can be reached from {state.name!r}", *where)
        for step in leaving:
            if state.final and step.kind != "correction":
                words = f"state {state.name!r} is final: only a correction may leave it"
                yield _at(definition, words, "transition", step.name, "from")


def _steps(definition: Definition) -> Iterator[Problem]:
    """Each transition by itself: somebody may take it, it leads somewhere, its kind has what it needs."""
    for step in definition.transitions.values():
        where = ("transition", step.name)
        if not step.who:
            yield _at(definition, f"nobody may take {step.name!r}", *where, "who")
        denied = {use.name for use in step.guards if use.negated}
        for use in step.guards:
            if not use.negated and use.name in denied:
                words = f"{step.name!r} can never be taken: it asks for {use.name!r} and for its opposite"
                yield _at(definition, words, *where, "guards")
        if step.kind != START and not step.sources:
            yield _at(definition, f"{step.name!r} starts nowhere: 'from' is empty", *where, "from")
        if step.kind == START and step.sources:
            yield _at(definition, "'start' has no 'from'", *where, "from")
        if step.kind in ("release", "take_back"):
            if step.target is not None:
                yield _at(definition, f"{step.kind} has no 'to'", *where, "to")
            for state in step.sources:
                if not _held_into(definition, state):
                    words = (
                        f"nothing held leads to {state!r}: there is nothing to {step.kind.replace('_', ' ')}"
                    )
                    yield _at(definition, words, *where, "from")
        elif step.target is None:
            yield _at(definition, f"{step.name!r} leads nowhere: 'to' is missing", *where, "to")
        if step.held and not any(
            other.kind == "release" and step.target in other.sources
            for other in definition.transitions.values()
        ):
            yield _at(
                definition, f"the outcome of {step.name!r} is held, but nothing releases it", *where, "held"
            )
        if step.held and step.kind not in ("step", "correction"):
            yield _at(definition, f"a {step.kind} cannot be held", *where, "held")
        if step.four_eyes and step.kind != "release":
            yield _at(definition, "four_eyes belongs to a release", *where, "four_eyes")
        if step.kind == "correction" and step.form is None:
            yield _at(definition, "a correction asks for a reason: 'form' is missing", *where, "form")


def _held_into(definition: Definition, state: str) -> bool:
    return any(step.held and step.target == state for step in definition.transitions.values())


def _triggers(definition: Definition) -> Iterator[Problem]:
    """Of two transitions of one trigger at most one may be open: a guard of one denies the other."""
    for one, other in combinations(definition.transitions.values(), 2):
        shared = set(one.sources) & set(other.sources)
        if one.trigger != other.trigger or not shared or _exclude(one, other):
            continue
        words = (
            f"{one.name!r} and {other.name!r} share {one.trigger!r} in {', '.join(sorted(shared))}"
            ' and both may hold: give one a guard and the other its opposite ("!guard")'
        )
        yield _at(definition, words, "transition", other.name)


def _exclude(one: Transition, other: Transition) -> bool:
    return any(
        mine.name == theirs.name and mine.negated != theirs.negated
        for mine in one.guards
        for theirs in other.guards
    )


def _timers(definition: Definition) -> Iterator[Problem]:
    for timer in definition.timers.values():
        where = ("timer", timer.name)
        fired = [step for step in definition.transitions.values() if step.trigger == timer.fires]
        if not fired:
            yield _at(
                definition,
                f"timer {timer.name!r} fires {timer.fires!r}, which is no transition",
                *where,
                "fires",
            )
        elif not any(who.system for step in fired for who in step.who):
            words = f"timer {timer.name!r} fires {timer.fires!r}, which the system may not take"
            yield _at(definition, words, *where, "fires")
        for step in fired:
            if step.form is not None:
                words = (
                    f"timer {timer.name!r} fires {step.name!r}, which asks for a form: no timer fills it in"
                )
                yield _at(definition, words, *where, "fires")
        setters = [step for step in definition.transitions.values() if timer.name in step.sets]
        if not setters:
            yield _at(definition, f"no transition sets timer {timer.name!r}", *where)
        for step in setters:
            if fired and not _can_fire(definition, timer, step):
                words = f"timer {timer.name!r} can never fire after {step.name!r}"
                yield _at(definition, words, "transition", step.name, "sets")


def _can_fire(definition: Definition, timer: Timer, setter: Transition) -> bool:
    return any(definition.triggered(timer.fires, state) for state in targets(definition, setter))
