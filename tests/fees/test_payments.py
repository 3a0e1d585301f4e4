"""Money comes in: who is confirmed by it, and that nothing of it is lost."""

import uuid
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from recruitment.fees import payments, queries
from recruitment.fees.models import Payment
from recruitment.fees.payments import Paid
from recruitment.fees.rules import Outcome, Situation, outcome
from recruitment.people.models import Role
from tests import factories
from tests.fees import paying
from tests.fees.paying import DUE, FEE, OPENED
from workflows.terms import Refused

moments = st.integers(0, 20).map(lambda hours: OPENED + timedelta(hours=hours))


@given(
    st.decimals("0.01", "999", places=2),
    moments,
    st.booleans(),
    st.booleans(),
    st.decimals("0.01", "999", places=2),
    moments,
)
def test_a_payment_counts_only_if_everything_is_right(
    amount: Decimal, at: datetime, owing: bool, has_paid: bool, asked: Decimal, due: datetime
) -> None:
    counts = owing and not has_paid and amount == asked and at < due
    found = outcome(amount, at, Situation(owing, has_paid, asked, due))
    assert (found is Outcome.COUNTED) == counts
    assert found is not Outcome.UNKNOWN


def test_the_right_amount_in_time_confirms(session: Session) -> None:
    call, [first, second] = paying.call_with(session, 2)

    done = paying.pay(session, call, paying.paid(first))

    assert (first.state, second.state) == ("confirmed", "awaiting_fee")
    assert (done.confirmed, done.outcomes) == (1, {Outcome.COUNTED: 1})


def test_what_cannot_count_is_kept_and_listed(session: Session) -> None:
    call, [once, twice, short, late, none] = paying.call_with(session, 5)
    rows = {
        "once": paying.paid(once),
        "twice-1": paying.paid(twice),
        "twice-2": paying.paid(twice, at=OPENED + timedelta(hours=2)),
        "short": paying.paid(short, Decimal("99.99")),
        "late": paying.paid(late, at=DUE),
        "unknown": Paid("张三", FEE, OPENED, "x"),
    }
    named = [Paid(row.receipt_number, row.amount, row.paid_at, name) for name, row in rows.items()]

    paying.pay(session, call, *named)

    assert paying.outcomes(session, call) == {
        "once": "counted",
        "twice-1": "counted",
        "twice-2": "duplicate",
        "short": "wrong_amount",
        "late": "late",
        "unknown": "unknown",
    }
    states = [row.state for row in (once, twice, short, late, none)]
    assert states == ["confirmed", "confirmed", "awaiting_fee", "awaiting_fee", "awaiting_fee"]
    refunds = queries.PaymentFilter(call.id, OPENED, "refund")
    references = [row.bank_reference for row in queries.every_payment(session, refunds)]
    assert sorted(references) == ["late", "short", "twice-2"]
    unconfirmed = queries.PaymentFilter(call.id, OPENED, "unconfirmed")
    assert queries.payment_totals(session, unconfirmed) == (4, Decimal("399.99"))


def test_the_minute_before_the_deadline_is_in_time(session: Session) -> None:
    call, [candidate] = paying.call_with(session, 1)

    paying.pay(session, call, paying.paid(candidate, at=DUE - timedelta(seconds=1)), now=DUE)

    assert candidate.state == "confirmed"


def test_the_same_file_twice_has_one_effect(session: Session) -> None:
    call, [candidate] = paying.call_with(session, 1)
    row = paying.paid(candidate)
    paying.pay(session, call, row)

    again = paying.pay(session, call, row)

    assert (again.known_already, again.confirmed, again.outcomes) == (1, 0, {})
    assert session.scalar(sa.select(sa.func.count()).select_from(Payment)) == 1


def test_one_bank_number_with_other_figures_stops_the_whole_file(session: Session) -> None:
    call, [first, second] = paying.call_with(session, 2)
    paying.pay(session, call, paying.paid(first, reference="SAME"))

    with pytest.raises(Refused, match="SAME"):
        paying.pay(session, call, paying.paid(second), paying.paid(second, reference="SAME"))

    session.expire_all()
    assert second.state == "awaiting_fee"
    assert len(paying.outcomes(session, call)) == 1


def test_a_late_payment_can_be_recognised_once_with_a_reason(session: Session) -> None:
    call, [candidate] = paying.call_with(session, 1)
    admin = factories.staff(session, Role.ADMIN)
    paying.pay(session, call, paying.paid(candidate, at=DUE), now=DUE)
    payment = session.scalars(sa.select(Payment)).one()

    with pytest.raises(Refused, match="reason_missing"):
        payments.recognise(session, payment, admin, DUE, reason=" ")
    payments.recognise(session, payment, admin, DUE, reason="当日系统故障")

    session.expire_all()
    assert (candidate.state, payment.outcome, payment.note) == ("confirmed", "counted", "当日系统故障")
    with pytest.raises(Refused, match="not_open"):
        payments.recognise(session, payment, admin, DUE, reason="再来一次")


def test_a_wrong_receipt_number_can_be_put_right(session: Session) -> None:
    call, [candidate, paid_up] = paying.call_with(session, 2)
    admin = factories.staff(session, Role.ADMIN)
    paying.pay(session, call, paying.paid(paid_up), Paid("错号", FEE, OPENED, "WRONG"))
    payment = session.scalars(sa.select(Payment).where(Payment.bank_reference == "WRONG")).one()

    for receipt, code in (
        ("26-9999-9999", "receipt_unknown"),
        (paid_up.application.receipt_number, "is_dup"),
    ):
        with pytest.raises(Refused, match=code):
            payments.recognise(session, payment, admin, OPENED, reason="核对", receipt_number=receipt or "")
    receipt = (candidate.application.receipt_number or "").lower().replace("-", " ")
    payments.recognise(session, payment, admin, OPENED, reason="核对", receipt_number=receipt)

    session.expire_all()
    assert (candidate.state, payment.user_id) == ("confirmed", candidate.owner_id)
    # The bank's next file holds it again, as the bank knows it.
    again = paying.pay(session, call, Paid("错号", FEE, OPENED, "WRONG"))
    assert (again.known_already, again.outcomes) == (1, {})


def test_money_goes_back_once(session: Session) -> None:
    call, [candidate] = paying.call_with(session, 1)
    admin = factories.staff(session, Role.ADMIN)
    paying.pay(session, call, paying.paid(candidate, Decimal("1.00")))
    payment = session.scalars(sa.select(Payment)).one()

    payments.refund(session, payment, admin, OPENED, reference="R1")

    with pytest.raises(Refused, match="R1"):
        payments.refund(session, payment, admin, OPENED, reference="R2")
    assert queries.standing(session, call, OPENED).to_refund == 0


def test_a_person_of_another_call_is_unknown_here(session: Session) -> None:
    call, _ = paying.call_with(session, 1)
    _, [foreign] = paying.call_with(session, 1)

    paying.pay(session, call, paying.paid(foreign, reference=uuid.uuid4().hex))

    assert list(paying.outcomes(session, call).values()) == ["unknown"]
    assert foreign.state == "awaiting_fee"
