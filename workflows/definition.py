"""Workflow definitions: versioned TOML files, read into plain data.

A file describes one version of one workflow::

    name = "loan"
    version = 1
    label = "借书"

    [groups]
    out = ["lent"]

    [state.lent]
    label = "已借出"

    [transition.give_back]
    from = ["lent"]
    to = "returned"
    label = "归还"
    who = [{ role = "librarian", within = "area" }]

``docs/workflows.md`` lists every key. ``soundness.py`` says what is wrong with a definition that reads well.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

DIRECTORY = Path(__file__).parent / "definitions"
START = "start"
KINDS = ("step", "start", "correction", "release", "take_back")

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_HEADER = re.compile(r"^\s*\[+\s*([^\]]+?)\s*\]+")


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
    lines: "Lines" = field(repr=False, compare=False)

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


class Lines:
    """Finds the line of a table or key, as ``tomllib`` does not tell."""

    def __init__(self, text: str) -> None:
        self._of: dict[tuple[str, ...], int] = {}
        table: tuple[str, ...] = ()
        for number, line in enumerate(text.splitlines(), start=1):
            if header := _HEADER.match(line):
                table = tuple(part.strip().strip("\"'") for part in header[1].split("."))
                self._of.setdefault(table, number)
            elif key := re.match(r"\s*([\w.-]+|\"[^\"]+\")\s*=", line):
                path = tuple(part.strip("\"'") for part in key[1].split("."))
                self._of.setdefault((*table, *path), number)

    def of(self, *path: str) -> int:
        """The line of the path, or of the nearest thing around it."""
        while path and path not in self._of:
            path = path[:-1]
        return self._of.get(path, 1)


class _Reader:
    """Takes values out of parsed TOML and collects what is wrong with them."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.lines = Lines(text)
        self.problems: list[Problem] = []

    def wrong(self, words: str, *where: str) -> None:
        self.problems.append(Problem(self.path, self.lines.of(*where), words))

    def known(self, table: Mapping[str, Any], keys: set[str], *where: str) -> None:
        for key in table.keys() - keys:
            self.wrong(f"unknown key {key!r}", *where, key)

    def text(self, table: Mapping[str, Any], key: str, *where: str, default: str | None = None) -> str:
        value = table.get(key, default)
        if not isinstance(value, str) or not value:
            self.wrong(f"{key!r} must be a text", *where, key)
            return ""
        return value

    def flag(self, table: Mapping[str, Any], key: str, *where: str) -> bool:
        value = table.get(key, False)
        if not isinstance(value, bool):
            self.wrong(f"{key!r} must be true or false", *where, key)
        return value is True

    def number(self, table: Mapping[str, Any], key: str, *where: str) -> int | None:
        value = table.get(key)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 1):
            self.wrong(f"{key!r} must be a whole number from 1", *where, key)
            return None
        return value

    def names(self, table: Mapping[str, Any], key: str, *where: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(name, str) and name for name in value):
            self.wrong(f"{key!r} must be a list of names", *where, key)
            return ()
        if len(set(value)) < len(value):
            self.wrong(f"{key!r} names something twice", *where, key)
        return tuple(value)

    def name(self, name: str, *where: str) -> None:
        """Names of workflows, states and roles go into events as they are."""
        if not _NAME.fullmatch(name):
            self.wrong(f"{name!r} is not a name of lower-case letters, digits and _", *where)

    def tables(self, data: Mapping[str, Any], key: str) -> dict[str, dict[str, Any]]:
        value = data.get(key, {})
        if not isinstance(value, dict) or not all(isinstance(table, dict) for table in value.values()):
            self.wrong(f"write [{key}.NAME] tables", key)
            return {}
        for name in value:
            if key != "migrate":
                self.name(name, key, name)
        return value


