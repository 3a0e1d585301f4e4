"""The second factor: a six-digit code that changes every 30 seconds (TOTP, RFC 6238), and recovery codes."""

import secrets
from datetime import datetime
from urllib.parse import quote

import pyotp
from flask import current_app

from recruitment.people.crypto import blind_index
from recruitment.people.models import User

ISSUER = "四川定向考录"
# One step either way forgives a clock that is half a minute off.
_TOLERANCE = 1
_STEP = 30
RECOVERY_CODES = 8
# Without letters and digits that are read for one another.
_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def must_set_up(user: User) -> bool:
    """Whether the user has to set up a second factor before anything else."""
    required: bool = current_app.config["SETTINGS"].staff_second_factor
    return required and user.is_staff and user.totp_enabled_at is None


def new_secret() -> str:
    return pyotp.random_base32()


def address(user: User) -> str:
    """The ``otpauth:`` address that an authenticator application reads from a QR code."""
    return (
        f"otpauth://totp/{quote(ISSUER)}:{quote(user.email)}?secret={user.totp_secret}&issuer={quote(ISSUER)}"
    )


def accept(user: User, code: str, at: datetime) -> bool:
    """Whether the code is right now. A code is accepted once: its step is remembered on the user."""
    digits = "".join(code.split())
    if not user.totp_secret or not (digits.isascii() and digits.isdigit() and len(digits) == 6):
        return False
    totp = pyotp.TOTP(user.totp_secret)
    step = int(at.timestamp()) // _STEP
    for candidate in range(step - _TOLERANCE, step + _TOLERANCE + 1):
        if user.totp_last_step is not None and candidate <= user.totp_last_step:
            continue
        if secrets.compare_digest(totp.at(candidate * _STEP), digits):
            user.totp_last_step = candidate
            return True
    return False


def _fingerprint(code: str) -> str:
    return blind_index("recovery_code", "".join(code.lower().replace("-", " ").split()))


def new_recovery_codes(user: User) -> list[str]:
    """Replace the user's recovery codes; the texts are shown once and kept only as hashes."""
    codes = [
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(2))
        for _ in range(RECOVERY_CODES)
    ]
    user.recovery_codes = [_fingerprint(code) for code in codes]
    return codes


def accept_recovery(user: User, code: str) -> bool:
    """Whether the code is one of the unused ones; it is used up by asking."""
    fingerprint = _fingerprint(code)
    if fingerprint not in user.recovery_codes:
        return False
    user.recovery_codes = [kept for kept in user.recovery_codes if kept != fingerprint]
    return True


def switch_off(user: User) -> None:
    user.totp_secret = None
    user.totp_enabled_at = None
    user.totp_last_step = None
    user.recovery_codes = []
