"""One SQL statement a transition: state, event, notices and timers move together or not at all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CTE,
    Boolean,
    ClauseElement,
    ColumnElement,
    DateTime,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    literal_column,
    null,
    select,
    true,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, Insert, insert
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.type_api import TypeEngine

from workflows.definition import START, Definition, Transition
from workflows.registry import Registry, Scope
from workflows.schema import event, outbox, request, timer
from workflows.soundness import targets

_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]
DUE = "p_due_"
NOTICE = "p_notice_"
_NO_DATA: ColumnElement[Any] = literal_column("'{}'::jsonb", JSONB)
_OLD = ("state", "last_hash", "held_seq")
_TYPES: dict[str, TypeEngine[Any]] = {
    "p_id": Uuid(),
    "p_ids": ARRAY(Uuid()),
    "p_version": Integer(),
    "p_area": Text(),
    "p_owner": Uuid(),
    "p_now": DateTime(timezone=True),
    "p_actor": Text(),
    "p_actor_id": Uuid(),
    "p_key": Text(),
    "p_hash": LargeBinary(),
    "p_body": Text(),
    "p_tail": Text(),
}


class Parameter(ColumnElement[Any]):
    """A value handed in at run time, always cast: PostgreSQL must know its type inside a record.

    Not a ``bindparam``, so that all other values of a statement can be written into its text.
    """

    inherit_cache = False

    def __init__(self, name: str) -> None:
        self.name = name
        if name.startswith(DUE):
            name = "p_now"
        self.type = _TYPES["p_id" if name.startswith(NOTICE) else name]


@compiles(Parameter)
def _render(parameter: Parameter, compiler: SQLCompiler, **_: Any) -> str:
    return f"%({parameter.name})s::{compiler.dialect.type_compiler_instance.process(parameter.type)}"


def scope_of(table: Table) -> Scope:
    """The names that the application's SQL forms use."""
    return Scope(table, now=Parameter("p_now"), actor_id=Parameter("p_actor_id"))


def id_array(ids: Iterable[UUID]) -> str:
    """Ids for ``p_ids``: PostgreSQL reads them faster than psycopg converts a list."""
    return "{" + ",".join(map(str, ids)) + "}"


def text_of(statement: ClauseElement) -> str:
    """SQL for psycopg, compiled once, with everything but the parameters written out.

    Short texts matter: psycopg parses those of more than 4,096 characters anew at each call.
    """
    inline = {"literal_binds": True}
    compiled: Any = statement.compile(dialect=_DIALECT, compile_kwargs=inline)
    sql = str(compiled)
    # SQLAlchemy leaves parameters in RETURNING.
    for name in compiled.params:
        bind = compiled.binds[name]
        value = literal(bind.value, bind.type).compile(
            dialect=_DIALECT, compile_kwargs={"literal_binds": True}
        )
        sql = sql.replace(f"%({name})s", str(value))
    return sql


def holds(step: Transition, registry: Registry, scope: Scope) -> ColumnElement[bool]:
    """The guards of a transition in SQL; those that exist only in Python are asked before."""
    answers = [
        ~answer if use.negated else answer
        for use in step.guards
        if (form := registry.guards[use.name].holds) is not None
        for answer in [func.coalesce(form(scope), false())]
    ]
    return and_(true(), *answers)


def ready(
    definition: Definition, step: Transition, registry: Registry, table: Table
) -> list[ColumnElement[bool]]:
    """What must be so in a row for the transition, whoever takes it."""
    held = (
        table.c.held_seq.is_not(None) if step.kind in ("release", "take_back") else table.c.held_seq.is_(None)
    )
    stands = table.c.state_version == 0 if step.name == START else table.c.state.in_(step.sources)
    return [
        table.c.definition_version == definition.version,
        stands,
        held,
        holds(step, registry, scope_of(table)),
    ]


