"""Subjects keep their version until they are moved; what cannot move is reported."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.workflows.loan import DEFINITIONS, NOW, librarian, make_registry, member, new_loan
from tests.workflows.test_journal import TABLES
from workflows.engine import Actor, Engine
from workflows.reading import load
from workflows.schema import timer
from workflows.verify import replay, verify
from workflows.versions import migrate

LATER = NOW + timedelta(days=1)
SYSTEM = Actor.system("migrate")


@pytest.fixture
def newer(tmp_path: Path) -> Engine:
    """Version 2 calls ``approved`` ``reserved`` and knows no ``expired``."""
    old = (DEFINITIONS / "loan.toml").read_text("utf-8")
    new = (
        old.replace("version = 1", "version = 2")
        .replace('"approved"', '"reserved"')
        .replace("state.approved", "state.reserved")
    )
    new = new.replace('"expired"', '"returned"').replace(
        '[state.expired]\nlabel = "已过期"\nfinal = true\n', ""
    )
    new += '\n[migrate.1]\napproved = "reserved"\n'
    (tmp_path / "loan.v1.toml").write_text(old, "utf-8")
    (tmp_path / "loan.toml").write_text(new, "utf-8")
    return Engine(make_registry(), load(tmp_path))


def test_a_subject_runs_on_under_its_version(engine: Engine, newer: Engine, session: Session) -> None:
    old = new_loan(engine, session)
    fresh = new_loan(newer, session, book=2)
    for loan in (old, fresh):
        newer.fire(session, loan, "approve", actor=librarian(), now=NOW)
    assert (old.state, fresh.state) == ("approved", "reserved")
    newer.fire(session, old, "hand_over", actor=librarian(), now=NOW)
    assert old.state == "lent"


def test_subjects_are_moved_and_the_residue_is_told(
    engine: Engine, newer: Engine, session: Session, database: Database
) -> None:
    owner = member(session)
    loans = [new_loan(engine, session, owner, book=number, answer_by=NOW) for number in range(5)]
    engine.fire(session, loans[0], "approve", actor=librarian(), now=NOW)
    engine.fire(session, loans[1], "expire", actor=Actor.system("x"), now=NOW)
    engine.fire(session, loans[2], "decline", actor=librarian(), now=NOW, form={"reason": "x"})
    session.commit()
    flow = newer.flows["loan"]
    said = migrate(session, flow, 2, actor=SYSTEM, now=LATER, dry_run=True)
    assert {(group.state, group.target, group.count) for group in said.moved} == {
        ("approved", "reserved", 1),
        ("requested", "requested", 2),
    }
    assert {(group.state, group.count) for group in said.residue} == {("expired", 1), ("declined", 1)}
    assert verify(database, TABLES).events == 8
    assert migrate(session, flow, 2, actor=SYSTEM, now=LATER).moved == said.moved
    session.commit()
    session.expire_all()
    assert [(loan.state, loan.definition_version) for loan in loans] == [
        ("reserved", 2), ("expired", 1), ("declined", 1), ("requested", 2), ("requested", 2),
    ]  # fmt: skip
    assert loans[3].state_since == NOW
    last = newer.last_event(session, loans[0])
    assert last is not None
    assert (last.transition, last.label) == ("migrate", "流程版本更新")
    assert verify(database, TABLES).whole
    assert replay(database, TABLES).whole
    pending = session.scalars(
        select(timer.c.name).where(timer.c.subject_id == loans[3].id, timer.c.ended_at.is_(None))
    )
    assert pending.all() == ["answer_deadline"]
    newer.fire(session, loans[0], "hand_over", actor=librarian(), now=LATER)
    assert loans[0].state == "lent"
    assert not migrate(session, flow, 2, actor=SYSTEM, now=LATER).moved
    with pytest.raises(LookupError):
        migrate(session, flow, 3, actor=SYSTEM, now=LATER)
