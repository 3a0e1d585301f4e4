"""The journal: what is hashed, and how."""

from sqlalchemy import ColumnElement, LargeBinary, func

# In this order the columns of an event go into its hash, after the hash of the event before it.
HASHED = (
    "workflow",
    "subject_id",
    "seq",
    "definition_version",
    "transition",
    "source",
    "target",
    "held",
    "actor",
    "role",
    "at",
    "form",
    "request_key",
)


def event_hash(prev: ColumnElement[bytes], values: dict[str, ColumnElement[object]]) -> ColumnElement[bytes]:
    """SQL for an event's hash: SHA-256 over PostgreSQL's binary form of the record (prev_hash, *HASHED).

    That form carries the type and length of every field, so no two different events have the same bytes.
    """
    fields = [values[name] for name in HASHED]
    return func.sha256(func.record_send(func.row(prev, *fields)), type_=LargeBinary)
