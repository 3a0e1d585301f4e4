"""Random histories of payments against a model that knows nothing of the product: none is lost or counts twice."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy.orm import Session, sessionmaker

from recruitment.candidates.models import Candidate
from recruitment.database import db
from recruitment.fees import operations, payments, queries
from recruitment.fees.models import Payment
from recruitment.fees.payments import Paid
from recruitment.people.models import Role
from recruitment.workflow import engine
from tests import factories
from tests.fees import paying
from tests.fees.paying import DUE, FEE, OPENED
from workflows import timers
from workflows.terms import Refused

FULL = os.environ.get("PROOF") == "full"
HOUR = timedelta(hours=1)
SETTLE = 24 * HOUR
PEOPLE = 3
# Few moments, amounts and numbers of the bank, so that they meet.
moments = st.integers(-30, 60).map(lambda hours: DUE + hours * HOUR)
amounts = st.sampled_from([FEE, FEE, FEE, FEE, Decimal("99.99"), Decimal("200.00")])
numbers = st.integers(0, 11).map(lambda number: f"REF{number:02}")
people = st.integers(0, PEOPLE)
rows = st.tuples(people, amounts, moments, numbers)


@dataclass
class Owing:
    """A person: until when they may pay, whether they have, and whether they gave up."""

    due: datetime
    paid: bool = False
    lapsed: bool = False

    @property
    def state(self) -> str:
        return "confirmed" if self.paid else "unpaid" if self.lapsed else "awaiting_fee"


@dataclass
class Money:
    """A payment as the bank told of it; ``who`` is none while nobody knows."""

    who: int | None
    amount: Decimal
    at: datetime
    told: tuple[int, Decimal, datetime]
    outcome: str = ""
    back: bool = False


class Payments(RuleBasedStateMachine):
    """Files of the bank, callbacks, refunds, doubles, later deadlines and the clock."""

    session: Session

    @initialize()
    def begin(self) -> None:
        self.admin = factories.staff(self.session, Role.ADMIN)
        self.call, self.candidates = paying.call_with(self.session, PEOPLE, self.admin)
        self.session.commit()
        self.now = OPENED + HOUR
        self.owing = [Owing(DUE) for _ in self.candidates]
        self.known: dict[str, Money] = {}

    # The model

    def judge(self, money: Money) -> str:
        if money.who is None:
            return "unknown"
        person = self.owing[money.who]
        if person.paid:
            return "duplicate"
        if money.amount != FEE:
            return "wrong_amount"
        if money.at >= person.due:
            return "late"
        person.paid = True
        return "counted"

    def expect(self, told: list[tuple[int, Decimal, datetime, str]]) -> bool:
        """Take in what the bank tells; false if it contradicts what it told before, and then nothing of it."""
        for who, amount, at, reference in told:
            before = self.known.get(reference)
            if before and before.told != (who, amount, at):
                return False
        for who, amount, at, reference in sorted(told, key=lambda row: (row[2], row[3])):
            if reference not in self.known:
                whose = who if who < PEOPLE else None
                money = Money(whose, amount, at, (who, amount, at))
                money.outcome = self.judge(money)
                self.known[reference] = money
        return True

    # What happens

    def paid(self, row: tuple[int, Decimal, datetime, str]) -> Paid:
        who, amount, at, reference = row
        receipt = self.candidates[who].application.receipt_number if who < PEOPLE else "26-9999-9999"
        return Paid(receipt or "", amount, at, reference)

    @contextmanager
    def step(self, allowed: bool) -> Iterator[None]:
        """One request: it is done exactly if the model allows it, and what is refused leaves nothing."""
        try:
            yield
            self.session.commit()
            done = True
        except Refused:
            self.session.rollback()
            done = False
        self.session.expire_all()
        assert done == allowed

    @rule(told=st.lists(rows, min_size=1, max_size=4, unique_by=lambda row: row[3]))
    def the_banks_file(self, told: list[tuple[int, Decimal, datetime, str]]) -> None:
        with self.step(self.expect(told)):
            payments.record_many(
                self.session, self.call, [self.paid(row) for row in told], self.admin.actor(), self.now,
                source="bank_file",
            )  # fmt: skip

    @rule(row=rows)
    def a_callback(self, row: tuple[int, Decimal, datetime, str]) -> None:
        with self.step(self.expect([row])):
            payments.record(self.session, self.call, self.paid(row), self.now, source="callback")

    @rule(reference=numbers, again=st.booleans())
    def told_again(self, reference: str, again: bool) -> None:
        """The same payment once more, by file or by callback."""
        if money := self.known.get(reference):
            row = (*money.told, reference)
            if again:
                self.the_banks_file([row])
            else:
                self.a_callback(row)

    @rule(reference=numbers, sent=st.booleans())
    def refunded(self, reference: str, sent: bool) -> None:
        if money := self.known.get(reference):
            allowed = not money.back and money.outcome != "counted" and sent
            with self.step(allowed):
                payments.refund(
                    self.session, self.row(reference), self.admin, self.now, reference="R" if sent else " "
                )
            money.back = money.back or allowed

    @rule(reference=numbers, who=people)
    def recognised(self, reference: str, who: int) -> None:
        """A late payment, or one of an unknown receipt number that turns out to be somebody's."""
        money = self.known.get(reference)
        if money is None:
            return
        whose = money.who if money.who is not None else (who if who < PEOPLE else None)
        allowed = (
            not money.back
            and money.outcome in ("late", "unknown")
            and whose is not None
            and not self.owing[whose].paid
            and money.amount == FEE
        )
        right = "" if money.who is not None else self.paid((who, FEE, DUE, "")).receipt_number
        with self.step(allowed):
            payments.recognise(
                self.session, self.row(reference), self.admin, self.now, reason="已核对", receipt_number=right
            )
        if allowed and whose is not None:
            money.outcome, money.who = "counted", whose
            self.owing[whose].paid = True

    @rule(who=st.none() | st.integers(0, PEOPLE - 1), hours=st.integers(1, 48))
    def later_deadline(self, who: int | None, hours: int) -> None:
        """For one person or everybody; whoever was late only by the old one was in time."""
        closes_at = max(self.now, *(person.due for person in self.owing)) + hours * HOUR
        user_id = None if who is None else self.candidates[who].owner_id
        with self.step(True):
            operations.extend(
                self.session, self.call, self.admin, self.now, closes_at=closes_at, reason="系统故障",
                user_id=user_id,
            )  # fmt: skip
        for number, person in enumerate(self.owing):
            if who not in (None, number):
                continue
            person.due, person.lapsed = closes_at, False
            # In the order of paying, then of being told.
            for money in sorted(self.known.values(), key=lambda money: money.at):
                late = money.who == number and money.outcome == "late" and not money.back
                if late and not person.paid and money.at < closes_at:
                    money.outcome, person.paid = "counted", True

    @rule(hours=st.integers(1, 40))
    def time_goes_by(self, hours: int) -> None:
        self.now += hours * HOUR
        timers.run(engine(), sessionmaker(db.engine), now=lambda: self.now)
        self.session.rollback()
        self.session.expire_all()
        for person in self.owing:
            if not person.paid and self.now >= person.due + SETTLE:
                person.lapsed = True

    # What must hold

    def row(self, reference: str) -> Payment:
        return self.session.scalars(
            sa.select(Payment).where(Payment.call_id == self.call.id, Payment.bank_reference == reference)
        ).one()

    @invariant()
    def everybody_stands_where_the_model_says(self) -> None:
        states = dict(
            self.session.execute(
                sa.select(Candidate.id, Candidate.state).where(Candidate.call_id == self.call.id)
            ).all()
        )
        assert [states[candidate.id] for candidate in self.candidates] == [p.state for p in self.owing]

    @invariant()
    def no_money_is_lost_or_counts_twice(self) -> None:
        found = {
            row.bank_reference: row
            for row in self.session.scalars(sa.select(Payment).where(Payment.call_id == self.call.id))
        }
        assert {ref: row.amount for ref, row in found.items()} == {
            ref: money.amount for ref, money in self.known.items()
        }
        assert {ref: (row.outcome, row.refunded_at is not None) for ref, row in found.items()} == {
            ref: (money.outcome, money.back) for ref, money in self.known.items()
        }
        for candidate, person in zip(self.candidates, self.owing, strict=True):
            counted = [
                row
                for row in found.values()
                if row.user_id == candidate.owner_id and row.outcome == "counted"
            ]
            assert len(counted) == person.paid
            assert all(row.refunded_at is None for row in counted)
        listed = queries.PaymentFilter(self.call.id, self.now, "refund")
        back = {row.bank_reference for row in queries.every_payment(self.session, listed)}
        assert back == {
            ref for ref, money in self.known.items() if money.outcome not in ("counted", "unknown")
        }


def test_random_histories_of_payments_agree_with_an_independent_model(session: Session) -> None:
    Payments.session = session
    run_state_machine_as_test(
        Payments,
        settings=settings(
            max_examples=150 if FULL else 10,
            stateful_step_count=40 if FULL else 20,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_a_late_payment_counts_when_the_deadline_moves_before_its_payer_has_given_up(
    session: Session,
) -> None:
    call, [candidate] = paying.call_with(session, 1)
    admin = factories.staff(session, Role.ADMIN)
    paying.pay(session, call, paying.paid(candidate, at=DUE + HOUR, reference="LATE"), now=DUE + 2 * HOUR)
    assert (candidate.state, paying.outcomes(session, call)) == ("awaiting_fee", {"LATE": "late"})
    operations.extend(session, call, admin, DUE + 3 * HOUR, closes_at=DUE + 10 * HOUR, reason="银行系统故障")
    session.expire_all()
    assert (candidate.state, paying.outcomes(session, call)) == ("confirmed", {"LATE": "counted"})
    # A page that was opened before that still offers the refund.
    payment = session.scalars(sa.select(Payment)).one()
    with pytest.raises(Refused, match="不能退款"):
        payments.refund(session, payment, admin, DUE + 4 * HOUR, reference="R1")
