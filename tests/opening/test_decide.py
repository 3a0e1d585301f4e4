"""From the proposal to a new choice: who is displaced, who may choose again, and whose money goes back."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.applications import choices
from recruitment.applications import operations as applications
from recruitment.applications.models import Application
from recruitment.calls.models import Extension
from recruitment.candidates.models import Candidate
from recruitment.fees import operations as fees
from recruitment.fees import queries as fee_queries
from recruitment.opening import operations, queries
from recruitment.people.models import Role
from recruitment.workflow import engine, fire
from tests import factories, pages
from tests.conftest import Clock
from tests.fees import paying
from tests.fees.paying import DUE
from workflows.agreement import disagreements
from workflows.schema import outbox
from workflows.terms import Actor, Refused

DECIDED = DUE + timedelta(days=2)
WINDOW = DECIDED + timedelta(days=3)


def make(session: Session) -> SimpleNamespace:
    """A call with ratio 2: one position keeps, one loses an opening, one has a single payer, one has none."""
    admin = factories.staff(session, Role.ADMIN)
    call = factories.call(session)
    kept = factories.first_position(session, call)
    empty = factories.first_position(session, call, factories.OTHER_COUNTY)
    fewer = factories.position(session, call, openings=2)
    gone = factories.position(session, call, openings=3)
    people = {
        name: paying.qualified(session, call, position, number)
        for name, position, number in (("kept", kept, 2), ("fewer", fewer, 3), ("gone", gone, 2))
    }
    paying.opened(session, call, admin)
    candidates = {name: [paying.candidate_of(session, one) for one in made] for name, made in people.items()}
    payers = [*candidates["kept"], *candidates["fewer"], candidates["gone"][0]]
    paying.pay(session, call, *(paying.paid(one) for one in payers))
    operations.set_ratio(session, call, admin, ratio=2, ratio_autonomous=1)
    return SimpleNamespace(
        admin=admin, call=call, kept=kept, empty=empty, fewer=fewer, gone=gone, people=candidates
    )


def lapse(session: Session, candidate: Candidate) -> None:
    fire(session, candidate, "lapse_fee", actor=Actor.system("test"), now=DECIDED)


def decide(session: Session, made: SimpleNamespace) -> None:
    lapse(session, made.people["gone"][1])
    token = queries.proposal(session, made.call).token
    operations.decide(session, made.call, made.admin, DECIDED, token=token, rechoice_closes_at=WINDOW)
    session.expire_all()


def test_nothing_is_decided_while_somebody_may_still_pay(session: Session) -> None:
    made = make(session)
    proposal = queries.proposal(session, made.call)

    with pytest.raises(Refused) as refused:
        operations.decide(
            session, made.call, made.admin, DECIDED, token=proposal.token, rechoice_closes_at=None
        )

    assert [reason.code for reason in refused.value.reasons] == ["fees_waiting", "no_window"]


def test_a_stale_proposal_changes_nothing(session: Session) -> None:
    made = make(session)
    seen = queries.proposal(session, made.call).token
    lapse(session, made.people["gone"][1])

    with pytest.raises(Refused, match="proposal_changed"):
        operations.decide(session, made.call, made.admin, DECIDED, token=seen, rechoice_closes_at=WINDOW)

    assert made.gone.openings == 3


def test_positions_and_people_after_the_decision(session: Session) -> None:
    made = make(session)
    decide(session, made)

    def shown(name: str) -> tuple[int, int, bool]:
        position = getattr(made, name)
        return position.openings, position.announced_openings, position.cancelled_at is not None

    assert shown("kept") == (1, 1, False)
    assert shown("fewer") == (1, 2, False)
    assert shown("gone") == (0, 3, True)
    assert shown("empty") == (0, 1, True)
    states = {name: [one.state for one in found] for name, found in made.people.items()}
    assert states == {
        "kept": ["confirmed"] * 2,
        "fewer": ["confirmed"] * 3,
        "gone": ["displaced", "unpaid"],
    }
    displaced = made.people["gone"][0]
    assert displaced.application.state == "displaced"
    raised = session.scalars(sa.select(outbox.c.notice).where(outbox.c.subject_id == displaced.id))
    assert "candidate.displaced" in set(raised)
    token = queries.proposal(session, made.call).token
    with pytest.raises(Refused, match="decided"):
        operations.decide(session, made.call, made.admin, DECIDED, token=token, rechoice_closes_at=WINDOW)


def test_exactly_the_displaced_may_choose_again(session: Session) -> None:
    made = make(session)
    decide(session, made)
    displaced, unpaid = made.people["gone"]
    owner = displaced.owner
    who, soon = factories.actor(owner), DECIDED + timedelta(hours=1)

    assert session.scalars(sa.select(Extension.user_id)).all() == [owner.id]
    with pytest.raises(Refused, match="position_cancelled"):
        applications.choose_position(session, made.call, made.gone, owner.id, who, soon)
    stranger = unpaid.owner
    with pytest.raises(Refused, match="registration_closed"):
        applications.choose_position(
            session, made.call, made.kept, stranger.id, factories.actor(stranger), soon
        )
    with pytest.raises(Refused, match="registration_closed"):
        applications.choose_position(session, made.call, made.kept, owner.id, who, WINDOW)
    offered = choices.open_calls(session, owner.id, soon)
    assert [(call.id, closes_at) for call, closes_at in offered] == [(made.call.id, WINDOW)]

    again = factories.application(session, made.call, owner, state="qualified", at=soon, chosen=made.kept)
    assert fees.enrol_chunk(session, made.call.id, soon + timedelta(hours=1)) == 1

    # What was paid for the cancelled position counts for the new one.
    session.expire_all()
    assert paying.candidate_of(session, again).state == "confirmed"
    for moment in (soon, WINDOW):
        assert disagreements(engine(), session, "application", actor=who, now=moment) == []
        assert disagreements(engine(), session, "candidate", actor=who, now=moment) == []
    later = WINDOW + timedelta(days=1)
    assert fee_queries.standing(session, made.call, later).to_refund == 0


def test_who_does_not_choose_again_gets_the_money_back(session: Session) -> None:
    made = make(session)
    decide(session, made)

    assert fee_queries.standing(session, made.call, WINDOW - timedelta(seconds=1)).to_refund == 0
    refunds = fee_queries.PaymentFilter(made.call.id, WINDOW, "refund")
    owners = [payment.user_id for payment in fee_queries.every_payment(session, refunds)]
    assert owners == [made.people["gone"][0].owner_id]


def test_money_for_a_cancelled_position_confirms_nobody(session: Session) -> None:
    made = make(session)
    decide(session, made)
    unpaid = made.people["gone"][1]

    paying.pay(session, made.call, paying.paid(unpaid, reference="LATE-FILE"), now=DECIDED)

    assert paying.outcomes(session, made.call)["LATE-FILE"] == "unexpected"
    assert unpaid.state == "unpaid"


def test_the_page_shows_and_confirms_the_proposal(app: Flask, session: Session, clock: Clock) -> None:
    made = make(session)
    lapse(session, made.people["gone"][1])
    clock.set(DECIDED)
    browser = paying.sign_in(app, session, made.admin)
    session.execute(sa.text("UPDATE sign_in SET created_at = :at"), {"at": DECIDED})
    session.commit()
    address = f"/admin/calls/{made.call.slug}/opening"

    page = browser.get(address)
    rows = {row[0].rsplit(" ", 1)[1]: row[-2:] for row in pages.rows_of(page)}
    assert rows == {
        made.gone.code: ["0", "取消"],
        made.empty.code: ["0", "取消"],
        made.fewer.code: ["1", "核减"],
    }
    page = browser.submit(page, "确认方案")
    assert pages.errors_beside(page) == {"rechoice_closes_at": "错误： 有职位取消，请填写改报截止时间。"}
    page = browser.submit(page, "确认方案", {"rechoice_closes_at": "2026-12-13T08:00"})
    assert "改报截止：2026年12月13日（星期日）08:00" in pages.text_of(page)
    public = pages.visitor(app).get(f"/calls/{made.call.slug}/positions")
    assert "职位已取消，原招3人" in pages.text_of(public)
    assert "招1人，原招2人" in pages.text_of(public)
    assert session.scalar(sa.select(sa.func.count()).where(Application.state == "displaced")) == 1
