"""Firing many: the same as firing each, in a constant number of statements."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from tests.workflows.loan import NOW, Book, Loan, librarian, member, new_loan
from tests.workflows.test_journal import TABLES
from workflows.engine import Actor, Engine, FiredMany, NotAll, PreviewStale, Refused
from workflows.schema import event, outbox, timer
from workflows.verify import replay, verify

LATER = NOW + timedelta(hours=1)


@pytest.fixture
def loans(engine: Engine, session: Session) -> list[Loan]:
    """Ten loans of ten books; the third book has no copy, the fifth loan is elsewhere, the last is lent."""
    owner = member(session)
    made = [
        new_loan(engine, session, owner, book=number, area_code="B1" if number == 5 else "A1")
        for number in range(10)
    ]
    session.get_one(Book, 3).copies = 0
    engine.fire(session, made[9], "approve", actor=librarian(), now=NOW)
    engine.fire(session, made[9], "hand_over", actor=librarian(), now=NOW)
    session.commit()
    return made


@pytest.fixture
def counted(database: Database) -> Iterator[list[str]]:
    asked: list[str] = []

    def count(*args: object) -> None:
        asked.append(str(args[2]))

    sqlalchemy_event.listen(database, "before_cursor_execute", count)
    yield asked
    sqlalchemy_event.remove(database, "before_cursor_execute", count)


def ids(loans: list[Loan]) -> list[UUID]:
    return [loan.id for loan in loans]


def test_a_preview_counts_and_names_everybody_left_out(
    engine: Engine, session: Session, loans: list[Loan]
) -> None:
    preview = engine.preview(session, "loan", "approve", ids(loans), actor=librarian(), now=NOW)
    assert preview.included == 7
    why = {item.subject_id: {reason.code for reason in item.reasons} for item in preview.excluded}
    assert why == {
        loans[3].id: {"no_copy_left"},
        loans[5].id: {"outside_area"},
        loans[9].id: {"wrong_state"},
    }
    assert {loan.state for loan in loans[:9]} == {"requested"}


def test_it_does_what_firing_each_would_do(
    engine: Engine, session: Session, database: Database, loans: list[Loan]
) -> None:
    someone = librarian()
    engine.fire(session, loans[0], "approve", actor=someone, now=LATER)
    fired = engine.fire_many(
        session, "loan", "approve", Loan.state == "requested", actor=someone, now=LATER, partial=True
    )
    session.commit()
    assert (fired.moved, len(fired.excluded)) == (6, 2)
    assert loans[1].state == "approved"
    rows = {
        row.subject_id: row._asdict()
        for row in session.execute(select(event).where(event.c.seq == 2, event.c.transition == "approve"))
    }
    one, other = rows[loans[0].id], rows[loans[1].id]
    own = ("subject_id", "hash", "prev_hash")
    assert {key: value for key, value in one.items() if key not in own} == {
        key: value for key, value in other.items() if key not in own
    }
    for table in (outbox, timer):
        counts = session.execute(select(table.c.subject_id, func.count()).group_by(table.c.subject_id)).all()
        per_loan = {row[0]: row[1] for row in counts}
        assert per_loan[loans[0].id] == per_loan[loans[1].id] > 0
    assert verify(database, TABLES).whole
    assert replay(database, TABLES).whole


def test_all_or_nothing_moves_nothing_if_one_cannot(
    engine: Engine, session: Session, loans: list[Loan]
) -> None:
    with pytest.raises(NotAll) as refusal:
        engine.fire_many(session, "loan", "approve", ids(loans[:4]), actor=librarian(), now=NOW)
    assert [item.subject_id for item in refusal.value.excluded] == [loans[3].id]
    session.commit()
    assert {loan.state for loan in loans[:4]} == {"requested"}
    assert engine.fire_many(session, "loan", "approve", ids(loans[:3]), actor=librarian(), now=NOW).moved == 3


def test_a_stale_preview_is_refused(
    engine: Engine, session: Session, sessions: sessionmaker[Session], loans: list[Loan]
) -> None:
    someone = librarian()
    token = engine.preview(session, "loan", "approve", ids(loans), actor=someone, now=NOW).token
    session.commit()
    with sessions.begin() as other:
        engine.fire(other, other.get_one(Loan, loans[0].id), "approve", actor=librarian(), now=NOW)
    with pytest.raises(PreviewStale):
        engine.fire_many(
            session, "loan", "approve", ids(loans), actor=someone, now=NOW, partial=True, token=token
        )
    token = engine.preview(session, "loan", "approve", ids(loans), actor=someone, now=NOW).token
    fired = engine.fire_many(
        session, "loan", "approve", ids(loans), actor=someone, now=NOW, partial=True, token=token
    )
    assert fired.moved == 6


def test_the_number_of_statements_does_not_grow(
    engine: Engine, session: Session, loans: list[Loan], counted: list[str]
) -> None:
    used = []
    for few in (ids(loans[:1]), [*ids(loans[1:3]), *ids(loans[4:5]), *ids(loans[6:9])]):
        counted.clear()
        engine.fire_many(session, "loan", "approve", few, actor=librarian(), now=NOW)
        used.append(len(counted))
    assert used[0] == used[1] <= 4


def test_held_outcomes_are_released_in_bulk_by_another_person(
    engine: Engine, session: Session, loans: list[Loan]
) -> None:
    one, other = librarian(), librarian()
    reason = {"reason": "超过限额"}
    engine.fire_many(session, "loan", "decline", ids(loans[:3]), actor=one, now=NOW, form=reason)
    engine.fire(session, loans[4], "decline", actor=other, now=NOW, form=reason)
    held = [*loans[:3], loans[4]]
    assert {loan.public_state for loan in held} == {"requested"}
    preview = engine.preview(session, "loan", "release", ids(held), actor=other, now=LATER)
    assert [[reason.code for reason in item.reasons] for item in preview.excluded] == [["four_eyes"]]
    engine.fire_many(session, "loan", "release", ids(held), actor=other, now=LATER, partial=True)
    assert [loan.public_state for loan in held] == ["declined"] * 3 + ["requested"]
    released = select(func.count()).where(outbox.c.notice == "loan.declined", outbox.c.released_at == LATER)
    assert session.scalar(released) == 3


def test_one_key_moves_once(engine: Engine, session: Session, loans: list[Loan]) -> None:
    someone = librarian()

    def fire(trigger: str = "approve", key: str = "k") -> FiredMany:
        return engine.fire_many(
            session, "loan", trigger, ids(loans), actor=someone, now=NOW, partial=True, key=key,
            form={"reason": "x"} if trigger == "decline" else None,
        )  # fmt: skip

    first, again = fire(), fire()
    assert (again.moved, again.replayed, first.replayed) == (7, True, False)
    assert set(again.excluded) == set(first.excluded)
    with pytest.raises(Refused, match="key_reused"):
        fire("decline")
    assert fire("decline", "another").moved == 1


def test_a_refused_key_may_be_used_again(engine: Engine, session: Session, loans: list[Loan]) -> None:
    someone = librarian()
    for _ in range(2):
        with pytest.raises(NotAll):
            engine.fire_many(session, "loan", "approve", ids(loans), actor=someone, now=NOW, key="k")
    session.get_one(Book, 3).copies = 1
    fired = engine.fire_many(session, "loan", "approve", ids(loans[:4]), actor=someone, now=NOW, key="k")
    assert (fired.moved, fired.replayed) == (4, False)


def test_what_is_not_for_bulk_is_refused(engine: Engine, session: Session, loans: list[Loan]) -> None:
    with pytest.raises(Refused, match="not_bulk"):
        engine.fire_many(session, "loan", "give_back", ids(loans), actor=librarian(), now=NOW)
    with pytest.raises(Refused, match="reason_missing"):
        engine.fire_many(session, "loan", "decline", ids(loans), actor=librarian(), now=NOW, form={})


def test_a_batch_goes_on_after_it_was_cut_off(
    engine: Engine, session: Session, sessions: sessionmaker[Session], database: Database, loans: list[Loan]
) -> None:
    someone = librarian()
    begun = engine.begin_batch(session, "loan", "approve", ids(loans), key="night", actor=someone, now=NOW)
    assert (
        engine.begin_batch(session, "loan", "approve", ids(loans), key="night", actor=someone, now=NOW)
        == begun
    )
    assert (begun.total, begun.done, begun.moved) == (10, 3, 0)
    engine.fire(session, loans[1], "approve", actor=librarian(), now=NOW)
    session.commit()

    class Killed(Exception):
        pass

    def kill(progress: object) -> None:
        raise Killed

    def clock() -> datetime:
        return LATER

    with pytest.raises(Killed):
        engine.run_batch(sessions, "night", now=clock, chunk=3, report=kill)
    seen: list[int] = []
    done = engine.run_batch(
        sessions, "night", now=clock, chunk=3, report=lambda progress: seen.append(progress.done)
    )
    assert seen == [9, 10]
    assert (done.total, done.done, done.moved, done.finished_at) == (10, 10, 6, LATER)
    assert engine.run_batch(sessions, "night", now=clock) == done
    session.expire_all()
    assert {loan.state_version for loan in loans[:3]} == {2}
    assert verify(database, TABLES).whole


@pytest.mark.parametrize("actor", [librarian("A"), librarian("B1"), Actor(uuid4()), Actor.system("x"), None])
def test_sql_and_python_agree_on_who_may(
    engine: Engine, session: Session, loans: list[Loan], actor: Actor | None
) -> None:
    actor = actor or Actor(loans[0].owner_id, (("librarian", "B"), ("director", "")))
    for trigger in ("approve", "decline", "expire"):
        form = {"reason": "x"} if trigger == "decline" else None
        preview = engine.preview(session, "loan", trigger, ids(loans), actor=actor, now=NOW, form=form)
        answers = engine.available(session, actor, loans, NOW, every=True)
        allowed = {
            id_
            for id_, items in answers.items()
            for item in items
            if item.trigger == trigger and item.allowed
        }
        assert allowed == set(ids(loans)) - {item.subject_id for item in preview.excluded}
        assert preview.included == len(allowed)
