"""A call in which payment is open, for the tests of fees."""

import io
import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.applications.models import Application
from recruitment.calls import operations as calls
from recruitment.calls.models import Call, Position
from recruitment.candidates.models import Candidate
from recruitment.clock import SHANGHAI
from recruitment.fees import operations, payments
from recruitment.fees.models import Payment
from recruitment.fees.payments import Paid, Recorded
from recruitment.people.models import Role, SignIn, User
from tests import factories, pages
from tests.client import Client
from workflows.terms import Actor

OPENED = factories.CLOSES + timedelta(days=1)
DUE = OPENED + timedelta(days=5)
FEE = Decimal("100.00")
PLAN: dict[str, Any] = {
    "per_subject": Decimal("50.00"),
    "subjects": 2,
    "interview": Decimal("80.00"),
    "closes_at": DUE,
    "late_hours": 48,
    "settle_hours": 24,
    "waiver_kinds": ["最低生活保障家庭成员"],
    "instructions": "请用手机银行扫码。",
}


def closed(session: Session, call: Call) -> Call:
    """The call after registration."""
    calls.advance(session, call, "close_registration", Actor.system("test"), factories.CLOSES)
    return call


def opened(session: Session, call: Call, admin: User, **changes: Any) -> None:
    """Payment opened, everybody qualified asked."""
    closed(session, call)
    operations.save_plan(session, call, admin, PLAN | changes)
    operations.open_payment(session, call, admin, OPENED)
    while operations.enrol_chunk(session, call.id, OPENED):
        pass


def call_with(
    session: Session, number: int, admin: User | None = None, **changes: Any
) -> tuple[Call, list[Candidate]]:
    """A call with so many candidates who have been asked to pay, all for one position."""
    admin = admin or factories.staff(session, Role.ADMIN)
    call = factories.call(session)
    made = [factories.application(session, call, state="qualified") for _ in range(number)]
    opened(session, call, admin, **changes)
    return call, [candidate_of(session, application) for application in made]


def qualified(session: Session, call: Call, position: Position, number: int) -> list[Application]:
    return [factories.application(session, call, state="qualified", chosen=position) for _ in range(number)]


def candidate_of(session: Session, application: Application) -> Candidate:
    return session.scalars(sa.select(Candidate).where(Candidate.application_id == application.id)).one()


def paid(
    candidate: Candidate,
    amount: Decimal = FEE,
    at: datetime = OPENED + timedelta(hours=1),
    reference: str = "",
) -> Paid:
    receipt = candidate.application.receipt_number or ""
    return Paid(receipt, amount, at, reference or f"B{uuid.uuid4().hex[:20]}")


def pay(
    session: Session,
    call: Call,
    *rows: Paid,
    now: datetime = OPENED + timedelta(hours=2),
    by: Actor | None = None,
) -> Recorded:
    """What the bank's file with these rows does."""
    by = by or factories.actor(factories.staff(session, Role.ADMIN))
    done = payments.record_many(session, call, list(rows), by, now, source="bank_file")
    session.expire_all()
    return done


def outcomes(session: Session, call: Call) -> dict[str, str]:
    """Bank's number → outcome."""
    return dict(
        session.execute(
            sa.select(Payment.bank_reference, Payment.outcome).where(Payment.call_id == call.id)
        ).all()
    )


def csv(*rows: Paid) -> tuple[io.BytesIO, str]:
    """A bank's file as it is uploaded."""
    lines = ["回执号,缴费金额,交易时间,流水号"]
    lines += [
        f"{row.receipt_number},{row.amount},{row.paid_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S},"
        f"{row.bank_reference}"
        for row in rows
    ]
    return io.BytesIO("\n".join(lines).encode()), "bank.csv"


def sign_in(app: Flask, session: Session, user: User) -> Client:
    """The person's browser, signed in on the day on which payment is open. Commits."""
    client = pages.sign_in(app, session, user)
    session.execute(sa.update(SignIn).values(created_at=OPENED))
    session.commit()
    return client
