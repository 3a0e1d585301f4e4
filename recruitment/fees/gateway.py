"""The payment adapter: a bank or payment service tells of a payment by a signed HTTP call.

``POST /payments/callback`` with a JSON object of ``call`` (its name in addresses), ``receipt_number``, ``amount``
(yuan, as text), ``paid_at`` (ISO 8601 with zone) and ``bank_reference``. The header ``X-Timestamp`` holds Unix
seconds, ``X-Signature`` the hexadecimal HMAC-SHA256 of ``timestamp + "." + body`` under ``PAYMENT_SECRET``.
"""

import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, Response, abort, current_app, jsonify, request
from sqlalchemy.orm import Session

from recruitment.calls.queries import find_call
from recruitment.candidates.models import Candidate
from recruitment.clock import now
from recruitment.config import Settings
from recruitment.database import db
from recruitment.fees import payments
from recruitment.fees.models import Payment
from recruitment.fees.payments import Paid
from recruitment.people.access import public
from recruitment.web.limits import own_token
from workflows.terms import Refused

blueprint = Blueprint("payments", __name__)
# A message older or newer than this is not taken, so that a signature cannot be kept for later.
TOLERANCE = 300  # seconds
MOST_BYTES = 4096
LONGEST = 64


class BadMessage(ValueError):
    """The message is signed but cannot be read; says what is wrong with it."""


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _secret() -> bytes:
    """The key shared with the payment service; in a demo one that nobody needs to know. Empty: no adapter."""
    settings = _settings()
    if settings.payment_secret:
        return settings.payment_secret.encode()
    if settings.demo:
        return hmac.digest(settings.secret_key.encode(), b"payments", "sha256")
    return b""


def sign(secret: bytes, timestamp: str, body: bytes) -> str:
    """The signature of a message, hexadecimal."""
    return hmac.new(secret, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def genuine(secret: bytes, timestamp: str, signature: str, body: bytes, moment: datetime) -> bool:
    """Whether the message is signed with the key, and now."""
    if not secret or not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    right = hmac.compare_digest(sign(secret, timestamp, body).encode(), signature.encode())
    return right and abs(moment.timestamp() - int(timestamp)) <= TOLERANCE


def read(body: bytes, moment: datetime) -> tuple[str, Paid]:
    """The call's name and the payment of a message.

    Raises:
        BadMessage: not such an object, an amount that is none, a time without zone or to come.
    """
    try:
        message = json.loads(body, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise BadMessage("the body is not JSON") from error
    if not isinstance(message, Mapping):
        raise BadMessage("the body is not an object")
    values = {}
    for name in ("call", "receipt_number", "amount", "paid_at", "bank_reference"):
        value = message.get(name)
        if not isinstance(value, str) or not value.strip() or len(value) > LONGEST or "\x00" in value:
            raise BadMessage(f"{name} is missing or not a text of at most {LONGEST} characters")
        values[name] = value.strip()
    try:
        amount = Decimal(values["amount"])
        paid_at = datetime.fromisoformat(values["paid_at"])
    except (InvalidOperation, ValueError) as error:
        raise BadMessage("amount or paid_at cannot be read") from error
    if not amount.is_finite() or not 0 < amount < 100_000 or amount != round(amount, 2):
        raise BadMessage("amount is not an amount in yuan with at most two places")
    if paid_at.tzinfo is None:
        raise BadMessage("paid_at has no zone")
    if paid_at.timestamp() > moment.timestamp() + TOLERANCE:
        raise BadMessage("paid_at lies in the future")
    paid = Paid(values["receipt_number"], amount, paid_at.astimezone(UTC), values["bank_reference"])
    return values["call"], paid


def accept(session: Session, timestamp: str, signature: str, body: bytes, moment: datetime) -> Payment | None:
    """Record the payment that a genuine message tells of; none if there is no such call.

    Raises:
        PermissionError: the message is not genuine.
        BadMessage: it cannot be read.
        Refused: the call takes no fees, or the bank's number is known with other figures.
    """
    if not genuine(_secret(), timestamp, signature, body, moment):
        raise PermissionError("signature")
    slug, paid = read(body, moment)
    call = find_call(session, slug)
    if call is None:
        return None
    return payments.record(session, call, paid, moment, source="callback")


@blueprint.post("/payments/callback")
@own_token
@public
def callback() -> tuple[Response, int]:
    """Take a message in. The same message again has the same answer and no further effect."""
    if not _secret():
        abort(404)
    body = request.get_data(cache=False) if (request.content_length or 0) <= MOST_BYTES else b""
    if not body:
        return jsonify(error="body missing or too large"), 400
    try:
        payment = accept(
            db.session,
            request.headers.get("X-Timestamp", ""),
            request.headers.get("X-Signature", ""),
            body,
            now(),
        )
    except PermissionError:
        return jsonify(error="wrong signature or time"), 403
    except BadMessage as error:
        return jsonify(error=str(error)), 400
    except Refused as refused:
        db.session.rollback()
        return jsonify(error=[reason.code for reason in refused.reasons]), 409
    if payment is None:
        return jsonify(error="no such call"), 404
    db.session.commit()
    return jsonify(outcome=payment.outcome), 200


def cashier_is_open() -> bool:
    """Whether the pretend cashier may be used."""
    return _settings().demo


def pretend_to_pay(session: Session, candidate: Candidate, amount: Decimal, moment: datetime) -> Payment:
    """What a bank would send after the candidate has paid, through the same door.

    Raises:
        Refused: the call takes no fees.
    """
    message: dict[str, Any] = {
        "call": candidate.call.slug,
        "receipt_number": candidate.application.receipt_number,
        "amount": str(amount),
        "paid_at": moment.isoformat(),
        "bank_reference": f"DEMO{uuid.uuid4().hex}",
    }
    body = json.dumps(message).encode()
    timestamp = str(int(moment.timestamp()))
    payment = accept(session, timestamp, sign(_secret(), timestamp, body), body, moment)
    if payment is None:
        raise LookupError(candidate.call.slug)
    return payment
