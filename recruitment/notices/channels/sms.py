"""Notices as text messages, through an HTTP gateway.

The gateway's side of it, for those who build or adapt one::

    POST /path            {"id": "…", "to": "13800001234", "text": "…"}
    X-Key, X-Timestamp (seconds), X-Nonce, X-Signature

The signature is the hexadecimal HMAC-SHA256, under the secret, of timestamp, nonce, method, path and body, each but
the last followed by a line feed. It answers 200 or 202 with ``{"message_id": "…"}``, and the same to a second
request with an ``id`` that it has had before: sent once, however often it is asked. 409 says so, too. 429 and 5xx
mean "later", any other 4xx "never"; ``{"error": "invalid_number"}`` in it, or 422, that the number is no good.

Reports come to ``/hooks/sms`` of this site, signed the same way: ``{"id": "…", "status": "delivered"}`` or
``"failed"`` with ``"error"``. Anything but 200 asks for the report again, later.
"""

import hashlib
import hmac
import http.client
import json
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from flask_babel import lazy_gettext as _

from recruitment.config import ConfigurationError, Settings
from recruitment.notices.channels import Bounced, Final, Parcel, Passing, Unknown, Unreachable
from recruitment.notices.render import Text, render_short
from recruitment.people.models import User

TIMEOUT = 10.0
# A signed request is good for so long, to either side.
FRESH = 300
LATER = frozenset({408, 425, 429})


class Gateway:
    """Where text messages are handed in, and how a request is signed.

    Args:
        url: ``https://key:secret@host:port/path``.

    Raises:
        ConfigurationError: it is not like that. Plain http is for this machine alone.
    """

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url)
            self.host, self.port = parts.hostname or "", parts.port
        except ValueError:
            parts, self.host = urlsplit(""), ""
        self.secure = parts.scheme == "https"
        local = parts.scheme == "http" and self.host in ("127.0.0.1", "::1", "localhost")
        if not (self.secure or local) or not self.host or not parts.username or not parts.password:
            raise ConfigurationError("SMS_URL must look like https://key:secret@host/path")
        self.key, self._secret = unquote(parts.username), unquote(parts.password).encode()
        self.path = parts.path or "/"

    def sign(self, timestamp: str, nonce: str, method: str, path: str, body: bytes) -> str:
        head = "".join(f"{part}\n" for part in (timestamp, nonce, method, path)).encode()
        return hmac.new(self._secret, head + body, hashlib.sha256).hexdigest()

    def headers(self, method: str, path: str, body: bytes, now: float) -> dict[str, str]:
        timestamp, nonce = str(int(now)), secrets.token_hex(16)
        return {
            "Content-Type": "application/json",
            "X-Key": self.key,
            "X-Timestamp": timestamp,
            "X-Nonce": nonce,
            "X-Signature": self.sign(timestamp, nonce, method, path, body),
        }

    def genuine(self, headers: Mapping[str, str], method: str, path: str, body: bytes, now: datetime) -> bool:
        """Whether a request to us was signed with our secret, and not long ago."""
        timestamp, nonce = headers.get("X-Timestamp", ""), headers.get("X-Nonce", "")
        if not (timestamp.isascii() and timestamp.isdigit()) or abs(now.timestamp() - int(timestamp)) > FRESH:
            return False
        expected = self.sign(timestamp, nonce, method, path, body)
        return hmac.compare_digest(expected.encode(), headers.get("X-Signature", "").encode())

    def connect(self) -> http.client.HTTPConnection:
        kind = http.client.HTTPSConnection if self.secure else http.client.HTTPConnection
        return kind(self.host, self.port, timeout=TIMEOUT)


class Sms:
    """Short messages to a number that its owner has confirmed."""

    label = _("短信")
    # It is told the delivery's id and sends what it has had before no second time.
    can_tell = True
    by_hand = False
    chosen = True

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway

    def address(self, user: User) -> str | None:
        reachable = user.phone and user.phone_confirmed_at and not user.phone_failed_at
        return user.masked_phone if reachable else None

    def text(self, user: User, text: Text) -> str | None:
        return text.sms or render_short("sms").strip()

    def send(self, parcel: Parcel, leaving: Callable[[], None]) -> str | None:
        if not parcel.phone:
            raise Final("sms: the person has no number any more")
        # Sent anew, it must not pass for what the gateway has had before.
        message_id = f"{parcel.id}.{parcel.resends}" if parcel.resends else str(parcel.id)
        return self.hand_in(message_id, parcel.phone, parcel.text or parcel.subject, leaving)

    def hand_in(
        self, message_id: str, phone: str, text: str, leaving: Callable[[], None] = lambda: None
    ) -> str | None:
        """Give the gateway one message; raises and returns as :meth:`Channel.send`."""
        body = json.dumps({"id": message_id, "to": phone, "text": text}, ensure_ascii=False).encode()
        connection = self.gateway.connect()
        try:
            connection.connect()
        except OSError as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from error
        try:
            leaving()
            headers = self.gateway.headers("POST", self.gateway.path, body, time.time())
            connection.request("POST", self.gateway.path, body, headers)
            response = connection.getresponse()
            status, answer = response.status, response.read(65536)
        except (OSError, http.client.HTTPException) as error:
            raise Unknown(f"{type(error).__name__}: {error}") from error
        finally:
            connection.close()
        return _outcome(status, _object(answer))

    def stop(self, user: User, at: datetime) -> None:
        user.phone_failed_at = at


def _object(answer: bytes) -> dict[str, Any]:
    try:
        found = json.loads(answer)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _outcome(status: int, answer: dict[str, Any]) -> str | None:
    if 200 <= status < 300 or status == 409:
        name = answer.get("message_id")
        return str(name) if name else None
    error = str(answer.get("error", ""))
    words = f"sms: {status} {error}".strip()
    if status in LATER or status >= 500:
        raise Passing(words)
    raise (Bounced if status == 422 or error == "invalid_number" else Final)(words)


def make(settings: Settings) -> Sms:
    """The channel of ``SMS_URL``."""
    return Sms(Gateway(settings.sms_url))
