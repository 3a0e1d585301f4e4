"""Proof that a telephone number is the person's: a code sent to it comes back.

The code follows from the account, the number and the time, so nothing is kept of it. Guessing is a matter of how
often one may try, which the views limit.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from flask import current_app

from recruitment.people.models import User

# A code is good for the stretch of time in which it was made, and the next.
STRETCH = timedelta(minutes=10)


def code(user: User, at: datetime, back: int = 0) -> str:
    """Six digits.

    Args:
        back: 1 for the code of the stretch before.
    """
    stretch = int(at.timestamp() // STRETCH.total_seconds()) - back
    message = f"phone\n{user.id}\n{user.phone_index}\n{stretch}".encode()
    digest = hmac.new(str(current_app.secret_key).encode(), message, hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"


def confirm(user: User, typed: str, at: datetime) -> bool:
    """Whether the code is right; the number is then known to take messages."""
    given = "".join(typed.split())
    right = [secrets.compare_digest(given.encode(), code(user, at, back).encode()) for back in (0, 1)]
    if not user.phone or not any(right):
        return False
    user.phone_confirmed_at, user.phone_failed_at = at, None
    return True
