"""The journal: what an event says, and the hash that binds it to the one before.

    hash = SHA-256(prev_hash ‖ subject_id ‖ seq ‖ at ‖ workflow ‖ LF ‖ body)

``subject_id`` are 16 bytes, ``seq`` 4 and ``at`` 8 bytes big-endian (microseconds since 2000-01-01 UTC), the
rest UTF-8. The first event of a subject follows 32 zero bytes. Python and SQL compute the same.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, LargeBinary, Text, func, literal_column

from workflows.definition import Transition
from workflows.terms import Actor

GENESIS = bytes(32)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


T = TypeVar("T", bound=Any)


def tail_of(step: Transition, version: int, actor: Actor, form: Mapping[str, Any] | None) -> str:
    """The part of an event's body that is the same for every subject of one firing."""
    rest = {
        "transition": step.name,
        "version": version,
        "held": step.held,
        "actor": actor.name,
    }
    return json.dumps(rest | ({"form": form} if form else {}), ensure_ascii=False)[1:]


def body_of(source: str | None, target: str, role: str, tail: str) -> str:
    """An event's body: JSON text, kept and hashed exactly so."""
    return f'{{"source": {json.dumps(source)}, "target": "{target}", "role": "{role}", {tail}'


def body_sql(
    source: ColumnElement[str] | None,
    target: ColumnElement[str],
    role: ColumnElement[str],
    tail: ColumnElement[str],
) -> ColumnElement[str]:
    """The same in SQL."""
    head = _text('{"source": null') if source is None else _text('{"source": "') + source + _text('"')
    return head + _text(', "target": "') + target + _text('", "role": "') + role + _text('", ') + tail


def instant(at: datetime) -> bytes:
    """A moment as PostgreSQL sends it: microseconds since 2000-01-01 UTC."""
    return ((at - _EPOCH) // _MICROSECOND).to_bytes(8, signed=True)


def hash_of(prev: bytes, workflow: str, subject_id: UUID, seq: int, at: datetime, body: str) -> bytes:
    fixed = prev + subject_id.bytes + seq.to_bytes(4) + instant(at)
    return sha256(fixed + f"{workflow}\n{body}".encode()).digest()


def hash_sql(
    prev: ColumnElement[bytes],
    workflow: ColumnElement[str],
    subject_id: ColumnElement[UUID],
    seq: ColumnElement[int],
    at: ColumnElement[datetime],
    body: ColumnElement[str],
) -> ColumnElement[bytes]:
    """The same in SQL."""
    parts = (func.uuid_send(subject_id), func.int4send(seq), func.timestamptz_send(at))
    joined = prev
    for part in parts:
        joined = joined.op("||")(part)
    text = workflow + literal_column(r"E'\n'", Text) + body
    return func.sha256(joined.op("||")(func.convert_to(text, "UTF8")), type_=LargeBinary)


def told(events: Iterable[T]) -> list[T]:
    """The events of one subject that its owner may know, in order of ``seq``.

    A held outcome is told when it is released, with its release; one that was taken back never was.
    ``events`` are rows of ``workflow_event`` of one subject, in order.
    """
    known: list[T] = []
    held: list[T] = []
    for row in events:
        if row.held:
            held = [row]
        elif held and row.target != row.source:  # taken back: it leads to where the held one came from
            held = []
        else:
            known += [*held, row]
            held = []
    return known


def _text(value: str) -> ColumnElement[str]:
    quoted = value.replace("'", "''")
    return literal_column(f"'{quoted}'", Text)
