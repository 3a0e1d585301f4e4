"""The payment adapter: who may tell of a payment, and what a repeated message does."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from recruitment.fees.gateway import sign
from recruitment.fees.models import Payment
from tests import factories, pages
from tests.client import Client
from tests.conftest import Clock
from tests.fees import paying
from tests.fees.paying import OPENED

SECRET = b"shared with the bank"
NOW = OPENED + timedelta(hours=2)


@pytest.fixture
def bank(make_app: Callable[..., Flask], clock: Clock) -> Client:
    """The bank's side of an application that shares a key with it."""
    app = make_app(payment_secret=SECRET.decode())
    app.extensions["clock"] = lambda: NOW
    return pages.visitor(app)


def message(call: str, receipt: str | None, **changes: Any) -> bytes:
    told = {
        "call": call,
        "receipt_number": receipt,
        "amount": "100.00",
        "paid_at": (OPENED + timedelta(hours=1)).isoformat(),
        "bank_reference": "REF-1",
    }
    return json.dumps(told | changes).encode()


def tell(bank: Client, body: bytes, at: datetime = NOW, secret: bytes = SECRET) -> TestResponse:
    timestamp = str(int(at.timestamp()))
    headers = {"X-Timestamp": timestamp, "X-Signature": sign(secret, timestamp, body)}
    return bank.post("/payments/callback", data=body, headers=headers)


def test_a_genuine_message_confirms_once(bank: Client, session: Session) -> None:
    call, [candidate] = paying.call_with(session, 1)
    session.commit()
    body = message(call.slug, candidate.application.receipt_number)

    answers = [tell(bank, body), tell(bank, body), tell(bank, body, NOW + timedelta(minutes=4))]

    assert [(answer.status_code, answer.json) for answer in answers] == [(200, {"outcome": "counted"})] * 3
    session.expire_all()
    assert candidate.state == "confirmed"
    assert session.scalar(sa.select(sa.func.count()).select_from(Payment)) == 1
    contradicting = message(call.slug, candidate.application.receipt_number, amount="1.00")
    assert tell(bank, contradicting).status_code == 409


def test_what_is_not_genuine_is_refused(bank: Client, session: Session) -> None:
    call, [candidate] = paying.call_with(session, 1)
    session.commit()
    body = message(call.slug, candidate.application.receipt_number)
    timestamp = str(int(NOW.timestamp()))
    signed = {"X-Timestamp": timestamp, "X-Signature": sign(SECRET, timestamp, body)}

    refused = [
        tell(bank, body, secret=b"guessed"),
        tell(bank, body, NOW - timedelta(minutes=6)),
        tell(bank, body, NOW + timedelta(minutes=6)),
        bank.post("/payments/callback", data=body),
        bank.post("/payments/callback", data=body + b" ", headers=signed),
        bank.post("/payments/callback", data=body, headers=signed | {"X-Timestamp": str(int(timestamp) + 1)}),
        bank.post("/payments/callback", data=body, headers=signed | {"X-Signature": "密"}),
    ]

    assert [answer.status_code for answer in refused] == [403] * len(refused)
    session.expire_all()
    assert candidate.state == "awaiting_fee"
    assert paying.outcomes(session, call) == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": "ten"},
        {"amount": "100.001"},
        {"amount": "NaN"},
        {"amount": "-1"},
        {"paid_at": "2026-12-03T00:00:00"},
        {"paid_at": "2027-01-01T00:00:00+08:00"},
        {"bank_reference": ""},
        {"receipt_number": None},
        {"receipt_number": ["x"]},
        {"receipt_number": "a\x00b"},
    ],
)
def test_what_cannot_be_read_is_said(bank: Client, session: Session, changes: dict[str, Any]) -> None:
    answer = tell(bank, message("any", "26-AAAA-AAAA", **changes))

    assert answer.status_code == 400


def test_without_a_key_there_is_no_adapter(app: Flask, session: Session) -> None:
    factories.load_areas(session)

    assert tell(pages.visitor(app), b"{}").status_code == 404


def test_the_pretend_cashier_is_for_the_demo_only(
    app: Flask, make_app: Callable[..., Flask], session: Session, clock: Clock
) -> None:
    clock.set(NOW)
    call, [candidate] = paying.call_with(session, 1)
    demo = make_app(demo=True)
    demo.extensions["clock"] = lambda: NOW
    address = f"/candidates/{candidate.id}/fee"

    regular = paying.sign_in(app, session, candidate.owner)
    assert "收银台" not in regular.get(address).text
    assert regular.post(f"{address}/cashier").status_code in (400, 404)
    assert paying.outcomes(session, call) == {}
    browser = paying.sign_in(demo, session, candidate.owner)
    page = browser.submit(browser.get(address), "到演示收银台缴费100.00元")

    assert "缴费已确认" in page.text
    session.expire_all()
    assert candidate.state == "confirmed"
