"""The engine's own tables (PostgreSQL 18). Subject tables belong to the application."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Computed,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _in_body(path: str, type_: str = "text") -> Computed:
    return Computed(f"((body::json {path})::{type_})", persisted=False)


# One row a transition, never changed afterwards. ``body`` is the event as it was sealed: a JSON text of which
# the virtual columns show the parts. ``hash`` covers the other columns and the hash of the subject's event
# before it (see journal.py).
event = Table(
    "workflow_event",
    metadata,
    Column("workflow", Text, primary_key=True),
    Column("subject_id", Uuid, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False, comment="1, 2, 3 … for each subject"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("body", Text, nullable=False),
    Column("prev_hash", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("source", Text, _in_body("->> 'source'"), comment="empty for the first event"),
    Column("target", Text, _in_body("->> 'target'")),
    Column("transition", Text, _in_body("->> 'transition'")),
    Column("definition_version", Integer, _in_body("->> 'version'", "int")),
    Column("held", Boolean, _in_body("->> 'held'", "boolean"), comment="not yet known to the owner"),
    Column("actor", Text, _in_body("->> 'actor'"), comment="user id, or system:<name>"),
    Column("role", Text, _in_body("->> 'role'"), comment="in which capacity: a role, owner or system"),
    Column("form", JSON, _in_body("-> 'form'", "json"), comment="what the actor filled in"),
)

# The same request key on one subject has one effect.
request = Table(
    "workflow_request",
    metadata,
    Column("workflow", Text, primary_key=True),
    Column("subject_id", Uuid, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("seq", Integer, nullable=False, comment="the event it led to"),
)

# One row a notice to send. Written with the event; claimed and finished by whoever sends.
outbox = Table(
    "workflow_outbox",
    metadata,
    Column("id", Uuid, primary_key=True, server_default=text("uuidv7()")),
    Column("workflow", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("event", Integer, nullable=False, comment="seq of the event that raised it"),
    Column("notice", Text, nullable=False, comment="the notice's name in the definition"),
    Column("recipient", Uuid, comment="user id"),
    Column("data", JSONB, nullable=False, server_default=text("'{}'::jsonb")),
    Column("held", Boolean, nullable=False, comment="not to be sent before it is released"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("released_at", DateTime(timezone=True), comment="empty while held"),
    Column("cancelled_at", DateTime(timezone=True), comment="the held outcome was taken back"),
    Column("queued_at", DateTime(timezone=True)),
    Column("claimed_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Column("outcome", Text, comment="how it finished"),
    Index("ix_workflow_outbox_subject", "subject_id", "event"),
)
Index(
    "ix_workflow_outbox_open",
    outbox.c.released_at,
    postgresql_where=outbox.c.finished_at.is_(None) & outbox.c.cancelled_at.is_(None),
)

# One row a firing of many subjects: its request key, its answer and how far it has come.
batch = Table(
    "workflow_batch",
    metadata,
    Column("key", Text, primary_key=True),
    Column("workflow", Text, nullable=False),
    Column("trigger", Text, nullable=False),
    Column("actor", JSONB, nullable=False, comment="id, grants or name of the system"),
    Column("form", JSONB),
    Column("started_at", DateTime(timezone=True), nullable=False),
    Column("total", Integer, nullable=False, server_default=text("0")),
    Column("done", Integer, nullable=False, server_default=text("0"), comment="positions dealt with"),
    Column("moved", Integer, nullable=False, server_default=text("0")),
    Column("finished_at", DateTime(timezone=True)),
)
# The subjects of a batch, by position. ``outcome`` is empty until it is their turn.
batch_item = Table(
    "workflow_batch_item",
    metadata,
    Column("key", ForeignKey("workflow_batch.key", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("subject_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False, comment="state_version when the batch began"),
    Column("outcome", Text, comment="moved or excluded"),
    Column("reasons", JSONB, comment="why it was excluded"),
)

# One row a deadline. Pending until it has ended: fired or cleared.
timer = Table(
    "workflow_timer",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("workflow", Text, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("name", Text, nullable=False),
    Column("set_by", Integer, nullable=False, comment="seq of the event that set it"),
    Column("set_at", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column(
        "next_at", DateTime(timezone=True), nullable=False, comment="due, or the next try after a refusal"
    ),
    Column("tries", Integer, nullable=False, server_default=text("0")),
    Column("refusal", JSONB, comment="reasons of the last refusal"),
    Column("ended_at", DateTime(timezone=True)),
    Column("outcome", Text, comment="fired or cleared"),
    Column("ended_by", Integer, comment="seq of the event that it fired or that cleared it"),
)
_PENDING = timer.c.ended_at.is_(None)
Index(
    "uq_workflow_timer_pending",
    timer.c.workflow,
    timer.c.subject_id,
    timer.c.name,
    unique=True,
    postgresql_where=_PENDING,
)
Index("ix_workflow_timer_next", timer.c.next_at, timer.c.id, postgresql_where=_PENDING)

# The chain heads of a moment under one Merkle root; each seal also covers the root before it (see seals.py).
seal = Table(
    "workflow_seal",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False, comment="1, 2, 3 …"),
    Column("sealed_at", DateTime(timezone=True), nullable=False),
    Column("leaves", Integer, nullable=False),
    Column("prev_root", LargeBinary, nullable=False),
    Column("root", LargeBinary, nullable=False),
)
seal_leaf = Table(
    "workflow_seal_leaf",
    metadata,
    Column("workflow", Text, primary_key=True),
    Column("subject_id", Uuid, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
    Column("seal_id", ForeignKey("workflow_seal.id", deferrable=True, initially="DEFERRED"), nullable=False),
    Index("ix_workflow_seal_leaf_seal", "seal_id", "workflow", "subject_id"),
)

APPEND_ONLY = ("workflow_event", "workflow_seal", "workflow_seal_leaf")


def protection() -> list[str]:
    """SQL that makes the journal append-only for everybody, the owner of the tables included.

    A superuser can still switch a trigger off; the hashes and seals are there to show it.
    """
    refuse = """
        CREATE FUNCTION workflow_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
        END $$"""
    triggers = [
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION workflow_append_only()"
        for table in APPEND_ONLY
    ]
    return [refuse, *triggers]


def unprotection() -> list[str]:
    """SQL that undoes ``protection``, for a downgrade."""
    drops = [f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}" for table in APPEND_ONLY]
    return [*drops, "DROP FUNCTION IF EXISTS workflow_append_only()"]


def privileges(role: str) -> list[str]:
    """SQL for the owner of the tables: what the application's own database role may do with them."""
    name = '"' + role.replace('"', '""') + '"'
    tables = {table.name for table in metadata.sorted_tables}
    grants = [f"GRANT SELECT, INSERT ON {', '.join(sorted(tables))} TO {name}"]
    free = ", ".join(sorted(tables - set(APPEND_ONLY)))
    return [
        f"REVOKE ALL ON {', '.join(sorted(tables))} FROM {name}",
        *grants,
        f"GRANT UPDATE, DELETE ON {free} TO {name}",
    ]
