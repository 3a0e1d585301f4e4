"""Workflow definitions as plain data: one version of one workflow each.

``reading.py`` reads them from TOML, ``soundness.py`` says what is wrong with one that reads well.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

START = "start"
KINDS = ("step", "start", "correction", "release", "take_back")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with a definition, and where."""

    path: Path
    line: int
    words: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.words}"


class Unsound(Exception):
    """One or more definitions cannot be run. ``problems`` holds all of them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


class Lines(Protocol):
    """Tells on which line of its file something stands."""

    def of(self, *path: str) -> int:
        """The line of the path, or of the nearest thing around it."""


@dataclass(frozen=True, slots=True)
class State:
    """Where a subject can stand. ``seen_by`` names roles, ``owner`` or ``public``; empty means everybody."""

    name: str
    label: str
    seen_by: frozenset[str]
    final: bool
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class Who:
    """One way to be allowed: as the owner, as the system, or in a role (within the subject's area or not)."""

    role: str | None = None
    within_area: bool = False
    owner: bool = False
    system: bool = False


@dataclass(frozen=True, slots=True)
class GuardUse:
    """A guard as a transition uses it; ``negated`` where the file writes ``!name``."""

    name: str
    negated: bool


@dataclass(frozen=True, slots=True)
class Transition:
    """A step. ``target`` is empty for ``release`` (stays) and ``take_back`` (returns whence it came)."""

    name: str
    trigger: str
    label: str
    kind: str
    sources: tuple[str, ...]
    target: str | None
    who: tuple[Who, ...]
    guards: tuple[GuardUse, ...]
    form: str | None
    notices: tuple[str, ...]
    sets: tuple[str, ...]
    clears: tuple[str, ...]
    bulk: bool
    held: bool
    four_eyes: bool


@dataclass(frozen=True, slots=True)
class Timer:
    """A deadline that fires a trigger: after minutes, after working days, or at a time that is looked up."""

    name: str
    label: str
    fires: str
    minutes: int | None
    working_days: int | None
    due: str | None


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of one workflow."""

    name: str
    version: int
    label: str
    path: Path
    states: Mapping[str, State]
    groups: Mapping[str, tuple[str, ...]]
    transitions: Mapping[str, Transition]
    timers: Mapping[str, Timer]
    migrate: Mapping[int, Mapping[str, str]]
    lines: Lines = field(repr=False, compare=False)

    @property
    def start(self) -> Transition:
        """The transition that brings a subject into being."""
        return self.transitions[START]

    def group(self, name: str) -> tuple[str, ...]:
        """The states of a group; an unknown group is a ``KeyError``, never an empty list."""
        return self.groups[name]

    def leaving(self, state: str) -> tuple[Transition, ...]:
        """The transitions that may be taken in a state, in the order of the file."""
        return tuple(step for step in self.transitions.values() if state in step.sources)

    def triggered(self, trigger: str, state: str) -> tuple[Transition, ...]:
        return tuple(step for step in self.leaving(state) if step.trigger == trigger)

    def seen_by(self, roles: Iterable[str], *, owner: bool = False) -> frozenset[str]:
        """The states in which somebody with these roles may see a subject."""
        eyes = {*roles, "public"} | ({"owner"} if owner else set())
        return frozenset(
            state.name for state in self.states.values() if not state.seen_by or eyes & state.seen_by
        )


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between two versions: names added, removed and changed."""

    states_added: tuple[str, ...]
    states_removed: tuple[str, ...]
    states_changed: tuple[str, ...]
    transitions_added: tuple[str, ...]
    transitions_removed: tuple[str, ...]
    transitions_changed: tuple[str, ...]


def compare(old: Definition, new: Definition) -> Changes:
    """What became different from ``old`` to ``new``."""

    def sides(
        before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        return (
            tuple(name for name in after if name not in before),
            tuple(name for name in before if name not in after),
            tuple(name for name in after if name in before and after[name] != before[name]),
        )

    return Changes(*sides(old.states, new.states), *sides(old.transitions, new.transitions))
