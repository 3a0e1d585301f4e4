"""Is the journal whole? Finds every event that was changed, deleted, inserted, moved or cut off.

Two questions are asked in one parallel pass over the events, in constant memory:

* Does each event still have its hash?
* Do the events of each subject form one chain from its first event to the head that the subject's row holds?
  Every event names its predecessor; the named and the existing must be the same set. Two sets are compared by
  the exclusive or of a random 64-bit tag of each element. The tags' seed is drawn anew at each run, so that
  nobody can prepare a change that escapes: the chance is 2⁻⁶⁴.

Only when an answer is no, slower queries say which events it is. Rewriting a chain with fresh hashes, head
included, cannot be seen in the chain itself; the seals show it (``seals.py``).
"""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Function,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy import Engine as Database
from sqlalchemy.dialects.postgresql import distinct_on

from workflows import seals
from workflows.journal import GENESIS, hash_sql
from workflows.schema import event


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: what kind, where, in words. ``seq`` is empty when a whole subject is meant."""

    kind: str
    workflow: str
    subject_id: UUID | None
    seq: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at and what was found."""

    events: int
    subjects: int
    seals: int
    findings: tuple[Finding, ...]

    @property
    def whole(self) -> bool:
        return not self.findings


WORDS = {
    "changed": "内容与校验值不符，被改动过。",
    "missing": "这条记录不见了。",
    "relinked": "与前一条记录接不上，被替换或调换过。",
    "truncated": "末尾的记录被删去。",
    "added": "对象的当前状态不认这条记录，是后加的。",
    "replaced": "最后一条记录与对象上留存的校验值不符。",
    "orphan": "记录所属的对象不见了。",
    "unknown": "没有这种流程。",
    "state": "按记录推算的状态与对象现在的状态不同。",
}


def verify(database: Database, subjects: Mapping[str, Table], *, published: bytes | None = None) -> Report:
    """Check events, chains, heads and seals in one snapshot.

    ``subjects`` are the subject tables by workflow. ``published`` is a root that was made public: a seal with
    it must exist. Changes nothing.
    """
    with database.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        # Compiling the expression costs more than it saves.
        connection.execute(text("SET LOCAL jit = off"))
        tags = _Tags(secrets.randbits(62))
        events, changed, chain = _pass_over_events(connection, tags)
        count, heads = _pass_over_heads(connection, subjects, tags)
        findings: list[Finding] = []
        if changed:
            findings += _changed(connection)
        if chain ^ heads:
            findings += _explain(connection, subjects)
        sealed, broken = _seals(connection, published)
        findings += broken
        connection.rollback()
    return Report(events, count, sealed, tuple(findings))


def _own_hash() -> ColumnElement[bytes]:
    c = event.c
    return hash_sql(c.prev_hash, c.workflow, c.subject_id, c.seq, c.at, c.body)


@dataclass(frozen=True, slots=True)
class _Tags:
    """Random tags of (subject, seq, hash) for one run."""

    seed: int

    def of(
        self, subject_id: ColumnElement[UUID], seq: ColumnElement[int], hash_: ColumnElement[bytes]
    ) -> ColumnElement[int]:
        seed = literal(self.seed, BigInteger) + seq
        return func.hashbyteaextended(hash_, func.uuid_hash_extended(subject_id, seed))


def _xor(tags: ColumnElement[int]) -> ColumnElement[int]:
    return func.coalesce(func.bit_xor(tags), 0)


def _pass_over_events(connection: Connection, tags: _Tags) -> tuple[int, int, int]:
    """Number of events, number with a wrong hash, and the tags of events and of what they follow."""
    c = event.c
    both = tags.of(c.subject_id, c.seq, c.hash).op("#")(tags.of(c.subject_id, c.seq - 1, c.prev_hash))
    wrong = func.count().filter(c.hash.is_distinct_from(_own_hash()))
    row = connection.execute(select(func.count(), wrong, _xor(both)).select_from(event)).one()
    return row[0], row[1], row[2]


def _pass_over_heads(connection: Connection, subjects: Mapping[str, Table], tags: _Tags) -> tuple[int, int]:
    """Number of subjects, and the tags of where their chains must begin and end."""
    count = total = 0
    for table in subjects.values():
        c = table.c
        ends = tags.of(c.id, c.state_version, c.last_hash)
        begins = tags.of(c.id, literal(0, Integer), literal(GENESIS, LargeBinary))
        started = select(func.count(), _xor(ends.op("#")(begins))).where(c.state_version > 0)
        row = connection.execute(started).one()
        count, total = count + row[0], total ^ row[1]
    return count, total


def _finding(kind: str, workflow: str, subject_id: UUID | None, seq: int | None) -> Finding:
    return Finding(kind, workflow, subject_id, seq, WORDS[kind])