def fire_one(
    definition: Definition, step: Transition, registry: Registry, table: Table, *, keyed: bool
) -> str:
    """The statement that takes one subject through a transition.

    It writes one event, or nothing at all if the subject has moved on or a guard does not hold; the row count
    tells. It answers with rows only for a release (the ids of the notices that may go out now), as everything
    else is known beforehand.
    """
    where = [
        table.c.id == Parameter("p_id"),
        table.c.state_version == Parameter("p_version"),
        # Who may act was judged on these.
        table.c.area_code == Parameter("p_area"),
        table.c.owner_id.is_not_distinct_from(Parameter("p_owner")),
        *ready(definition, step, registry, table),
    ]
    if keyed:
        used = exists().where(
            request.c.workflow == definition.name,
            request.c.subject_id == table.c.id,
            request.c.key == Parameter("p_key"),
        )
        where.append(~used)
    move = Move(definition, step, registry, table)
    moved = move.subjects(where, Parameter("p_hash"))
    parts = move.consequences(moved, [Parameter(f"{NOTICE}{index}") for index in range(len(step.notices))])
    if keyed:
        row = select(text_sql(definition.name), moved.c.id, Parameter("p_key"), moved.c.state_version)
        parts.append(insert(request).from_select(list(request.c.keys()), row).cte("asked"))
    journal = move.journal(moved, Parameter("p_body"))
    if step.kind != "release":
        return text_of(journal.add_cte(*parts))
    written = journal.returning(event.c.seq).cte("written")
    settled = next(part for part in parts if part.name == "settled")
    return text_of(
        select(written.c.seq, select(func.array_agg(settled.c.id)).scalar_subquery()).add_cte(*parts)
    )