def read(text: str, path: Path) -> Definition:
    """Parse one definition.

    Raises ``Unsound`` with file and line when the text is not a definition. Does not judge soundness.
    """
    reader = _Reader(path, text)
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        raise Unsound([Problem(path, int(line[1]) if line else 1, f"not TOML: {error}")]) from error
    reader.known(data, {"name", "version", "label", "groups", "state", "transition", "timer", "migrate"})

    groups = {name: reader.names(data.get("groups", {}), name, "groups") for name in data.get("groups", {})}
    states = {
        name: _state(reader, name, table, groups) for name, table in reader.tables(data, "state").items()
    }
    transitions = {
        name: _transition(reader, name, table) for name, table in reader.tables(data, "transition").items()
    }
    timers = {name: _timer(reader, name, table) for name, table in reader.tables(data, "timer").items()}
    definition = Definition(
        name=reader.text(data, "name"),
        version=reader.number(data, "version") or 0,
        label=reader.text(data, "label"),
        path=path,
        states=MappingProxyType(states),
        groups=MappingProxyType(groups),
        transitions=MappingProxyType(transitions),
        timers=MappingProxyType(timers),
        migrate=MappingProxyType(_migrate(reader, data)),
        lines=reader.lines,
    )
    reader.name(definition.name, "name")
    if "version" not in data:
        reader.wrong("'version' must be a whole number from 1", "version")
    if reader.problems:
        raise Unsound(reader.problems)
    return definition


def _state(reader: _Reader, name: str, table: dict[str, Any], groups: Mapping[str, tuple[str, ...]]) -> State:
    where = ("state", name)
    reader.known(table, {"label", "seen_by", "final"}, *where)
    return State(
        name=name,
        label=reader.text(table, "label", *where),
        seen_by=frozenset(reader.names(table, "seen_by", *where)),
        final=reader.flag(table, "final", *where),
        groups=frozenset(group for group, members in groups.items() if name in members),
    )


_TRANSITION_KEYS = {
    "label", "trigger", "kind", "from", "to", "who", "guards", "form", "notices", "sets", "clears", "bulk",
    "held", "four_eyes",
}  # fmt: skip


def _transition(reader: _Reader, name: str, table: dict[str, Any]) -> Transition:
    where = ("transition", name)
    reader.known(table, _TRANSITION_KEYS, *where)
    if name == "migrate":
        reader.wrong("'migrate' is what the journal calls a change of version", *where)
    kind = reader.text(table, "kind", *where, default=START if name == START else "step")
    if kind not in KINDS or (kind == START) != (name == START):
        reader.wrong(f"unknown kind {kind!r}", *where, "kind")
    return Transition(
        name=name,
        trigger=reader.text(table, "trigger", *where, default=name),
        label=reader.text(table, "label", *where),
        kind=kind,
        sources=reader.names(table, "from", *where),
        target=reader.text(table, "to", *where) if "to" in table else None,
        who=tuple(_who(reader, who, *where) for who in _list(reader, table, "who", *where)),
        guards=tuple(
            GuardUse(use.removeprefix("!"), use[0] == "!") for use in reader.names(table, "guards", *where)
        ),
        form=reader.text(table, "form", *where) if "form" in table else None,
        notices=reader.names(table, "notices", *where),
        sets=reader.names(table, "sets", *where),
        clears=reader.names(table, "clears", *where),
        bulk=reader.flag(table, "bulk", *where),
        held=reader.flag(table, "held", *where),
        four_eyes=reader.flag(table, "four_eyes", *where),
    )


def _list(reader: _Reader, table: Mapping[str, Any], key: str, *where: str) -> list[Any]:
    value = table.get(key, [])
    if not isinstance(value, list):
        reader.wrong(f"{key!r} must be a list", *where, key)
        return []
    return value


