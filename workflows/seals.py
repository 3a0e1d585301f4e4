"""Seals: the heads of all chains under one Merkle root that can be published.

A seal takes in every head that moved since the seal before, and that seal's root. Who rewrites history with
fresh hashes must also rewrite every later root, and the published ones are out of reach.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Connection, Table, Text, exists, func, insert, literal, select
from sqlalchemy.orm import Session

from workflows.journal import GENESIS, instant
from workflows.schema import event, seal, seal_leaf

# Any number, the same for everybody: only one seal is made at a time.
_LOCK = 0x5EA1


@dataclass(frozen=True, slots=True)
class Seal:
    """One seal: the root is what to publish."""

    id: int
    sealed_at: datetime
    leaves: int
    root: bytes


@dataclass(frozen=True, slots=True)
class Problem:
    kind: str
    workflow: str
    subject_id: UUID | None
    seq: int | None
    words: str


def leaf(workflow: str, subject_id: UUID, seq: int, hash_: bytes) -> bytes:
    """What goes into the tree for one chain head."""
    return sha256(b"\0" + subject_id.bytes + seq.to_bytes(4) + hash_ + workflow.encode()).digest()


def merkle_root(leaves: Iterable[bytes]) -> bytes:
    """Root of the tree of RFC 9162 (section 2.1.1) over leaf hashes, in memory that grows with its height."""
    peaks: list[tuple[int, bytes]] = []
    for digest in leaves:
        size = 1
        while peaks and peaks[-1][0] == size:
            digest = sha256(b"\1" + peaks.pop()[1] + digest).digest()
            size *= 2
        peaks.append((size, digest))
    if not peaks:
        return sha256(b"").digest()
    root = peaks.pop()[1]
    while peaks:
        root = sha256(b"\1" + peaks.pop()[1] + root).digest()
    return root


def root_of(prev_root: bytes, sealed_at: datetime, leaves: Iterable[bytes]) -> bytes:
    """A seal's root: over the root before it, its time, and the tree of its leaves."""
    return sha256(prev_root + instant(sealed_at) + merkle_root(leaves)).digest()


def make(session: Session, subjects: Mapping[str, Table], now: datetime) -> Seal:
    """Seal every head that moved since the last seal. Writes in the caller's transaction."""
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    last = session.execute(select(seal).order_by(seal.c.id.desc()).limit(1)).one_or_none()
    number, prev_root = (last.id + 1, last.root) if last else (1, GENESIS)
    for name, table in subjects.items():
        c = table.c
        sealed = (
            select(seal_leaf.c.subject_id, func.max(seal_leaf.c.seq).label("seq"))
            .where(seal_leaf.c.workflow == name)
            .group_by(seal_leaf.c.subject_id)
            .subquery()
        )
        moved = (
            select(literal(name, Text), c.id, c.state_version, c.last_hash, literal(number))
            .outerjoin(sealed, sealed.c.subject_id == c.id)
            .where(c.state_version > func.coalesce(sealed.c.seq, 0))
        )
        columns = ["workflow", "subject_id", "seq", "hash", "seal_id"]
        session.execute(insert(seal_leaf).from_select(columns, moved))
    count = session.scalar(select(func.count()).where(seal_leaf.c.seal_id == number)) or 0
    root = root_of(prev_root, now, _leaves(session.connection(), number))
    session.execute(
        insert(seal).values(id=number, sealed_at=now, leaves=count, prev_root=prev_root, root=root)
    )
    return Seal(number, now, count, root)


def _leaves(connection: Connection, number: int) -> Iterator[bytes]:
    c = seal_leaf.c
    query = (
        select(c.workflow, c.subject_id, c.seq, c.hash)
        .where(c.seal_id == number)
        .order_by(c.workflow.collate("C"), c.subject_id)
        .execution_options(yield_per=5000)
    )
    for row in connection.execute(query):
        yield leaf(*row)


def check(connection: Connection, published: bytes | None = None) -> tuple[int, list[Problem]]:
    """Number of seals, and what disagrees: seals among themselves, seals with events, a published root."""
    problems = []
    seals = connection.execute(select(seal).order_by(seal.c.id)).all()
    root = GENESIS
    for number, row in enumerate(seals, start=1):
        whole = root_of(row.prev_root, row.sealed_at, _leaves(connection, row.id))
        if (row.id, row.prev_root, row.root) != (number, root, whole):
            problems.append(Problem("seal", "", None, row.id, f"第{row.id}次封存与其内容或前一次封存不符。"))
        root = row.root
    numbered = {row.id for row in seals}
    sealed = seal_leaf.c
    there = exists().where(
        event.c.workflow == sealed.workflow,
        event.c.subject_id == sealed.subject_id,
        event.c.seq == sealed.seq,
        event.c.hash == sealed.hash,
    )
    lost = select(sealed.workflow, sealed.subject_id, sealed.seq, sealed.seal_id).where(~there)
    for workflow, subject_id, seq, number in connection.execute(lost.order_by(sealed.seal_id)):
        words = f"第{number}次封存时的记录不见了或被改写。"
        problems.append(Problem("sealed", workflow, subject_id, seq, words))
    for number in connection.scalars(select(sealed.seal_id).distinct()):
        if number not in numbered:
            problems.append(Problem("seal", "", None, number, f"第{number}次封存不见了。"))
    if published is not None and published not in {row.root for row in seals}:
        problems.append(Problem("published", "", None, None, "没有与公开的校验值相同的封存。"))
    return len(seals), problems
