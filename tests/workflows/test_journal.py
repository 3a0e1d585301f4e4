"""The journal: append-only, chained, sealed; whatever is done to it is found."""

import os
import random
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import cast
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Connection, Table, select, text
from sqlalchemy import Engine as Database
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from tests.workflows.conftest import unprotected
from tests.workflows.loan import NOW, Loan, librarian, member, new_loan
from workflows import seals
from workflows.engine import Engine
from workflows.journal import GENESIS, hash_of
from workflows.schema import APPEND_ONLY, event, seal_leaf
from workflows.verify import Report, replay, verify

TABLES = {"loan": cast(Table, Loan.__table__)}
FULL = os.environ.get("PROOF") == "full"


def check(database: Database) -> Report:
    return verify(database, TABLES)


@pytest.fixture
def loans(engine: Engine, session: Session) -> list[Loan]:
    """Loans with three or four events each."""
    owner = member(session)
    made = [new_loan(engine, session, owner, book=number) for number in range(6)]
    for number, loan in enumerate(made):
        engine.fire(session, loan, "approve", actor=librarian(), now=NOW + timedelta(minutes=1))
        engine.fire(session, loan, "hand_over", actor=librarian(), now=NOW + timedelta(minutes=2))
        if number % 2:
            engine.fire(session, loan, "give_back", actor=librarian(), now=NOW + timedelta(minutes=3))
    session.commit()
    return made


def test_python_and_sql_agree_on_every_hash(database: Database, session: Session, loans: list[Loan]) -> None:
    heads: dict[UUID, bytes] = {}
    for row in session.execute(select(event).order_by(event.c.subject_id, event.c.seq)):
        prev = heads.get(row.subject_id, GENESIS)
        assert row.prev_hash == prev
        assert row.hash == hash_of(prev, row.workflow, row.subject_id, row.seq, row.at, row.body)
        heads[row.subject_id] = row.hash
    assert heads == {loan.id: loan.last_hash for loan in loans}
    report = check(database)
    assert (report.events, report.subjects, report.findings) == (21, 6, ())


def test_the_application_can_neither_change_nor_delete_an_event(session: Session, loans: list[Loan]) -> None:
    for table in APPEND_ONLY:
        for statement in (
            f"UPDATE {table} SET hash = hash",
            f"DELETE FROM {table}",
            f"TRUNCATE {table} CASCADE",
        ):
            if (table, statement[:6]) == ("workflow_seal", "UPDATE"):
                statement = "UPDATE workflow_seal SET root = root"
            with pytest.raises(ProgrammingError, match="append-only"), session.begin_nested():
                session.execute(text(statement))


def test_replaying_the_journal_gives_every_state(
    database: Database, session: Session, loans: list[Loan]
) -> None:
    assert replay(database, TABLES).whole
    session.execute(text("UPDATE loan SET state = 'returned' WHERE id = :id"), {"id": loans[0].id})
    session.commit()
    (finding,) = replay(database, TABLES).findings
    assert (finding.kind, finding.subject_id) == ("state", loans[0].id)


Tamper = Callable[[Connection, random.Random, Loan, int], None]
HERE = "WHERE subject_id = :id AND seq = :seq"


def change(sql: str) -> Tamper:
    def tamper(connection: Connection, chance: random.Random, loan: Loan, seq: int) -> None:
        connection.execute(
            text(sql), {"id": loan.id, "seq": seq, "new": uuid4(), "bytes": chance.randbytes(32)}
        )

    return tamper


def rewrite(connection: Connection, chance: random.Random, loan: Loan, seq: int) -> None:
    """Change an event and give it a fresh hash of its own."""
    row = connection.execute(select(event).where(event.c.subject_id == loan.id, event.c.seq == seq)).one()
    body = row.body.replace("librarian", "director").replace("owner", "own")
    hash_ = hash_of(row.prev_hash, row.workflow, row.subject_id, row.seq, row.at, body)
    connection.execute(
        text(f"UPDATE workflow_event SET body = :body, hash = :hash {HERE}"),
        {"body": body, "hash": hash_, "id": loan.id, "seq": seq},
    )


def insert_at_end(connection: Connection, chance: random.Random, loan: Loan, seq: int) -> None:
    """Forge one more event, with a hash that fits."""
    body = '{"source": "lent", "target": "returned"}'
    next_ = loan.state_version + 1
    connection.execute(
        event.insert().values(
            workflow="loan", subject_id=loan.id, seq=next_, at=NOW, body=body, prev_hash=loan.last_hash,
            hash=hash_of(loan.last_hash, "loan", loan.id, next_, NOW, body),
        )
    )  # fmt: skip


SWAP = f"""UPDATE workflow_event e SET at = o.at, body = o.body, hash = o.hash, prev_hash = o.prev_hash
    FROM workflow_event o {HERE.replace("subject_id", "e.subject_id").replace("seq =", "e.seq =")}
    AND o.subject_id = e.subject_id AND o.seq = (:seq % 3) + 1"""

