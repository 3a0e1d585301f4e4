"""Connections to the mail server that outlive a mail.

Opening one costs a handshake, TLS and a sign-in: more than the mail itself. So each process keeps those that it has
opened and takes one for each mail. A connection is given up when it is old, has carried many mails, or has
misbehaved; one that rested is asked whether it still lives before a mail is trusted to it.
"""

import os
import smtplib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from recruitment.notices.channels import Unreachable
from recruitment.notices.smtp import connect

# Servers close what rests or lasts too long (Postfix: 300 s and 100 mails); be the first.
MAX_AGE = 240.0
MAX_MAILS = 100
# One that rested longer is asked first. Within a run of mails nobody asks.
RESTED = 2.0

Transaction = Callable[[smtplib.SMTP], None]


class StaleConnection(Exception):
    """A kept connection turned out to be dead before anything of the mail was accepted."""


class Connection:
    """One connection and what it has carried."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._smtp: smtplib.SMTP | None = None
        self._opened = 0.0
        self._used = 0.0
        self._mails = 0

    def run(self, transaction: Transaction) -> None:
        """Run one SMTP transaction on a connection that works.

        Args:
            transaction: may raise :class:`StaleConnection` as long as nothing was accepted; it is then run once
                more on a new connection.

        Raises:
            Unreachable: the server cannot be reached or refuses us.
        """
        fresh = self._make_ready()
        try:
            self._transact(transaction)
        except StaleConnection:
            if fresh:
                raise Unreachable("the server closed the connection at once") from None
            self._open()
            try:
                self._transact(transaction)
            except StaleConnection as error:
                raise Unreachable("the server closed the connection at once") from error

    def _transact(self, transaction: Transaction) -> None:
        smtp = self._smtp
        assert smtp is not None  # noqa: S101 (it was made ready)
        whole = False
        try:
            transaction(smtp)
            whole = True
        finally:
            self._mails += 1
            self._used = time.monotonic()
            # After a refusal the server still holds half a mail.
            if not whole and not self._asked("rset"):
                self.close()

    def _make_ready(self) -> bool:
        """Whether it had to be opened anew."""
        now = time.monotonic()
        worn = self._mails >= MAX_MAILS or now - self._opened > MAX_AGE
        if self._smtp is not None and not worn and (now - self._used < RESTED or self._asked("noop")):
            return False
        self.quit()
        self._open()
        return True

    def _open(self) -> None:
        self.close()
        try:
            self._smtp = connect(self._url)
        except OSError as error:
            raise Unreachable(f"{type(error).__name__}: {error}") from error
        self._opened = self._used = time.monotonic()
        self._mails = 0

    def _asked(self, question: str) -> bool:
        """Whether the server answers ``noop`` or ``rset`` as one that lives."""
        if self._smtp is None or self._smtp.sock is None:
            return False
        with suppress(OSError):
            code, _ = getattr(self._smtp, question)()
            return bool(code == 250)
        return False

    def quit(self) -> None:
        """Take leave, if the server still listens."""
        if self._smtp is not None:
            with suppress(OSError):
                self._smtp.quit()
        self.close()

    def close(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None


_lock = threading.Lock()
_resting: dict[str, list[Connection]] = {}
_process = os.getpid()


@contextmanager
def connection(url: str) -> Iterator[Connection]:
    """Take a connection of this process for a while; it is opened when first used."""
    taken = _take(url)
    try:
        yield taken
    finally:
        with _lock:
            _resting.setdefault(url, []).append(taken)


def _take(url: str) -> Connection:
    global _process
    with _lock:
        if os.getpid() != _process:
            # These belong to the process that we were forked from; two must not talk on one line.
            _resting.clear()
            _process = os.getpid()
        kept = _resting.setdefault(url, [])
        return kept.pop() if kept else Connection(url)


def forget() -> None:
    """Close what rests."""
    with _lock:
        for kept in _resting.values():
            for connection in kept:
                connection.quit()
        _resting.clear()
