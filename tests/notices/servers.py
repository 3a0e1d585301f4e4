"""Real servers that answer as a test plans."""

import asyncio
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession

from recruitment.services import free_port


class Server(SMTP):
    """Tells its plan of every connection, command and sign-in."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        # TLS begins by making the connection anew.
        if self._original_transport is None:
            self.event_handler.connections += 1

    async def smtp_NOOP(self, arg: str) -> None:  # noqa: N802
        self.event_handler.noops += 1
        await super().smtp_NOOP(arg)


@dataclass
class Plan:
    """What the server answers to the next transactions; after that it takes everything.

    Attributes:
        sender, recipient, data: answers, the next first; empty for a yes. ``drop`` in ``data`` takes the mail and
            closes the connection without an answer; ``close`` anywhere closes it at once; ``hold`` never answers,
            and in ``data`` takes the mail before.
        taken: the mails that it took.
        held: set as soon as somebody is kept waiting.
        slow: seconds that it takes for each mail.
    """

    sender: list[str] = field(default_factory=list)
    recipient: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    taken: list[Any] = field(default_factory=list)
    connections: int = 0
    noops: int = 0
    url: str = ""
    held: threading.Event = field(default_factory=threading.Event)
    slow: float = 0.0

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: SmtpSession, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._next(self.sender, server)
        if not answer:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: SmtpSession, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await self._next(self.recipient, server)
        if not answer:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, session: SmtpSession, envelope: Envelope) -> str:  # noqa: N802
        taken = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        if not self.data or self.data[0] in ("", "drop", "hold"):
            self.taken.append(taken)
        if self.slow:
            await asyncio.sleep(self.slow)
        return await self._next(self.data, server) or "250 OK"

    async def _next(self, answers: list[str], server: SMTP) -> str:
        answer = answers.pop(0) if answers else ""
        if answer == "hold":
            self.held.set()
        if answer in ("drop", "close"):
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        if answer in ("drop", "close", "hold"):
            await asyncio.Event().wait()
        return answer


class PlannedController(Controller):
    def factory(self) -> SMTP:
        return Server(self.handler, **self.SMTP_kwargs)


@contextmanager
def mail_server(**options: Any) -> Iterator[Plan]:
    """An SMTP server that does as its plan says; options are those of ``aiosmtpd.smtp.SMTP``."""
    plan = Plan()
    controller = PlannedController(plan, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    plan.url = f"smtp://127.0.0.1:{controller.port}"
    yield plan
    controller.stop()


@dataclass
class GatewayPlan:
    """A gateway for text messages as the adapter's documentation wants it.

    Attributes:
        answers: status, or ``drop`` (take it, close without an answer); empty for a yes, the next first.
        sent: what reached a telephone, by the id under which it was handed in.
        asked: every request, refused or not.
    """

    secret: bytes = b"gateway-secret"
    answers: list[str] = field(default_factory=list)
    sent: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    nonces: set[str] = field(default_factory=set)
    url: str = ""

    def sign(self, timestamp: str, nonce: str, method: str, path: str, body: bytes) -> str:
        text = f"{timestamp}\n{nonce}\n{method}\n{path}\n".encode() + body
        return hmac.new(self.secret, text, "sha256").hexdigest()

    def headers(self, path: str, body: bytes, at: float, nonce: str = "n") -> dict[str, str]:
        """Those of a report to the site."""
        return {
            "Content-Type": "application/json",
            "X-Timestamp": str(int(at)),
            "X-Nonce": nonce,
            "X-Signature": self.sign(str(int(at)), nonce, "POST", path, body),
        }


@contextmanager
def sms_gateway() -> Iterator[GatewayPlan]:
    """A real HTTP server that does as its plan says."""
    plan = GatewayPlan()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            stamp, nonce = self.headers["X-Timestamp"], self.headers["X-Nonce"]
            message = json.loads(body)
            plan.asked.append(message)
            genuine = self.headers["X-Signature"] == plan.sign(stamp, nonce, "POST", self.path, body)
            if not genuine or nonce in plan.nonces or self.headers["X-Key"] != "kaolu":
                return self._answer(401, {})
            plan.nonces.add(nonce)
            answer = plan.answers.pop(0) if plan.answers else ""
            if answer in ("", "drop"):
                plan.sent.setdefault(message["id"], message)
            if answer == "drop":
                return None
            if answer:
                status, _, error = answer.partition(" ")
                return self._answer(int(status), {"error": error})
            return self._answer(200, {"message_id": f"gw-{message['id'][:8]}"})

        def _answer(self, status: int, content: dict[str, str]) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    plan.url = f"http://kaolu:{plan.secret.decode()}@127.0.0.1:{server.server_port}/messages"
    try:
        yield plan
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
