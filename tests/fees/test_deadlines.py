"""Who does not pay in time has given up, and who may still pay."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from recruitment.candidates.models import Candidate
from recruitment.database import db
from recruitment.fees import operations, waivers
from recruitment.fees.models import Waiver
from recruitment.people.models import Role, User
from recruitment.people.uploads import store_image
from recruitment.workflow import engine
from tests import factories
from tests.fees import paying
from tests.fees.paying import DUE, OPENED
from workflows import timers
from workflows.agreement import disagreements
from workflows.schema import outbox
from workflows.terms import Actor, Refused

HOUR = timedelta(hours=1)
LAPSE = DUE + 24 * HOUR


def ring(session: Session, at: object) -> None:
    """Let the clock's work be done at a moment."""
    session.commit()
    timers.run(engine(), sessionmaker(db.engine), now=lambda: at)  # type: ignore[arg-type, return-value]
    session.expire_all()


def notices(session: Session, candidate: Candidate) -> list[str]:
    mine = outbox.c.subject_id == candidate.id
    return list(session.scalars(sa.select(outbox.c.notice).where(mine).order_by(outbox.c.event)))


def ask(session: Session, candidate: Candidate, at: object = OPENED) -> Waiver:
    assert candidate.owner_id
    document = store_image(session, candidate.owner_id, factories.image(), "低保证.png")
    return waivers.ask(
        session,
        candidate,
        at,  # type: ignore[arg-type]
        kind="最低生活保障家庭成员",
        document=document,
    )


def reviewer(session: Session) -> User:
    return factories.staff(session, Role.COUNTY_REVIEWER, factories.COUNTY)


def test_unpaid_gives_up_when_the_bank_had_its_time(session: Session) -> None:
    call, [paid, unpaid] = paying.call_with(session, 2)
    paying.pay(session, call, paying.paid(paid))

    ring(session, LAPSE - HOUR)
    assert unpaid.state == "awaiting_fee"
    ring(session, LAPSE)

    assert (paid.state, unpaid.state) == ("confirmed", "unpaid")
    assert notices(session, paid) == ["candidate.fee_due", "candidate.fee_confirmed"]
    assert notices(session, unpaid) == ["candidate.fee_due", "candidate.fee_lapsed"]


def test_paid_in_time_but_told_late_is_put_right(session: Session) -> None:
    call, [candidate, later] = paying.call_with(session, 2)
    ring(session, LAPSE)

    paying.pay(
        session, call, paying.paid(candidate, at=DUE - HOUR), paying.paid(later, at=DUE), now=LAPSE + HOUR
    )

    assert (candidate.state, later.state) == ("confirmed", "unpaid")


def test_later_for_one_person_only(session: Session) -> None:
    call, [lucky, other] = paying.call_with(session, 2)
    admin = factories.staff(session, Role.ADMIN)
    paying.pay(session, call, paying.paid(lucky, at=DUE + HOUR), now=DUE + HOUR)
    ring(session, LAPSE)
    assert (lucky.state, other.state) == ("unpaid", "unpaid")

    operations.extend(
        session, call, admin, LAPSE, closes_at=LAPSE + 5 * HOUR, reason="住院", user_id=lucky.owner_id
    )

    session.expire_all()
    # What was late by the old deadline counts by the new one.
    assert (lucky.state, other.state) == ("confirmed", "unpaid")


def test_later_for_everyone_asks_those_again_who_had_given_up(session: Session) -> None:
    call, [candidate] = paying.call_with(session, 1)
    admin = factories.staff(session, Role.ADMIN)
    ring(session, LAPSE)
    new = LAPSE + 5 * HOUR

    operations.extend(session, call, admin, LAPSE, closes_at=new, reason="系统拥堵")

    session.expire_all()
    assert candidate.state == "awaiting_fee"
    assert notices(session, candidate)[-1] == "candidate.fee_reopened"
    ring(session, new + 23 * HOUR)
    assert candidate.state == "awaiting_fee"
    ring(session, new + 24 * HOUR)
    assert candidate.state == "unpaid"


def test_a_deadline_is_never_brought_forward(session: Session) -> None:
    call, _ = paying.call_with(session, 1)
    admin = factories.staff(session, Role.ADMIN)

    with pytest.raises(Refused) as refused:
        operations.extend(session, call, admin, OPENED, closes_at=DUE, reason=" ")

    assert [reason.code for reason in refused.value.reasons] == ["reason_missing", "not_later"]


def test_who_asks_to_pay_nothing_does_not_give_up_meanwhile(session: Session) -> None:
    _call, [candidate] = paying.call_with(session, 1)
    waiver = ask(session, candidate)
    ring(session, LAPSE)
    assert candidate.state == "awaiting_fee"

    answered = LAPSE + HOUR
    waivers.decide(session, waiver, reviewer(session), answered, granted=False, reason="证明过期")

    ring(session, answered + 71 * HOUR)
    assert candidate.state == "awaiting_fee"
    ring(session, answered + 72 * HOUR)
    assert candidate.state == "unpaid"
    assert notices(session, candidate)[1:] == ["candidate.waiver_refused", "candidate.fee_lapsed"]


def test_who_need_not_pay_is_confirmed(session: Session) -> None:
    _call, [candidate] = paying.call_with(session, 1)
    waiver = ask(session, candidate)

    with pytest.raises(Refused, match="asked_already"):
        ask(session, candidate)
    with pytest.raises(Refused, match="reason_missing"), session.begin_nested():
        waivers.decide(session, waiver, reviewer(session), OPENED, granted=True, reason=" ")
    session.expire_all()
    waivers.decide(session, waiver, reviewer(session), OPENED, granted=True, reason="属实")

    session.expire_all()
    assert candidate.state == "confirmed"
    with pytest.raises(Refused, match="decided"):
        waivers.decide(session, waiver, reviewer(session), OPENED, granted=False, reason="改主意")
    session.rollback()


def test_a_foreign_county_decides_nothing(session: Session) -> None:
    _call, [candidate] = paying.call_with(session, 1)
    waiver = ask(session, candidate)
    foreign = factories.staff(session, Role.COUNTY_REVIEWER, factories.OTHER_COUNTY)

    with pytest.raises(Refused):
        waivers.decide(session, waiver, foreign, OPENED, granted=True, reason="属实")


def test_guards_say_the_same_in_both_forms(session: Session) -> None:
    call, [paid, _open, asked, freed] = paying.call_with(session, 4)
    paying.pay(session, call, paying.paid(paid))
    ask(session, asked)
    waivers.decide(session, ask(session, freed), reviewer(session), OPENED, granted=True, reason="属实")
    factories.candidate(session)
    system = Actor.system("test")

    for moment in (OPENED, DUE, LAPSE - HOUR, LAPSE, LAPSE + HOUR):
        assert disagreements(engine(), session, "candidate", actor=system, now=moment) == []
