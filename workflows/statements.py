"""One SQL statement a transition: state, event, notices and timers move together or not at all."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    Boolean,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    Table,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    null,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql.type_api import TypeEngine

from workflows.definition import START, Definition, Transition
from workflows.journal import event_hash
from workflows.registry import Registry, Scope
from workflows.schema import event, outbox, timer
from workflows.soundness import targets

_DIALECT = PGDialect_psycopg()  # type: ignore[no-untyped-call]
_DUE = "p_due_"
_TYPES: dict[str, TypeEngine[Any]] = {
    "p_id": Uuid(),
    "p_version": Integer(),
    "p_area": Text(),
    "p_owner": Uuid(),
    "p_now": DateTime(timezone=True),
    "p_actor": Text(),
    "p_actor_id": Uuid(),
    "p_role": Text(),
    "p_form": JSONB(),
    "p_key": Text(),
}


def parameter(name: str) -> ColumnElement[Any]:
    """A value handed in at run time; cast, as PostgreSQL must know its type inside a record."""
    type_ = DateTime(timezone=True) if name.startswith(_DUE) else _TYPES[name]
    return cast(bindparam(name, None, type_), type_)


def scope_of(table: Table) -> Scope:
    """The names that the application's SQL forms use."""
    return Scope(table, now=parameter("p_now"), actor_id=parameter("p_actor_id"))


@dataclass(frozen=True, slots=True)
class Prepared:
    """SQL text with the values that are the same at every call."""

    sql: str
    fixed: Mapping[str, Any]


def prepare(statement: Any) -> Prepared:
    """Compile once, so that firing costs no SQLAlchemy compilation."""
    compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    fixed = {}
    for name, value in compiled.params.items():
        if name in _TYPES or name.startswith(_DUE):
            continue
        bind = compiled.binds.get(name)
        process = bind.type.dialect_impl(_DIALECT).bind_processor(_DIALECT) if bind is not None else None
        fixed[name] = process(value) if process else value
    return Prepared(str(compiled), fixed)


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
) -> Prepared:
    """The statement that takes one subject through a transition.

    It answers with one row (state, hash and the ids of the notices), or with none if the subject has moved on
    or a guard does not hold; then nothing was written.
    """
    where = [
        table.c.id == parameter("p_id"),
        table.c.state_version == parameter("p_version"),
        # Who may act was judged on these.
        table.c.area_code == parameter("p_area"),
        table.c.owner_id.is_not_distinct_from(parameter("p_owner")),
        *ready(definition, step, registry, table),
    ]
    if keyed:
        used = exists().where(
            event.c.workflow == definition.name,
            event.c.subject_id == table.c.id,
            event.c.request_key == parameter("p_key"),
        )
        where.append(~used)
    moved, parts, noticed = move(definition, step, registry, table, where)
    ids = select(func.array_agg(noticed.c.id)).scalar_subquery() if noticed is not None else null()
    answer: Select[Any] = select(
        moved.c.state,
        moved.c.public_state,
        moved.c.state_since,
        moved.c.last_hash,
        moved.c.source,
        ids.label("notices"),
    )
    return prepare(answer.add_cte(*parts))


def move(
    definition: Definition,
    step: Transition,
    registry: Registry,
    table: Table,
    where: Iterable[ColumnElement[bool]],
) -> tuple[CTE, list[CTE], CTE | None]:
    """Take all rows that satisfy ``where`` through a transition.

    Returns the CTE of the rows moved, the CTEs that write what follows from it, and the one among these with
    the ids of notices that may be sent now.
    """
    scope = scope_of(table)
    notices = [registry.notices[name] for name in step.notices]
    recipients = [
        (notice.recipient(scope) if notice.recipient else table.c.owner_id).label(f"to_{index}")
        for index, notice in enumerate(notices)
    ]
    data = [
        cast(notice.data(scope), JSONB).label(f"data_{index}")
        for index, notice in enumerate(notices)
        if notice.data
    ]
    dues = [_due(definition, name, registry, scope).label(f"due_{name}") for name in step.sets]
    chosen = select(table, *recipients, *data, *dues).where(*where).cte("chosen")

    seq = chosen.c.state_version + 1
    target: ColumnElement[Any] = literal(step.target, Text)
    if step.target is None:
        target = chosen.c.public_state if step.kind == "take_back" else chosen.c.state
    values: dict[str, ColumnElement[Any]] = {
        "workflow": literal(definition.name, Text),
        "subject_id": chosen.c.id,
        "seq": seq,
        "definition_version": chosen.c.definition_version,
        "transition": literal(step.name, Text),
        "source": null() if step.name == START else chosen.c.state,
        "target": target,
        "held": literal(step.held, Boolean),
        "actor": parameter("p_actor"),
        "role": parameter("p_role"),
        "at": parameter("p_now"),
        "form": parameter("p_form"),
        "request_key": parameter("p_key"),
    }
    values = {name: cast(value, event.c[name].type) for name, value in values.items()}
    stays = step.kind == "release" or step.target in step.sources
    changes = {
        "state": target,
        "public_state": chosen.c.public_state if step.held else target,
        "state_since": case((chosen.c.state == target, chosen.c.state_since), else_=parameter("p_now"))
        if stays
        else parameter("p_now"),
        "state_version": seq,
        "last_hash": event_hash(chosen.c.last_hash, values),
        "held_seq": seq if step.held else null(),
        "held_by": parameter("p_actor") if step.held else null(),
    }
    moved = (
        update(table)
        .where(table.c.id == chosen.c.id, table.c.state_version == chosen.c.state_version)
        .values(changes)
        .returning(
            *(
                table.c[name]
                for name in ("id", "state", "public_state", "state_since", "state_version", "last_hash")
            ),
            chosen.c.state.label("source"),
            chosen.c.last_hash.label("prev_hash"),
            chosen.c.held_seq.label("held_before"),
            *(chosen.c[column.name] for column in (*recipients, *data, *dues)),
        )
        .cte("moved")
    )
    written = values | {
        "subject_id": moved.c.id,
        "seq": moved.c.state_version,
        "definition_version": literal(definition.version, Integer),
        "source": values["source"] if step.name == START else moved.c.source,
        "target": moved.c.state,
        "prev_hash": moved.c.prev_hash,
        "hash": moved.c.last_hash,
    }
    parts = [insert(event).from_select(list(written), select(*written.values())).cte("written")]
    noticed = None
    if step.notices:
        noticed = _notices(definition, step, registry, moved)
        parts.append(noticed)
    if step.kind in ("release", "take_back"):
        settled = _settle_notices(definition, step, moved)
        noticed = settled if step.kind == "release" else None
        parts.append(settled)
    parts += _timers(definition, step, moved)
    return moved, parts, noticed