TAMPERINGS: dict[str, Tamper] = {
    "body": change(
        f"UPDATE workflow_event SET body = replace(body, '\"held\": false', '\"held\": true') {HERE}"
    ),
    "time": change(f"UPDATE workflow_event SET at = at + interval '1 microsecond' {HERE}"),
    "workflow": change(f"UPDATE workflow_event SET workflow = 'call' {HERE}"),
    "hash": change(f"UPDATE workflow_event SET hash = :bytes {HERE}"),
    "prev_hash": change(f"UPDATE workflow_event SET prev_hash = :bytes {HERE}"),
    "seq": change(f"UPDATE workflow_event SET seq = seq + 10 {HERE}"),
    "subject": change(f"UPDATE workflow_event SET subject_id = :new {HERE}"),
    "deleted": change(f"DELETE FROM workflow_event {HERE}"),
    "cut off": change("DELETE FROM workflow_event WHERE subject_id = :id AND seq >= :seq"),
    "all deleted": change("DELETE FROM workflow_event WHERE subject_id = :id"),
    "subject deleted": change("DELETE FROM loan WHERE id = :id"),
    "copied over": change(SWAP),
    "head": change("UPDATE loan SET last_hash = :bytes WHERE id = :id"),
    "rewritten": rewrite,
    "inserted": insert_at_end,
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_every_kind_of_tampering_is_found_and_placed(
    database: Database, loans: list[Loan], name: str, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(name)
    for _ in range(1000 // len(TAMPERINGS) + 1 if FULL else 3):
        loan = chance.choice(loans)
        seq = chance.randint(1, loan.state_version)
        with unprotected(database) as connection:
            TAMPERINGS[name](connection, chance, loan, seq)
            connection.commit()
            try:
                findings = check(database).findings
            finally:
                _restore(connection, loans)
        assert findings, f"{name} of event {seq} was not found"
        assert any(found.subject_id == loan.id for found in findings) or name == "subject"
        places = {found.seq for found in findings}
        near = {seq, seq + 1, seq + 10, loan.state_version, loan.state_version + 1, (seq % 3) + 1}
        assert places <= near | set(range(1, 15))
    assert check(database).whole


BACKUP = ("workflow_event", "loan")


@pytest.fixture(autouse=True)
def _backup(request: pytest.FixtureRequest) -> None:
    if "loans" in request.fixturenames and "database" in request.fixturenames:
        request.getfixturevalue("loans")
        with request.getfixturevalue("database").begin() as connection:
            for table in BACKUP:
                connection.execute(text(f"DROP TABLE IF EXISTS backup_{table}"))
                connection.execute(text(f"CREATE TABLE backup_{table} AS SELECT * FROM {table}"))


def _restore(connection: Connection, loans: list[Loan]) -> None:
    columns = {
        "workflow_event": "workflow, subject_id, seq, at, body, prev_hash, hash",
        "loan": ", ".join(Loan.__table__.columns.keys()),
    }
    for table, names in columns.items():
        connection.execute(text(f"DELETE FROM {table}"))
        connection.execute(text(f"INSERT INTO {table} ({names}) SELECT {names} FROM backup_{table}"))
    connection.commit()


def test_a_rewritten_chain_is_found_by_its_seal(
    database: Database, session: Session, loans: list[Loan], engine: Engine
) -> None:
    """Somebody with every right recomputes all hashes up to the head; only the seal remembers."""
    seals.make(session, TABLES, NOW + timedelta(days=1))
    session.commit()
    loan = loans[1]
    with unprotected(database) as connection:
        prev = GENESIS
        mine = select(event).where(event.c.subject_id == loan.id).order_by(event.c.seq)
        for row in connection.execute(mine).all():
            body = row.body.replace("approve", "wave_through")
            hash_ = hash_of(prev, row.workflow, row.subject_id, row.seq, row.at, body)
            connection.execute(
                text(f"UPDATE workflow_event SET body = :body, hash = :hash, prev_hash = :prev {HERE}"),
                {"body": body, "hash": hash_, "prev": prev, "id": loan.id, "seq": row.seq},
            )
            prev = hash_
        connection.execute(
            text("UPDATE loan SET last_hash = :hash WHERE id = :id"), {"hash": prev, "id": loan.id}
        )
        connection.commit()
    findings = check(database).findings
    assert [(found.kind, found.subject_id, found.seq) for found in findings] == [
        ("sealed", loan.id, loan.state_version)
    ]


def test_seals_take_in_what_moved_and_bind_the_seal_before(
    database: Database, session: Session, loans: list[Loan], engine: Engine
) -> None:
    first = seals.make(session, TABLES, NOW + timedelta(days=1))
    engine.fire(session, loans[0], "give_back", actor=librarian(), now=NOW + timedelta(days=1))
    second = seals.make(session, TABLES, NOW + timedelta(days=2))
    empty = seals.make(session, TABLES, NOW + timedelta(days=3))
    session.commit()
    assert [first.leaves, second.leaves, empty.leaves] == [6, 1, 0]
    assert len({first.root, second.root, empty.root}) == 3
    report = check(database)
    assert (report.seals, report.whole) == (3, True)
    assert verify(database, TABLES, published=second.root).whole
    assert not verify(database, TABLES, published=bytes(32)).whole
    with unprotected(database) as connection:
        connection.execute(seal_leaf.delete().where(seal_leaf.c.subject_id == loans[2].id))
        connection.commit()
    assert {found.kind for found in check(database).findings} == {"seal"}


def test_a_tree_of_leaves_has_the_root_of_the_standard() -> None:
    """The example of RFC 9162, section 2.1.5: seven leaves make ((01)(23))((45)6)."""

    def node(left: bytes, right: bytes) -> bytes:
        return sha256(b"\1" + left + right).digest()

    a, b, c, d, e, f, j = (sha256(bytes([number])).digest() for number in range(7))
    expected = node(node(node(a, b), node(c, d)), node(node(e, f), j))
    assert seals.merkle_root(iter([a, b, c, d, e, f, j])) == expected
