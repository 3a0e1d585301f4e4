"""Who moves up into a vacancy, and with whose consent."""

import uuid
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.medical import substitutes
from recruitment.medical.models import SubstituteProposal
from recruitment.medical.operations import ask_retest
from recruitment.medical.substitution import IN_PLACE, LOST, Standing, propose
from recruitment.people.models import Role
from recruitment.selection.models import CallRanking, RankedCandidate
from recruitment.workflow import fire
from tests import factories
from tests.conftest import Clock
from tests.factories import NOW
from tests.medical.stages import enter, interviewed, notices, officer
from tests.pages import sign_in, text_of
from workflows.terms import Refused


def codes(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {reason.code for reason in refused.value.reasons}


def row(name: str, rank: int | None, state: str = "interviewed", had: bool = False) -> Standing[str]:
    return Standing(name, None if rank is None else Decimal(100 - rank), rank, state, had)


def test_the_next_by_total_moves_up_into_a_lost_place() -> None:
    said = propose(1, [row("c", 3), row("a", 1, "medical_failed", had=True), row("b", 2)])
    assert (said.vacancies, said.lost, said.next, said.tied) == (1, ("a",), ("b",), ())


def test_who_is_below_a_line_never_moves_up() -> None:
    assert propose(1, [row("a", 1, "inspection_failed", had=True), row("b", None)]).next == ()


def test_nobody_moves_up_where_nobody_lost_a_place_or_it_is_filled() -> None:
    assert propose(2, [row("a", 1, "medical", had=True), row("b", 2)]).vacancies == 0
    filled = [row("a", 1, "gave_up", had=True), row("b", 2, "medical", had=True), row("c", 3)]
    assert propose(1, filled).vacancies == 0
    # A place given up after the approval is for the next call.
    assert propose(1, [row("a", 1, "cancelled", had=True), row("b", 2)]).vacancies == 0


def test_a_tie_that_not_all_can_have_is_said_not_broken() -> None:
    lost = [row("a", 1, "medical_failed", had=True), row("b", 2, "medical_failed", had=True)]
    two = propose(2, [*lost, row("c", 3), row("d", 4), row("e", 4)])
    assert (two.next, two.tied) == (("c",), ("d", "e"))
    assert propose(2, [*lost, row("d", 3), row("e", 3)]).next == ("d", "e")


def test_only_who_had_a_place_leaves_one() -> None:
    # Gave up, failed or was put out before ever being called to the medical: that leaves no place behind.
    for state in sorted(LOST):
        assert propose(1, [row("a", 1, state), row("b", 2)]).vacancies == 0
        assert propose(1, [row("a", 1, state, had=True), row("b", 2)]).next == ("b",)


def test_who_had_a_place_once_waits_for_no_other() -> None:
    # Called to the medical and back to the interview by a correction: the next after them moves up.
    lost = row("a", 1, "medical_failed", had=True)
    assert propose(1, [lost, row("b", 2, had=True), row("c", 3)]).next == ("c",)


STATES = st.sampled_from([*sorted(IN_PLACE | LOST), "interviewed"])
ROWS = st.lists(st.tuples(st.none() | st.integers(1, 6), STATES, st.booleans()), max_size=10)


@given(st.integers(1, 5), ROWS)
def test_never_more_than_the_openings_and_never_out_of_order(openings: int, drawn: list[Any]) -> None:
    rows = [
        row(str(number), rank, state, had or state in IN_PLACE)
        for number, (rank, state, had) in enumerate(drawn)
        if not (state == "interviewed" and had)
    ]
    said = propose(openings, rows)
    held = sum(item.state in IN_PLACE for item in rows)
    assert len(said.next) <= said.vacancies <= max(openings - held, 0)
    ranks = {item.candidate: item.rank for item in rows}
    waiting = [item for item in rows if item.state == "interviewed" and item.rank is not None]
    chosen = [ranks[name] for name in said.next]
    passed_over = [item.rank for item in waiting if item.candidate not in said.next]
    assert all(a is not None and b is not None and a <= b for a in chosen for b in passed_over)
    again = propose(openings, sorted(rows, key=lambda item: item.candidate, reverse=True))
    assert (set(again.next), set(again.tied)) == (set(said.next), set(said.tied))


# In a call


@pytest.fixture
def people(session: Session) -> list[Candidate]:
    """Three of one position in the order of their rank; the first failed the medical."""
    call = factories.call(session)
    made = [interviewed(session, call) for _ in range(3)]
    ranked(session, call, made)
    fire(session, made[0], "to_medical", actor=factories.actor(factories.staff(session, Role.ADMIN)), now=NOW)
    enter(session, made[0], "fail")
    ask_retest(session, made[0], factories.actor(made[0].owner), NOW)
    enter(session, made[0], "fail")
    return made


def ranked(session: Session, call: Call, people: list[Candidate]) -> None:
    ranking = CallRanking(
        id=uuid.uuid4(),
        call_id=call.id,
        stage="final",
        scheme="",
        scores="",
        certificate=b"",
        hash="",
        computed_by=factories.staff(session, Role.ADMIN).id,
        computed_at=NOW,
        published_at=NOW,
    )
    session.add(ranking)
    session.flush()
    for rank, candidate in enumerate(people, 1):
        session.add(
            RankedCandidate(
                ranking_id=ranking.id,
                candidate_id=candidate.id,
                position_id=candidate.position_id,
                shortlisted=True,
                substitution_round=0,
                total=Decimal(100 - rank),
                final_rank=rank,
                explanation="",
            )
        )
    session.flush()


def test_a_place_is_had_by_being_called_and_by_nothing_else(session: Session) -> None:
    """Read from the journal: the state alone does not tell who gave up before the medical from who did after it."""
    call = factories.call(session)
    before, after, waiting = [interviewed(session, call) for _ in range(3)]
    ranked(session, call, [before, after, waiting])
    fire(session, before, "give_up", actor=factories.actor(before.owner), now=NOW)
    assert substitutes.vacancies(session, call, ["51"]) == []
    admin = factories.actor(factories.staff(session, Role.ADMIN))
    fire(session, after, "to_medical", actor=admin, now=NOW)
    assert substitutes.vacancies(session, call, ["51"]) == []
    fire(session, after, "give_up", actor=factories.actor(after.owner), now=NOW)
    (found,) = substitutes.vacancies(session, call, ["51"])
    assert (found.proposal.vacancies, found.proposal.lost) == (1, (after,))
    assert found.proposal.next == (waiting,)


def test_a_substitute_who_fails_leaves_the_place_to_the_next(
    session: Session, people: list[Candidate]
) -> None:
    """Who was called up (``call_to_medical``) had a place as much as who was called first."""
    _failed, second, third = people
    made = substitutes.propose_substitute(session, second, officer(session), NOW, "首位体检不合格")
    substitutes.decide(session, made, officer(session), NOW, consent=True, answer="同意")
    assert substitutes.vacancies(session, second.call, ["51"]) == []
    fire(session, second, "give_up", actor=factories.actor(second.owner), now=NOW)
    (found,) = substitutes.vacancies(session, second.call, ["51"])
    assert (found.proposal.vacancies, found.proposal.next, found.open) == (1, (third,), (second,))


def test_the_office_proposes_and_another_consents(session: Session, people: list[Candidate]) -> None:
    _failed, second, third = people
    proposer, authority = officer(session), officer(session)
    with pytest.raises(Refused) as refused:
        substitutes.propose_substitute(session, third, proposer, NOW, "递补")
    assert codes(refused) == {"not_next"}
    made = substitutes.propose_substitute(session, second, proposer, NOW, "首位体检不合格")
    with pytest.raises(Refused) as refused:
        substitutes.propose_substitute(session, second, proposer, NOW, "再提一次")
    assert codes(refused) == {"no_vacancy"}
    with pytest.raises(Refused) as refused:
        substitutes.decide(session, made, proposer, NOW, consent=True, answer="同意")
    assert codes(refused) == {"own_proposal"}
    assert second.state == "interviewed"
    substitutes.decide(session, made, authority, NOW, consent=True, answer="同意")
    assert second.state == "medical"
    assert notices(session, second) == ["to_medical"]
    assert substitutes.vacancies(session, second.call, ["51"]) == []
    with pytest.raises(Refused) as refused:
        substitutes.decide(session, made, authority, NOW, consent=False, answer="不同意")
    assert codes(refused) == {"answered"}


def test_without_consent_nobody_moves_and_it_may_be_proposed_again(
    session: Session, people: list[Candidate]
) -> None:
    made = substitutes.propose_substitute(session, people[1], officer(session), NOW, "递补")
    substitutes.decide(session, made, officer(session), NOW, consent=False, answer="先核实")
    assert people[1].state == "interviewed"
    person = officer(session).actor()
    with pytest.raises(Refused) as refused:
        fire(session, people[1], "call_to_medical", actor=person, now=NOW, form={"reason": "直接递补"})
    assert codes(refused) == {"no_consent"}
    substitutes.propose_substitute(session, people[1], officer(session), NOW, "已核实")


def test_at_the_screen(app: Flask, session: Session, clock: Clock, people: list[Candidate]) -> None:
    clock.set(NOW)
    address = f"/admin/calls/{people[0].call.slug}/substitutes/"
    desk = sign_in(app, session, officer(session))
    page = desk.get(address)
    assert f"按总成绩轮到：{people[1].owner.name}" in text_of(page)
    assert desk.submit(page, "提出递补").status_code == 422
    proposed = desk.submit(page, "提出递补", {"reason": "首位体检不合格"})
    assert "这是您提出的，应由另一人答复。" in text_of(proposed)
    other = sign_in(app, session, factories.staff(session, Role.PROVINCE_REVIEWER))
    done = other.submit(other.get(address), "同意递补", {"reason": "同意"})
    assert "没有需要递补的职位。" in text_of(done)
    session.rollback()
    assert session.scalars(sa.select(SubstituteProposal.consented)).all() == [True]
