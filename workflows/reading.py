"""Reads workflow definitions from versioned TOML files.

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

``docs/workflows.md`` lists every key.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from workflows.definition import (
    KINDS,
    START,
    Definition,
    GuardUse,
    Problem,
    State,
    Timer,
    Transition,
    Unsound,
    Who,
)
from workflows.soundness import check

DIRECTORY = Path(__file__).parent / "definitions"

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_HEADER = re.compile(r"^\s*\[+\s*([^\]]+?)\s*\]+")


class _Lines:
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
        while path and path not in self._of:
            path = path[:-1]
        return self._of.get(path, 1)


class _Reader:
    """Takes values out of parsed TOML and collects what is wrong with them."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.lines = _Lines(text)
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
