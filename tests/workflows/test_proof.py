"""Proofs under stress: many at once, killed processes, random histories against an independent model.

Counts are small here; ``PROOF=full`` runs the long ones.
"""

import os
import random
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine as Database
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, sessionmaker

from tests.workflows.loan import NOW, Book, Loan, director, librarian, make_engine, member, new_loan
from tests.workflows.test_journal import TABLES
from workflows import timers
from workflows.agreement import disagreements
from workflows.engine import Actor, Engine, Fired, Refused
from workflows.schema import batch_item, event, outbox, timer
from workflows.verify import replay, verify

FULL = os.environ.get("PROOF") == "full"
DAY = timedelta(days=1)
# How many notices each transition raises, as the definition's author meant it.
NOTICES = {"start": 1, "approve": 2, "decline": 1, "remind": 1}


def assert_everything_agrees(database: Database) -> None:
    """Journal, states, outbox and timers tell the same story."""
    assert verify(database, TABLES).findings == ()
    assert replay(database, TABLES).findings == ()
    with Session(database) as session:
        counted = select(outbox.c.subject_id, outbox.c.event, func.count()).group_by(
            outbox.c.subject_id, outbox.c.event
        )
        raised = {(row[0], row[1]): row[2] for row in session.execute(counted)}
        events = session.execute(select(event.c.subject_id, event.c.seq, event.c.transition)).all()
        wanted = {(row[0], row[1]): NOTICES[row[2]] for row in events if row[2] in NOTICES}
        assert raised == wanted
        fired = session.execute(
            select(timer.c.subject_id, timer.c.ended_by).where(timer.c.outcome == "fired")
        ).all()
        by_timer = [row[:2] for row in events if row[2] in ("expire", "remind")]
        assert sorted(map(tuple, fired)) == sorted(map(tuple, by_timer))


def test_of_many_contradictory_decisions_exactly_one_has_effect(
    engine: Engine, session: Session, sessions: sessionmaker[Session], database: Database
) -> None:
    people, rounds = (50, 1000) if FULL else (20, 3)
    owner = member(session)
    with ThreadPoolExecutor(people) as pool:
        for number in range(rounds):
            loan = new_loan(engine, session, owner, book=number)
            session.commit()
            together = threading.Barrier(people)

            def decide(
                turn: int, id_: UUID = loan.id, together: threading.Barrier = together
            ) -> Fired | None:
                with sessions() as mine:
                    same = mine.get_one(Loan, id_)
                    together.wait()
                    try:
                        form = {"reason": "x"} if turn % 2 else None
                        trigger = "decline" if turn % 2 else "approve"
                        fired = engine.fire(mine, same, trigger, actor=librarian(), now=NOW, form=form)
                    except Refused:
                        return None
                    mine.commit()
                    return fired

            done = [fired for fired in pool.map(decide, range(people)) if fired]
            assert len(done) == 1
            session.refresh(loan)
            assert (loan.state, loan.state_version) == (done[0].target, 2)
    assert_everything_agrees(database)


def test_one_key_has_one_effect_however_many_ask_at_once(
    engine: Engine, session: Session, sessions: sessionmaker[Session]
) -> None:
    people = 50 if FULL else 12
    someone = director()
    loan = new_loan(engine, session)
    other = new_loan(engine, session, book=2)
    session.commit()
    together = threading.Barrier(people)

    def ask(turn: int) -> tuple[int, int]:
        with sessions.begin() as mine:
            same = mine.get_one(Loan, loan.id)
            together.wait()
            one = engine.fire(mine, same, "note_lent", actor=someone, now=NOW, key="k", expected_version=1)
        with sessions.begin() as mine:
            many = engine.fire_many(
                mine, "loan", "approve", [other.id], actor=clerk, now=NOW, key="m", partial=True
            )
        return one.seq, many.moved

    clerk = librarian()
    with ThreadPoolExecutor(people) as pool:
        assert set(pool.map(ask, range(people))) == {(2, 1)}
    session.expire_all()
    assert (loan.state_version, other.state_version) == (2, 2)


