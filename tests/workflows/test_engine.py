"""Firing one transition: what it writes, and what it refuses."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session, sessionmaker

from tests.workflows.loan import NOW, Loan, Member, director, librarian, member, new_loan
from workflows.engine import Actor, Engine, Refused, Stale
from workflows.journal import told
from workflows.schema import event, outbox, timer


def codes(refusal: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {reason.code for reason in refusal.value.reasons}


def pending(session: Session, loan: Loan) -> dict[str, object]:
    rows = session.execute(select(timer).where(timer.c.subject_id == loan.id, timer.c.ended_at.is_(None)))
    return {row.name: row.due_at for row in rows}


def test_state_event_notices_and_timers_move_together(engine: Engine, session: Session) -> None:
    loan = new_loan(engine, session)
    someone = librarian()
    fired = engine.fire(session, loan, "approve", actor=someone, now=NOW)
    assert (loan.state, loan.public_state, loan.state_version, loan.state_since) == (
        "approved",
        "approved",
        2,
        NOW,
    )
    stored = session.execute(select(event).order_by(event.c.seq)).all()
    assert [(row.source, row.target, row.actor, row.role) for row in stored] == [
        (None, "requested", str(loan.owner_id), "owner"),
        ("requested", "approved", someone.name, "librarian"),
    ]
    notices = session.execute(select(outbox).where(outbox.c.event == 2)).all()
    assert {row.id for row in notices} == set(fired.notices)
    assert {row.notice: row.data for row in notices} == {
        "loan.approved": {},
        "loan.book_reserved": {"desk": "100%"},
    }
    assert {(row.notice, row.recipient, row.held) for row in notices} == {
        ("loan.approved", loan.owner_id, False),
        ("loan.book_reserved", loan.owner_id, False),
    }
    assert pending(session, loan) == {"pickup": NOW + timedelta(minutes=60)}


def test_the_object_is_right_without_asking_the_database(engine: Engine, session: Session) -> None:
    loan = new_loan(engine, session)
    engine.fire(session, loan, "approve", actor=librarian(), now=NOW)
    seen = {
        name: getattr(loan, name)
        for name in ("state", "public_state", "state_version", "last_hash", "held_seq")
    }
    assert not inspect(loan).modified
    session.commit()
    session.refresh(loan)
    assert seen == {name: getattr(loan, name) for name in seen}


def test_rolling_back_to_a_savepoint_takes_the_object_back(engine: Engine, session: Session) -> None:
    loan = new_loan(engine, session)
    session.commit()
    savepoint = session.begin_nested()
    engine.fire(session, loan, "approve", actor=librarian(), now=NOW)
    savepoint.rollback()
    assert loan.state == "requested"
    engine.fire(session, loan, "approve", actor=librarian(), now=NOW)
    assert loan.state == "approved"


def test_every_reason_is_given_with_its_citation(engine: Engine, session: Session) -> None:
    owner = member(session)
    first = new_loan(engine, session)
    engine.fire(session, first, "approve", actor=librarian(), now=NOW)
    second = new_loan(engine, session, owner)
    both = Actor(owner.id, (("librarian", "A2"),))
    with pytest.raises(Refused) as refusal:
        engine.fire(session, second, "approve", actor=both, now=NOW, form={"x": 1})
    assert codes(refusal) == {"outside_area", "form_unexpected", "no_copy_left", "own_request"}
    assert "借阅规则第3条" in {reason.citation for reason in refusal.value.reasons}
    assert second.state == "requested"


@pytest.mark.parametrize(
    ("area", "allowed"), [("", True), ("A", True), ("A1", True), ("A12", False), ("B", False), ("A2", False)]
)
def test_a_grant_reaches_the_areas_with_its_prefix(
    engine: Engine, session: Session, area: str, allowed: bool
) -> None:
    loan = new_loan(engine, session)
    answers = {
        item.transition: item for item in engine.available(session, librarian(area), [loan], NOW)[loan.id]
    }
    assert answers["approve"].allowed is allowed
    if allowed:
        engine.fire(session, loan, "approve", actor=librarian(area), now=NOW)
    else:
        with pytest.raises(Refused) as refusal:
            engine.fire(session, loan, "approve", actor=librarian(area), now=NOW)
        assert refusal.value.reasons == answers["approve"].reasons


def test_strangers_owners_and_the_system_are_told_apart(engine: Engine, session: Session) -> None:
    loan = new_loan(engine, session)
    owner = Actor(loan.owner_id)
    for actor, trigger, code in [
        (owner, "approve", "not_allowed"),
        (librarian(), "expire", "not_allowed"),
        (director(), "approve", "not_allowed"),
        (Actor.system("night"), "approve", "not_allowed"),
    ]:
        with pytest.raises(Refused) as refusal:
            engine.fire(session, loan, trigger, actor=actor, now=NOW)
        assert code in codes(refusal)
    someone_elses = Loan(owner_id=uuid4(), area_code="A1", book_id=1)
    with pytest.raises(Refused) as refusal:
        engine.start(session, someone_elses, actor=owner, now=NOW)
    assert codes(refusal) == {"not_yours"}
    assert len(session.scalars(select(Loan)).all()) == 1


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(
    engine: Engine, session: Session, sessions: sessionmaker[Session]
) -> None:
    loan = new_loan(engine, session)
    session.commit()
    winner = librarian()
    with sessions() as other:
        same = other.get_one(Loan, loan.id)
        engine.fire(session, loan, "approve", actor=winner, now=NOW)
        session.commit()
        with pytest.raises(Stale) as refusal:
            engine.fire(other, same, "decline", actor=librarian(), now=NOW, form={"reason": "满"})
        assert refusal.value.state == "approved"
        assert refusal.value.last is not None
        assert (refusal.value.last.actor, refusal.value.last.at) == (winner.name, NOW)
        assert same.state == "approved"


def test_a_decision_on_an_old_page_is_refused(engine: Engine, session: Session) -> None:
    loan = new_loan(engine, session)
    engine.fire(session, loan, "approve", actor=librarian(), now=NOW)
    with pytest.raises(Stale):
        engine.fire(session, loan, "hand_over", actor=librarian(), now=NOW, expected_version=1)
    engine.fire(session, loan, "hand_over", actor=librarian(), now=NOW, expected_version=2)


def test_one_key_has_one_effect_and_one_answer(engine: Engine, session: Session) -> None:
    loan = new_loan(engine, session)
    someone = librarian()
    first = engine.fire(session, loan, "approve", actor=someone, now=NOW, key="k1", expected_version=1)
    again = engine.fire(
        session, loan, "approve", actor=someone, now=NOW + timedelta(seconds=5), key="k1", expected_version=1
    )
    assert again.replayed
    assert (again.seq, again.target, again.at, set(again.notices)) == (
        first.seq,
        first.target,
        first.at,
        set(first.notices),
    )
    assert loan.state_version == 2
    with pytest.raises(Refused) as refusal:
        engine.fire(session, loan, "hand_over", actor=someone, now=NOW, key="k1")
    assert codes(refusal) == {"key_reused"}


def test_a_key_holds_in_a_state_that_leads_to_itself(engine: Engine, session: Session) -> None:
    loan = new_loan(engine, session)
    boss = director()
    engine.fire(session, loan, "note_lent", actor=boss, now=NOW, key="k")
    assert engine.fire(session, loan, "note_lent", actor=boss, now=NOW, key="k").replayed
    assert engine.fire(session, loan, "note_lent", actor=boss, now=NOW, key="l").seq == 3


def test_the_guards_choose_between_transitions_of_one_trigger(engine: Engine, session: Session) -> None:
    for paid, state in [(True, "lent"), (False, "requested")]:
        loan = new_loan(engine, session, member(session, fees_paid=paid), book=1 + paid)
        engine.fire(session, loan, "approve", actor=librarian(), now=NOW)
        engine.fire(session, loan, "hand_over", actor=librarian(), now=NOW)
        assert loan.state == state


def test_only_the_transition_that_is_meant_gives_reasons(engine: Engine, session: Session) -> None:
    loan = new_loan(engine, session, member(session, fees_paid=False))
    engine.fire(session, loan, "approve", actor=librarian(), now=NOW)
    with pytest.raises(Refused) as refusal:
        engine.fire(session, loan, "hand_over", actor=librarian("B"), now=NOW)
    assert codes(refusal) == {"outside_area"}


def test_a_guard_that_exists_only_in_python_is_obeyed(engine: Engine, session: Session) -> None:
    owner = member(session, banned=True)
    loan = new_loan(engine, session, owner)
    engine.fire(session, loan, "approve", actor=librarian(), now=NOW)
    with pytest.raises(Refused) as refusal:
        engine.fire(session, loan, "hand_over", actor=librarian(), now=NOW)
    assert "banned" in codes(refusal)
    session.get_one(Member, owner.id).banned = False
    engine.fire(session, loan, "hand_over", actor=librarian(), now=NOW)
    assert loan.state == "lent"


def test_a_held_outcome_is_unseen_until_another_person_releases_it(engine: Engine, session: Session) -> None:
    loan = new_loan(engine, session, answer_by=NOW + timedelta(days=1))
    decider = librarian()
    fired = engine.fire(session, loan, "decline", actor=decider, now=NOW, form={"reason": "超龄"})
    assert (loan.state, loan.public_state, loan.held, fired.notices) == ("declined", "requested", True, ())
    message = session.execute(select(outbox).where(outbox.c.notice == "loan.declined")).one()
    assert message.held
    assert message.released_at is None
    with pytest.raises(Refused) as refusal:
        engine.fire(session, loan, "release", actor=decider, now=NOW)
    assert codes(refusal) == {"four_eyes"}
    released = engine.fire(session, loan, "release", actor=librarian(), now=NOW)
    assert released.notices == (message.id,)
    assert (loan.state, loan.public_state, loan.held) == ("declined", "declined", False)
    with pytest.raises(Refused) as refusal:
        engine.fire(session, loan, "take_back", actor=decider, now=NOW)
    assert codes(refusal) == {"not_held"}


def test_a_held_outcome_that_is_taken_back_leaves_everything_as_it_was(
    engine: Engine, session: Session
) -> None:
    loan = new_loan(engine, session, answer_by=NOW + timedelta(days=1))
    before = pending(session, loan)
    engine.fire(session, loan, "decline", actor=librarian(), now=NOW, form={"reason": "超龄"})
    assert pending(session, loan) == {}
    engine.fire(session, loan, "take_back", actor=librarian(), now=NOW)
    assert (loan.state, loan.public_state, loan.held) == ("requested", "requested", False)
    assert pending(session, loan) == before == {"answer_deadline": NOW + timedelta(days=1)}
    message = session.execute(select(outbox).where(outbox.c.notice == "loan.declined")).one()
    assert message.cancelled_at == NOW
    assert message.released_at is None


def test_a_correction_needs_its_reason(engine: Engine, session: Session) -> None:
    loan = new_loan(engine, session)
    boss = director()
    engine.fire(session, loan, "note_lent", actor=boss, now=NOW)
    engine.fire(session, loan, "give_back", actor=librarian(), now=NOW)
    for form, code in [(None, "form_missing"), ({}, "reason_missing"), ({"reason": " "}, "reason_missing")]:
        with pytest.raises(Refused) as refusal:
            engine.fire(session, loan, "not_given_back", actor=boss, now=NOW, form=form)
        assert codes(refusal) == {code}
    engine.fire(session, loan, "not_given_back", actor=boss, now=NOW, form={"reason": "扫错条码"})
    assert loan.state == "lent"


def test_a_working_day_deadline_asks_the_calendar(engine: Engine, session: Session) -> None:
    loan = new_loan(engine, session)
    engine.fire(session, loan, "note_lent", actor=director(), now=NOW)
    assert pending(session, loan) == {"call_back": NOW + timedelta(days=18)}


def test_a_page_of_fifty_asks_as_often_as_one_of_three(engine: Engine, session: Session) -> None:
    loans = [new_loan(engine, session, book=number) for number in range(50)]
    asked: list[str] = []
    bind = session.get_bind()
    sqlalchemy_event.listen(bind, "before_cursor_execute", lambda *args: asked.append(args[2]))
    engine.available(session, librarian(), loans[:3], NOW)
    few = len(asked)
    answers = engine.available(session, librarian(), loans, NOW)
    assert len(asked) == 2 * few <= 4
    assert len(answers) == 50
    assert all(item.allowed for rows in answers.values() for item in rows if item.transition == "approve")


@pytest.mark.parametrize("reason", ["a\x00b", "\ud800", float("nan"), object()])
def test_what_the_database_could_not_read_again_is_refused(
    engine: Engine, session: Session, reason: object
) -> None:
    loan = new_loan(engine, session)
    with pytest.raises(Refused) as refusal:
        engine.fire(session, loan, "decline", actor=librarian(), now=NOW, form={"reason": reason})
    assert codes(refusal) == {"form_unreadable"}
    engine.fire(session, loan, "decline", actor=librarian(), now=NOW, form={"reason": "\\u0000 % ' \" 𠮷"})
    stored = session.scalar(select(event.c.form).where(event.c.seq == 2))
    assert stored == {"reason": "\\u0000 % ' \" 𠮷"}


def test_the_owner_is_told_of_an_outcome_with_its_release_and_never_of_one_taken_back(
    engine: Engine, session: Session
) -> None:
    loan = new_loan(engine, session)
    form = {"reason": "x"}

    def known() -> list[str]:
        mine = select(event).where(event.c.subject_id == loan.id).order_by(event.c.seq)
        return [row.transition for row in told(session.execute(mine))]

    engine.fire(session, loan, "decline", actor=librarian(), now=NOW, form=form)
    assert known() == ["start"]
    engine.fire(session, loan, "take_back", actor=librarian(), now=NOW)
    assert known() == ["start"]
    engine.fire(session, loan, "decline", actor=librarian(), now=NOW, form=form)
    engine.fire(session, loan, "release", actor=librarian(), now=NOW)
    assert known() == ["start", "decline", "release"]
