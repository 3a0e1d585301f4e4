"""Real servers that answer as a test plans."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
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
            closes the connection without an answer; ``close`` anywhere closes it at once.
        taken: the mails that it took.
    """

    sender: list[str] = field(default_factory=list)
    recipient: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    taken: list[Any] = field(default_factory=list)
    connections: int = 0
    noops: int = 0
    url: str = ""

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: SmtpSession, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await _next(self.sender, server)
        if not answer:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return answer or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: SmtpSession, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = await _next(self.recipient, server)
        if not answer:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, session: SmtpSession, envelope: Envelope) -> str:  # noqa: N802
        taken = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        if not self.data or self.data[0] in ("", "drop"):
            self.taken.append(taken)
        return await _next(self.data, server) or "250 OK"


async def _next(answers: list[str], server: SMTP) -> str:
    answer = answers.pop(0) if answers else ""
    if answer in ("drop", "close"):
        assert isinstance(server.transport, asyncio.Transport)
        server.transport.abort()
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