@pytest.mark.parametrize("mode", ["fire", "fire_many", "timers"])
def test_a_killed_process_leaves_no_half_done_thing(
    engine: Engine, session: Session, sessions: sessionmaker[Session], database: Database, mode: str
) -> None:
    chance = random.Random(mode)
    owner = member(session)
    for number in range(30):
        new_loan(engine, session, owner, book=number, copies=9, answer_by=NOW + DAY)
    session.commit()
    url = database.url.render_as_string(hide_password=False)
    for turn in range(67 if FULL else 3):
        command = [sys.executable, "-m", "tests.workflows.worker", url, mode, str(turn)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            try:
                process.wait(timeout=chance.uniform(0, 0.5))
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
        _until_its_connections_are_gone(database)
        assert_everything_agrees(database)
    doubled = (
        select(batch_item.c.key, batch_item.c.subject_id)
        .group_by(batch_item.c.key, batch_item.c.subject_id)
        .having(func.count() > 1)
    )
    assert session.execute(doubled).all() == []


def _until_its_connections_are_gone(database: Database) -> None:
    """The server needs a moment to notice; nobody else works on the database."""
    with database.connect() as connection:
        gone = text(
            "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE d.datname = current_database() AND l.mode = 'RowExclusiveLock' AND l.pid <> pg_backend_pid()"
        )
        while connection.execute(gone).scalar_one():
            connection.rollback()


@pytest.mark.parametrize("seed", range(200 if FULL else 5))
def test_python_and_sql_guards_agree_on_random_subjects(engine: Engine, session: Session, seed: int) -> None:
    chance = random.Random(seed)
    owners = [member(session, fees_paid=chance.random() < 0.5) for _ in range(3)]
    for number in range(3):
        session.add(Book(id=number, title="x", copies=chance.randint(0, 3)))
    session.flush()
    for _ in range(12):
        owner = chance.choice(owners)
        loan = new_loan(engine, session, owner, book=chance.randint(0, 2))
        loan.state = chance.choice(["requested", "approved", "lent", "returned"])
        loan.owner_id = chance.choice([owner.id, None, uuid4()])
    actor = chance.choice([*owners, librarian(), Actor.system("x")])
    assert disagreements(engine, session, "loan", actor=actor, now=NOW) == []


class Histories(RuleBasedStateMachine):
    """Random people, times, retries and broken-off transactions against a model that knows nothing of the engine."""

    database: Database
    engine = make_engine()

    # trigger: from → to, who may, form, held
    STEPS = {
        "approve": ({"requested": "approved"}, {"librarian"}, None),
        "decline": ({"requested": "declined"}, {"librarian"}, {"reason": "x"}),
        "hand_over": ({"approved": "?"}, {"librarian"}, None),
        "give_back": ({"lent": "returned"}, {"librarian"}, None),
        "not_given_back": ({"returned": "lent"}, {"director"}, {"reason": "x"}),
        "note_lent": ({"requested": "lent", "approved": "lent", "lent": "lent"}, {"director"}, None),
        "expire": ({"requested": "expired", "approved": "expired"}, {"system"}, None),
        "remind": ({"lent": "lent"}, {"system"}, None),
        "release": ({"declined": "declined"}, {"librarian", "director"}, None),
        "take_back": ({"declined": "<"}, {"librarian"}, None),
    }

    @initialize(paid=st.booleans())
    def begin(self, paid: bool) -> None:
        self.now = NOW
        self.people = {
            "librarian": librarian("A"),
            "second": librarian("A1"),
            "elsewhere": librarian("B"),
            "director": director(),
            "system": Actor.system("x"),
        }
        with Session(self.database, expire_on_commit=False) as session:
            owner = member(session, fees_paid=paid)
            book = Book(title="x", copies=1)
            session.add(book)
            session.flush()
            self.loan = new_loan(self.engine, session, owner, book=book.id)
            session.commit()
        self.people["owner"] = owner
        self.owner_id, self.paid = owner.id, paid
        self.state = self.public = "requested"
        self.version, self.before = 1, "requested"
        self.held_by: str | None = None
        self.keys: dict[str, tuple[str, str, int]] = {}

    def teardown(self) -> None:
        if hasattr(self, "loan"):
            assert_everything_agrees_for(self.database, self.loan.id)

    def expected(self, trigger: str, who: str) -> str | None:
        """The state that the trigger leads to; none if it must be refused."""
        ways, roles, _ = self.STEPS[trigger]
        role = {"second": "librarian", "elsewhere": "", "owner": ""}.get(who, who)
        settling = trigger in ("release", "take_back")
        if role not in roles or self.state not in ways or settling != (self.held_by is not None):
            return None
        if trigger == "release" and who == self.held_by:
            return None
        target = ways[self.state]
        if target == "?":
            return "lent" if self.paid else "requested"
        return self.before if target == "<" else target

    @rule(
        trigger=st.sampled_from(sorted(STEPS)),
        who=st.sampled_from(["librarian", "second", "elsewhere", "director", "system", "owner"]),
        key=st.sampled_from([None, None, "a", "b"]),
        kept=st.integers(0, 4),
        stale=st.integers(0, 5),
    )
    def act(self, trigger: str, who: str, key: str | None, kept: int, stale: int) -> None:
        """Somebody tries something; one time in five the transaction breaks off."""
        expected = self.expected(trigger, who)
        version = self.version if stale else self.version - 1
        if not stale:
            expected = None
        replay_ = key is not None and key in self.keys and self.keys[key][:2] == (trigger, who)
        if key is not None and key in self.keys and not replay_:
            expected = None
        with Session(self.database, expire_on_commit=False) as session:
            loan = session.get_one(Loan, self.loan.id)
            try:
                fired = self.engine.fire(
                    session, loan, trigger, actor=self.people[who], now=self.now, form=self.STEPS[trigger][2],
                    key=key, expected_version=version,
                )  # fmt: skip
            except Refused as refused:
                reasons = refused.reasons
            else:
                reasons = ()
            if reasons:
                assert not replay_
                assert expected is None, (trigger, who, reasons)
                return
            if replay_ and key is not None:
                assert (fired.replayed, fired.seq) == (True, self.keys[key][2])
                return
            assert fired.target == expected
            if kept == 0:
                session.rollback()
                return
            session.commit()
        self.record(trigger, who, expected or "", key)

    def record(self, trigger: str, who: str, target: str, key: str | None) -> None:
        self.version += 1
        if key is not None:
            self.keys[key] = (trigger, who, self.version)
        held = trigger == "decline"
        if held:
            self.before = self.state
        self.state = target
        self.public = self.before if held else target
        self.held_by = who if held else None

    @rule(days=st.integers(0, 30))
    def time_passes(self, days: int) -> None:
        """Deadlines ring: a waiting book after an hour, a lent one after eighteen days, again and again."""
        self.now += days * DAY
        for rung in timers.run(self.engine, sessionmaker(self.database), now=lambda: self.now):
            if rung.subject_id != self.loan.id or rung.outcome != "fired":
                continue
            trigger = {"pickup": "expire", "loan_period": "remind", "call_back": "remind"}[rung.timer]
            target = self.expected(trigger, "system")
            assert target is not None
            assert rung.due_at <= self.now
            self.record(trigger, "system", target, None)

    @invariant()
    def the_row_is_as_the_model_says(self) -> None:
        if not hasattr(self, "loan"):
            return
        with Session(self.database) as session:
            loan = session.get_one(Loan, self.loan.id)
            assert (loan.state, loan.public_state, loan.state_version) == (
                self.state,
                self.public,
                self.version,
            )
            assert loan.held == (self.held_by is not None)
            events = session.scalar(select(func.count()).where(event.c.subject_id == loan.id))
            assert events == self.version


def assert_everything_agrees_for(database: Database, loan_id: UUID) -> None:
    report = verify(database, TABLES)
    assert [finding for finding in report.findings if finding.subject_id == loan_id] == []


def test_random_histories_agree_with_an_independent_model(database: Database) -> None:
    Histories.database = database
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=400 if FULL else 8,
            stateful_step_count=40 if FULL else 25,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert verify(database, TABLES).findings == ()
    assert replay(database, TABLES).findings == ()