def _changed(connection: Connection) -> Iterator[Finding]:
    c = event.c
    wrong = c.hash.is_distinct_from(_own_hash())
    query = select(c.workflow, c.subject_id, c.seq).where(wrong).order_by(c.workflow, c.subject_id, c.seq)
    for row in connection.execute(query):
        yield _finding("changed", *row)


def _explain(connection: Connection, subjects: Mapping[str, Table]) -> Iterator[Finding]:
    """Walk the chains and compare them with their heads."""
    c = event.c
    heads = union_all(
        select(
            cast(null(), Text).label("workflow"),
            cast(null(), Uuid).label("id"),
            cast(null(), Integer).label("version"),
            cast(null(), LargeBinary).label("hash"),
        ).where(false()),
        *(
            select(literal(name, Text), table.c.id, table.c.state_version, table.c.last_hash)
            for name, table in subjects.items()
        ),
    ).cte("heads")

    def along_the_chain(function: Function[Any]) -> ColumnElement[Any]:
        return function.over(partition_by=(c.workflow, c.subject_id), order_by=c.seq)

    events = select(
        c.workflow,
        c.subject_id,
        c.seq,
        c.hash,
        c.prev_hash,
        func.coalesce(along_the_chain(func.lag(c.seq)), 0).label("before"),
        func.coalesce(along_the_chain(func.lag(c.hash)), literal(GENESIS, LargeBinary)).label("hash_before"),
        along_the_chain(func.lead(c.seq)).is_(None).label("last"),
    ).cte("events")
    e, h = events.c, heads.c
    kind = case(
        (h.id.is_(None), case((e.workflow.in_(subjects), "orphan"), else_="unknown")),
        (e.seq.is_(None), "truncated"),
        (e.seq > h.version, "added"),
        (e.before != e.seq - 1, "missing"),
        (e.prev_hash != e.hash_before, "relinked"),
        (and_(e.last, e.seq < h.version), "truncated"),
        (and_(e.seq == h.version, e.hash != h.hash), "replaced"),
    )
    joined = events.join(heads, and_(e.workflow == h.workflow, e.subject_id == h.id), full=True)
    query = (
        select(
            func.coalesce(e.workflow, h.workflow).label("flow"),
            func.coalesce(e.subject_id, h.id).label("subject"),
            kind.label("kind"),
            e.seq,
            e.before,
            h.version,
        )
        .select_from(joined)
        .where(kind.is_not(None), or_(e.seq.is_not(None), h.version > 0))
        .order_by("flow", "subject", e.seq)
    )
    for workflow, subject_id, found, seq, before_, version in connection.execute(query):
        match found:
            case "missing":
                for gone in range(before_ + 1, seq):
                    yield _finding(found, workflow, subject_id, gone)
            case "truncated":
                for gone in range((seq or 0) + 1, version + 1):
                    yield _finding(found, workflow, subject_id, gone)
            case _:
                yield _finding(found, workflow, subject_id, seq)


def _seals(connection: Connection, published: bytes | None) -> tuple[int, list[Finding]]:
    count, problems = seals.check(connection, published)
    return count, [
        Finding(problem.kind, problem.workflow, problem.subject_id, problem.seq, problem.words)
        for problem in problems
    ]


def replay(database: Database, subjects: Mapping[str, Table]) -> Report:
    """Compute every subject's state from its events alone and compare it with the state column."""
    with database.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        connection.execute(text("SET LOCAL jit = off"))
        events = connection.execute(select(func.count()).select_from(event)).scalar_one()
        findings: list[Finding] = []
        count = 0
        for name, table in subjects.items():
            count += connection.execute(
                select(func.count()).select_from(table).where(table.c.state_version > 0)
            ).scalar_one()
            findings += _states(connection, name, table)
        connection.rollback()
    return Report(events, count, 0, tuple(findings))


def _states(connection: Connection, name: str, table: Table) -> Iterator[Finding]:
    c = event.c
    last = (
        select(c.subject_id, c.seq, c.target, c.definition_version)
        .where(c.workflow == name)
        .ext(distinct_on(c.subject_id))
        .order_by(c.subject_id, c.seq.desc())
        .cte("last")
    )
    said = and_(
        last.c.target == table.c.state,
        last.c.seq == table.c.state_version,
        last.c.definition_version == table.c.definition_version,
    )
    query = (
        select(table.c.id, last.c.seq)
        .select_from(table.outerjoin(last, last.c.subject_id == table.c.id))
        .where(table.c.state_version > 0, func.coalesce(said, false()).is_(false()))
        .order_by(table.c.id)
    )
    for subject_id, seq in connection.execute(query):
        yield _finding("state", name, subject_id, seq)
