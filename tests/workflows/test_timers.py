"""Deadlines: fired once, in order, late rather than never, and never on what has moved on."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from tests.workflows.loan import NOW, Loan, librarian, member, new_loan
from workflows import timers
from workflows.engine import Engine
from workflows.schema import event, timer

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_a_deadline_fires_when_it_is_due_and_not_before(
    engine: Engine, session: Session, sessions: sessionmaker[Session]
) -> None:
    loan = new_loan(engine, session, answer_by=NOW + DAY)
    session.commit()
    assert timers.run(engine, sessions, now=lambda: NOW + DAY - timedelta(microseconds=1)) == []
    (rung,) = timers.run(engine, sessions, now=lambda: NOW + DAY + HOUR)
    assert (rung.outcome, rung.due_at, rung.at) == ("fired", NOW + DAY, NOW + DAY + HOUR)
    session.refresh(loan)
    assert loan.state == "expired"
    row = session.execute(select(timer)).one()
    assert (row.outcome, row.due_at, row.ended_at, row.ended_by) == ("fired", NOW + DAY, rung.at, 2)
    last = engine.last_event(session, loan)
    assert last is not None
    assert last.actor == "system:timer.answer_deadline"
    assert timers.run(engine, sessions, now=lambda: NOW + 9 * DAY) == []


def test_a_step_clears_the_deadline_that_it_makes_pointless(
    engine: Engine, session: Session, sessions: sessionmaker[Session]
) -> None:
    loan = new_loan(engine, session, answer_by=NOW + DAY)
    engine.fire(session, loan, "approve", actor=librarian(), now=NOW)
    engine.fire(session, loan, "hand_over", actor=librarian(), now=NOW)
    session.commit()
    assert timers.run(engine, sessions, now=lambda: NOW + 2 * DAY) == []
    outcomes = {row.name: row.outcome for row in session.execute(select(timer))}
    assert outcomes == {"answer_deadline": "cleared", "pickup": "cleared", "loan_period": None}


def test_an_extended_deadline_waits_and_one_brought_forward_is_moved(
    engine: Engine, session: Session, sessions: sessionmaker[Session]
) -> None:
    owner = member(session)
    later, *_ = (new_loan(engine, session, owner, book=n, answer_by=NOW + 5 * DAY) for n in range(3))
    later.answer_by = NOW + 8 * DAY
    session.commit()
    assert [rung.outcome for rung in timers.run(engine, sessions, now=lambda: NOW + 6 * DAY)] == [
        "moved",
        "fired",
        "fired",
    ]
    session.refresh(later)
    assert later.state == "requested"
    loans = [new_loan(engine, session, owner, book=n, answer_by=NOW + 9 * DAY) for n in range(3, 6)]
    loans[0].answer_by, loans[1].answer_by = NOW + DAY, None
    session.flush()
    assert timers.retime(engine, session, "loan", "answer_deadline", Loan.state == "requested", now=NOW) == 2
    session.commit()
    (rung,) = timers.run(engine, sessions, now=lambda: NOW + DAY)
    assert rung.subject_id == loans[0].id
    assert session.scalars(select(timer.c.outcome).where(timer.c.subject_id == loans[1].id)).all() == [
        "cleared"
    ]


def test_after_a_downtime_the_late_ones_come_in_order(
    engine: Engine, session: Session, sessions: sessionmaker[Session]
) -> None:
    owner = member(session)
    days = [5, 2, 9, 1, 7]
    loans = {day: new_loan(engine, session, owner, book=day, answer_by=NOW + day * DAY) for day in days}
    session.commit()
    rung = timers.run(engine, sessions, now=lambda: NOW + 30 * DAY)
    assert [one.subject_id for one in rung] == [loans[day].id for day in sorted(days)]
    assert {one.at - one.due_at for one in rung} == {(30 - day) * DAY for day in days}


def test_a_refused_deadline_is_tried_again_and_its_reasons_kept(
    engine: Engine, session: Session, sessions: sessionmaker[Session]
) -> None:
    loan = new_loan(engine, session)
    engine.fire(session, loan, "approve", actor=librarian(), now=NOW)
    engine.fire(session, loan, "hand_over", actor=librarian(), now=NOW)
    # As if somebody had changed the state past the engine: the timer's step does not fit any more.
    loan.state = "returned"
    session.commit()
    due = NOW + 18 * DAY
    (rung,) = timers.run(engine, sessions, now=lambda: due)
    assert rung.outcome == "refused"
    pending = session.execute(select(timer).where(timer.c.ended_at.is_(None))).one()
    assert (pending.due_at, pending.next_at, pending.tries) == (due, due + timedelta(minutes=1), 1)
    assert pending.refusal[0][0] == "wrong_state"
    session.get_one(Loan, loan.id, populate_existing=True).state = "lent"
    session.commit()
    assert timers.run(engine, sessions, now=lambda: due) == []
    (rung,) = timers.run(engine, sessions, now=lambda: due + HOUR)
    assert rung.outcome == "fired"


def test_a_deadline_that_sets_itself_again_goes_on(
    engine: Engine, session: Session, sessions: sessionmaker[Session]
) -> None:
    loan = new_loan(engine, session)
    engine.fire(session, loan, "approve", actor=librarian(), now=NOW)
    engine.fire(session, loan, "hand_over", actor=librarian(), now=NOW)
    session.commit()
    for turn in range(1, 4):
        moment = NOW + turn * 30 * DAY
        (rung,) = timers.run(engine, sessions, now=partial(max, moment, moment))
        assert rung.outcome == "fired"
    assert session.scalar(select(func.count()).where(event.c.transition == "remind")) == 3


def test_several_workers_fire_each_deadline_once(
    engine: Engine, session: Session, sessions: sessionmaker[Session]
) -> None:
    owner = member(session)
    loans = [new_loan(engine, session, owner, book=number, answer_by=NOW + DAY) for number in range(40)]
    session.commit()
    with ThreadPoolExecutor(6) as pool:
        runs = [pool.submit(timers.run, engine, sessions, now=lambda: NOW + 2 * DAY) for _ in range(6)]
        rung = [one.subject_id for run in runs for one in run.result()]
    assert sorted(rung) == sorted(loan.id for loan in loans)
    assert session.scalar(select(func.count()).where(event.c.transition == "expire")) == 40