def _who(reader: _Reader, value: Any, *where: str) -> Who:
    """``{role = "…", within = "area"}``, ``{owner = true}`` or ``{system = true}``."""
    if isinstance(value, dict):
        match value:
            case {"owner": True} if len(value) == 1:
                return Who(owner=True)
            case {"system": True} if len(value) == 1:
                return Who(system=True)
            case {"role": str(role), "within": "area"} if len(value) == 2 and _NAME.fullmatch(role):
                return Who(role=role, within_area=True)
            case {"role": str(role)} if len(value) == 1 and _NAME.fullmatch(role):
                return Who(role=role)
    reader.wrong(f'who may be owner, system, or a role (within = "area"), not {value!r}', *where, "who")
    return Who()


def _timer(reader: _Reader, name: str, table: dict[str, Any]) -> Timer:
    where = ("timer", name)
    reader.known(table, {"label", "fires", "minutes", "working_days", "due"}, *where)
    if len(table.keys() & {"minutes", "working_days", "due"}) != 1:
        reader.wrong("a timer has one of minutes, working_days, due", *where)
    return Timer(
        name=name,
        label=reader.text(table, "label", *where),
        fires=reader.text(table, "fires", *where),
        minutes=reader.number(table, "minutes", *where),
        working_days=reader.number(table, "working_days", *where),
        due=reader.text(table, "due", *where) if "due" in table else None,
    )


def _migrate(reader: _Reader, data: Mapping[str, Any]) -> dict[int, Mapping[str, str]]:
    """``[migrate.1]`` maps the states of version 1 to those of this version."""
    moves: dict[int, Mapping[str, str]] = {}
    for version, table in reader.tables(data, "migrate").items():
        if not (version.isascii() and version.isdecimal()) or not all(
            isinstance(to, str) for to in table.values()
        ):
            reader.wrong('write [migrate.VERSION] with old = "new" lines', "migrate", version)
            continue
        moves[int(version)] = MappingProxyType(dict(table))
    return moves


def load(directory: Path = DIRECTORY) -> dict[str, dict[int, Definition]]:
    """Every definition of a folder: name → version → definition, versions ascending.

    ``application.toml`` holds the newest version, ``application.v1.toml`` an older one. Raises ``Unsound``.
    """
    from workflows.soundness import check

    found: dict[str, dict[int, Definition]] = {}
    problems: list[Problem] = []
    read: list[Definition] = []
    for path in sorted(directory.glob("*.toml")):
        try:
            definition = load_file(path)
        except Unsound as unsound:
            problems += unsound.problems
            continue
        problems += misnamed(definition) + check(definition)
        read.append(definition)
        found.setdefault(definition.name, {})[definition.version] = definition
    problems += doubled(read)
    if problems:
        raise Unsound(problems)
    return {name: dict(sorted(versions.items())) for name, versions in found.items()}


def load_file(path: Path) -> Definition:
    """One definition from a file, whatever its name. Raises ``Unsound``."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unsound([Problem(path, line, "not UTF-8 text")]) from error
    return read(text, path)


def misnamed(definition: Definition) -> list[Problem]:
    """Where the file is called neither ``NAME.toml`` nor ``NAME.vN.toml`` after the name and version in it."""
    name, path = definition.name, definition.path
    if path.name.split(".")[0] != name:
        return [Problem(path, definition.lines.of("name"), f"the file is not named {name}.toml")]
    if path.name not in (f"{name}.toml", f"{name}.v{definition.version}.toml"):
        words = f"the file is named neither {name}.toml nor {name}.v{definition.version}.toml"
        return [Problem(path, definition.lines.of("version"), words)]
    return []


def doubled(definitions: Iterable[Definition]) -> list[Problem]:
    """Versions that stand in two files."""
    first: dict[tuple[str, int], Path] = {}
    problems = []
    for definition in definitions:
        path = first.setdefault((definition.name, definition.version), definition.path)
        if path != definition.path:
            words = f"version {definition.version} is also in {path.name}"
            problems.append(Problem(definition.path, definition.lines.of("version"), words))
    return problems


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