@dataclass(frozen=True)
class Move:
    """The parts of a statement that takes rows of a table through a transition."""

    definition: Definition
    step: Transition
    registry: Registry
    table: Table

    @property
    def target(self) -> ColumnElement[Any]:
        """The new state, in terms of a row before the move."""
        if self.step.target is not None:
            return text_sql(self.step.target)
        return self.table.c.public_state if self.step.kind == "take_back" else self.table.c.state

    def subjects(
        self,
        where: Iterable[ColumnElement[bool]],
        new_hash: ColumnElement[bytes],
        *also: ColumnElement[Any],
        more: Mapping[str, Any] | None = None,
    ) -> CTE:
        """Move the rows that satisfy ``where``: the CTE tells what each was, has become, and ``also``.

        ``more`` are further columns to set.
        """
        step, columns = self.step, self.table.c
        # Assignments see the row as it was before.
        seq = columns.state_version + 1
        changes: dict[str, Any] = {"state": self.target, "state_version": seq, "last_hash": new_hash}
        if not step.held:
            changes["public_state"] = self.target
        if step.target in step.sources:
            same = columns.state == self.target
            changes["state_since"] = case((same, columns.state_since), else_=Parameter("p_now"))
        elif step.kind != "release":
            changes["state_since"] = Parameter("p_now")
        if step.held or step.kind in ("release", "take_back"):
            changes["held_seq"] = seq if step.held else null()
            changes["held_by"] = Parameter("p_actor") if step.held else null()
        changes |= more or {}
        old = [literal_column(f"old.{name}", columns[name].type).label(f"old_{name}") for name in _OLD]
        now = [columns[name] for name in ("id", "state", "state_version", "last_hash")]
        moved = (
            update(self.table).where(*where).values(changes).returning(*now, *old, *also, *self._looked_up())
        )
        return moved.cte("moved")

    def _looked_up(self) -> list[ColumnElement[Any]]:
        """What notices and timers need to know of a row that has moved."""
        scope = scope_of(self.table)
        columns: list[ColumnElement[Any]] = []
        for index, name in enumerate(self.step.notices):
            notice = self.registry.notices[name]
            to = notice.recipient(scope) if notice.recipient else self.table.c.owner_id
            data = type_coerce(notice.data(scope), JSONB) if notice.data else _NO_DATA
            columns += [to.label(f"to_{index}"), data.label(f"data_{index}")]
        for name in self.step.sets:
            columns.append(self._due(name, scope).label(f"due_{name}"))
        return columns

    def _due(self, name: str, scope: Scope) -> ColumnElement[Any]:
        """When a timer will be due: null means never, so it is not set."""
        if due := self.definition.timers[name].due:
            return cast(self.registry.deadlines[due](scope), DateTime(timezone=True))
        return Parameter(DUE + name)

    def journal(self, moved: CTE, body: ColumnElement[str]) -> Insert:
        """Write one event for each row moved."""
        row = {
            "workflow": text_sql(self.definition.name),
            "subject_id": moved.c.id,
            "seq": moved.c.state_version,
            "at": Parameter("p_now"),
            "body": body,
            "prev_hash": moved.c.old_last_hash,
            "hash": moved.c.last_hash,
        }
        return insert(event).from_select(list(row), select(*row.values()).select_from(moved))

    def consequences(self, moved: CTE, notice_ids: Sequence[ColumnElement[Any]] = ()) -> list[CTE]:
        """Notices and timers. Without ids for the notices the database makes them."""
        parts = self._timers(moved)
        if self.step.notices:
            parts.append(self._notices(moved, notice_ids))
        if self.step.kind in ("release", "take_back"):
            parts.append(self._settle_notices(moved))
        return parts

    def _notices(self, moved: CTE, ids: Sequence[ColumnElement[Any]]) -> CTE:
        rows = []
        for index, name in enumerate(self.step.notices):
            row = {
                "workflow": text_sql(self.definition.name),
                "subject_id": moved.c.id,
                "event": moved.c.state_version,
                "notice": text_sql(name),
                "recipient": moved.c[f"to_{index}"],
                "data": moved.c[f"data_{index}"],
                "held": literal(self.step.held, Boolean),
                "created_at": Parameter("p_now"),
                "released_at": cast(null(), DateTime(timezone=True))
                if self.step.held
                else Parameter("p_now"),
            } | ({"id": ids[index]} if ids else {})
            rows.append((list(row), select(*row.values()).select_from(moved)))
        columns, first = rows[0]
        source = first.union_all(*(row for _, row in rows[1:])) if len(rows) > 1 else first
        return insert(outbox).from_select(columns, source).returning(outbox.c.id).cte("noticed")

    def _settle_notices(self, moved: CTE) -> CTE:
        """Held notices go out with the release and are cancelled when the outcome is taken back."""
        when = {"released_at": Parameter("p_now"), "held": false()}
        return (
            update(outbox)
            .where(
                outbox.c.workflow == self.definition.name,
                outbox.c.subject_id == moved.c.id,
                outbox.c.event == moved.c.old_held_seq,
                outbox.c.held,
            )
            .values(
                when if self.step.kind == "release" else {"cancelled_at": Parameter("p_now"), "held": false()}
            )
            .returning(outbox.c.id)
            .cte("settled")
        )

    def _timers(self, moved: CTE) -> list[CTE]:
        definition, step = self.definition, self.step
        parts = []
        pending = and_(
            timer.c.workflow == definition.name, timer.c.subject_id == moved.c.id, timer.c.ended_at.is_(None)
        )
        ended = {"ended_at": Parameter("p_now"), "outcome": "cleared", "ended_by": moved.c.state_version}
        if names := cleared_timers(definition, step):
            clear = update(timer).where(pending, timer.c.name.in_(names)).values(ended)
            parts.append(clear.returning(timer.c.id).cte("cleared"))
        if step.kind == "take_back":
            unset = update(timer).where(pending, timer.c.set_by == moved.c.old_held_seq).values(ended)
            parts.append(unset.returning(timer.c.id).cte("unset"))
            restore = (
                update(timer)
                .where(
                    timer.c.workflow == definition.name,
                    timer.c.subject_id == moved.c.id,
                    timer.c.outcome == "cleared",
                    timer.c.ended_by == moved.c.old_held_seq,
                )
                .values(ended_at=null(), outcome=null(), ended_by=null())
            )
            parts.append(restore.returning(timer.c.id).cte("restored"))
        for name in step.sets:
            due = moved.c[f"due_{name}"]
            row: dict[str, ColumnElement[Any]] = {
                "workflow": text_sql(definition.name),
                "subject_id": moved.c.id,
                "name": text_sql(name),
                "set_by": moved.c.state_version,
                "set_at": Parameter("p_now"),
                "due_at": due,
                "next_at": due,
            }
            add = insert(timer).from_select(list(row), select(*row.values()).where(due.is_not(None)))
            again = {key: add.excluded[key] for key in ("set_by", "set_at", "due_at", "next_at")}
            add = add.on_conflict_do_update(
                index_elements=[timer.c.workflow, timer.c.subject_id, timer.c.name],
                index_where=timer.c.ended_at.is_(None),
                set_=again | {"tries": 0, "refusal": null()},
            )
            parts.append(add.returning(timer.c.id).cte(f"set_{name}"))
        return parts


def cleared_timers(definition: Definition, step: Transition) -> list[str]:
    """Timers that may be pending before the transition and have no business after it."""
    after = targets(definition, step)
    return [
        name
        for name, settings in definition.timers.items()
        if name not in step.sets
        and (
            name in step.clears
            or (
                any(definition.triggered(settings.fires, state) for state in step.sources)
                and not any(definition.triggered(settings.fires, state) for state in after)
            )
        )
    ]


def text_sql(value: str) -> ColumnElement[Any]:
    return cast(literal(value, Text), Text)