def _notices(definition: Definition, step: Transition, registry: Registry, moved: CTE) -> CTE:
    rows = [
        select(
            literal(definition.name, Text).label("workflow"),
            moved.c.id.label("subject_id"),
            moved.c.state_version.label("event"),
            literal(name, Text).label("notice"),
            moved.c[f"to_{index}"].label("recipient"),
            (moved.c[f"data_{index}"] if registry.notices[name].data else cast("{}", JSONB)).label("data"),
            literal(step.held, Boolean).label("held"),
            parameter("p_now").label("created_at"),
            (null() if step.held else parameter("p_now")).label("released_at"),
        )
        for index, name in enumerate(step.notices)
    ]
    source = rows[0].union_all(*rows[1:]) if len(rows) > 1 else rows[0]
    columns = [column.name for column in rows[0].selected_columns]
    return (
        insert(outbox).from_select(columns, source).returning(outbox.c.id, outbox.c.subject_id).cte("noticed")
    )


def _settle_notices(definition: Definition, step: Transition, moved: CTE) -> CTE:
    """Held notices go out with the release and are cancelled when the outcome is taken back."""
    when = {"released_at": parameter("p_now"), "held": false()}
    return (
        update(outbox)
        .where(
            outbox.c.workflow == definition.name,
            outbox.c.subject_id == moved.c.id,
            outbox.c.event == moved.c.held_before,
            outbox.c.held,
        )
        .values(when if step.kind == "release" else {"cancelled_at": parameter("p_now"), "held": false()})
        .returning(outbox.c.id, outbox.c.subject_id)
        .cte("settled")
    )


def _due(definition: Definition, name: str, registry: Registry, scope: Scope) -> ColumnElement[Any]:
    """When a timer will be due: null means never, so it is not set."""
    settings = definition.timers[name]
    if settings.due:
        return cast(registry.deadlines[settings.due](scope), DateTime(timezone=True))
    if settings.minutes:
        return cast(scope.now, DateTime(timezone=True)) + timedelta(minutes=settings.minutes)
    return parameter(_DUE + name)


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


def _timers(definition: Definition, step: Transition, moved: CTE) -> list[CTE]:
    parts = []
    pending = and_(
        timer.c.workflow == definition.name, timer.c.subject_id == moved.c.id, timer.c.ended_at.is_(None)
    )
    ended = {"ended_at": parameter("p_now"), "outcome": "cleared", "ended_by": moved.c.state_version}
    if names := cleared_timers(definition, step):
        clear = update(timer).where(pending, timer.c.name.in_(names)).values(ended)
        parts.append(clear.returning(timer.c.id).cte("cleared"))
    if step.kind == "take_back":
        unset = update(timer).where(pending, timer.c.set_by == moved.c.held_before).values(ended)
        parts.append(unset.returning(timer.c.id).cte("unset"))
        restore = (
            update(timer)
            .where(
                timer.c.workflow == definition.name,
                timer.c.subject_id == moved.c.id,
                timer.c.outcome == "cleared",
                timer.c.ended_by == moved.c.held_before,
            )
            .values(ended_at=null(), outcome=null(), ended_by=null())
        )
        parts.append(restore.returning(timer.c.id).cte("restored"))
    for name in step.sets:
        due = moved.c[f"due_{name}"]
        row: dict[str, ColumnElement[Any]] = {
            "workflow": literal(definition.name, Text),
            "subject_id": moved.c.id,
            "name": literal(name, Text),
            "set_by": moved.c.state_version,
            "set_at": parameter("p_now"),
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
