"""What an application brings to the engine: subject tables, guards, forms, notices, deadlines."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Table
from sqlalchemy.orm import DeclarativeBase, Session

from workflows.definition import Definition, Transition
from workflows.terms import Actor, Reason
from workflows.words import WORDS


@dataclass(frozen=True, slots=True)
class Scope:
    """What an SQL form may speak of: the subject's table, the moment, the id of who acts (null: system)."""

    subject: FromClause
    now: ColumnElement[datetime]
    actor_id: ColumnElement[UUID | None]

    def __getattr__(self, column: str) -> Any:
        """``scope.position_id`` is the subject's column."""
        try:
            return self.subject.c[column]
        except KeyError:
            raise AttributeError(column) from None


@dataclass(frozen=True, slots=True)
class Given:
    """What a Python form may look at: the facts of one subject, who acts, when, and what they filled in.

    ``form`` is ``None`` while it is only asked whether the transition may be taken.
    """

    facts: Mapping[str, Any]
    actor: Actor
    now: datetime
    form: Mapping[str, Any] | None = None


Facts = Callable[[Scope], Mapping[str, ColumnElement[Any]]]
Holds = Callable[[Scope], ColumnElement[bool]]
Load = Callable[[Session, Sequence[Any], Actor, datetime], Mapping[UUID, Mapping[str, Any]]]
Reasons = Callable[[Given], Iterable[Reason]]


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition in two forms that agree: ``holds`` in SQL is true exactly when ``reasons`` gives none.

    ``facts`` are the SQL expressions that ``reasons`` needs to know of one row, so that a whole page of
    subjects costs one query. A guard that cannot be said in SQL has ``load`` instead of these two: it
    fetches the facts of many subjects in a constant number of queries, and bars its transition from bulk.
    """

    name: str
    reasons: Reasons
    facts: Facts | None = None
    holds: Holds | None = None
    load: Load | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """A message that a transition raises: to whom (default: the owner) and with which data."""

    name: str
    recipient: Callable[[Scope], ColumnElement[Any]] | None = None
    data: Callable[[Scope], ColumnElement[Any]] | None = None


Form = Callable[[Mapping[str, Any]], Iterable[Reason]]
Due = Callable[[Scope], ColumnElement[datetime]]
Calendar = Callable[[datetime, int], datetime]


@dataclass
class Registry:
    """Names and their implementations. The engine refuses to start while a definition uses an unknown name.

    ``calendar`` takes an aware moment and a number of working days and gives the moment of the deadline.
    ``translate`` says a sentence of the engine, or a label of a definition, in the language of who asks, and
    ``moment`` a point in time.
    ``roles`` are those that people can have; with ``None`` a definition may name any.
    """

    calendar: Calendar | None = None
    roles: frozenset[str] | None = None
    words: Mapping[str, str] = field(default_factory=lambda: MappingProxyType(WORDS))
    translate: Callable[[str], str] = str
    moment: Callable[[datetime], str] = "{:%Y-%m-%d %H:%M}Z".format
    subjects: dict[str, type[DeclarativeBase]] = field(default_factory=dict)
    guards: dict[str, Guard] = field(default_factory=dict)
    forms: dict[str, Form] = field(default_factory=dict)
    notices: dict[str, Notice] = field(default_factory=dict)
    deadlines: dict[str, Due] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.forms.setdefault("reason", self._reason)

    def subject(self, workflow: str, model: type[DeclarativeBase]) -> None:
        """Rows of ``model`` (which mixes in ``Subject``) run through the workflow."""
        if not isinstance(model.__table__, Table):
            raise TypeError(f"{model.__name__} is not one table")
        self._add(self.subjects, workflow, model)

    def guard(
        self,
        name: str,
        reasons: Reasons,
        *,
        facts: Facts | None = None,
        holds: Holds | None = None,
        load: Load | None = None,
    ) -> None:
        """Register a guard, either with ``facts`` and ``holds`` or with ``load`` (see ``Guard``)."""
        if (load is None) == (holds is None) or (holds is None) != (facts is None):
            raise ValueError(f"guard {name!r} needs facts and holds, or load")
        self._add(self.guards, name, Guard(name, reasons, facts, holds, load))

    def form(self, name: str, check: Form) -> None:
        """Register what a transition asks for: ``check`` gives a reason for whatever is wrong with it."""
        self._add(self.forms, name, check)

    def notice(
        self,
        name: str,
        *,
        recipient: Callable[[Scope], ColumnElement[Any]] | None = None,
        data: Callable[[Scope], ColumnElement[Any]] | None = None,
    ) -> None:
        """Register a notice: SQL for the user id it goes to (the owner) and for its JSON data (none)."""
        self._add(self.notices, name, Notice(name, recipient, data))

    def deadline(self, name: str, due: Due) -> None:
        """Register a deadline that is looked up: SQL for the moment (null: no deadline)."""
        self._add(self.deadlines, name, due)

    def dues(self, definition: Definition, step: Transition, now: datetime) -> dict[str, datetime]:
        """When the timers that a step sets will be due, as far as clock and calendar tell."""
        dues = {}
        for name in step.sets:
            timer = definition.timers[name]
            if timer.minutes:
                dues[name] = now + timedelta(minutes=timer.minutes)
            elif timer.working_days and self.calendar:
                dues[name] = self.calendar(now, timer.working_days)
        return dues

    def say(self, code: str, **parts: str) -> Reason:
        """One of the engine's own reasons; its parts are labels, numbers and times."""
        said = {name: self.translate(part) for name, part in parts.items()}
        return Reason(code, self.translate(self.words[code]) % said)

    def _reason(self, form: Mapping[str, Any]) -> Iterable[Reason]:
        if not str(form.get("reason") or "").strip():
            yield self.say("reason_missing")

    @staticmethod
    def _add(table: dict[str, Any], name: str, value: Any) -> None:
        if name in table:
            raise ValueError(f"{name!r} is registered twice")
        table[name] = value
