"""A mail server that sends nothing on: it keeps every mail in a folder, for demos and trials.

``python -m recruitment.notices.mailcatcher FOLDER PORT`` runs it; :func:`caught` reads what it keeps.
"""

import asyncio
import mailbox
import sys
from collections.abc import Iterator
from email import message_from_binary_file, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from recruitment.notices import MAIL_FOLDER


class Catcher:
    """Keeps mails in a maildir; what a reader finds there is always a whole mail."""

    def __init__(self, folder: Path) -> None:
        self._maildir = mailbox.Maildir(folder, create=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        # The true addressees, which need not stand in the mail.
        recipients = "".join(f"X-Envelope-To: {address}\r\n" for address in envelope.rcpt_tos)
        self._maildir.add(recipients.encode() + content)
        return "250 kept"


def caught(data_dir: Path, limit: int = 100) -> Iterator[tuple[str, EmailMessage]]:
    """The mails kept under ``data_dir``, newest first, each with a key for :func:`mail`."""
    new = data_dir / MAIL_FOLDER / "new"
    # A maildir's file names begin with the second of arrival; the time of the file tells finer.
    paths = sorted(new.iterdir(), key=lambda path: path.stat().st_mtime_ns) if new.is_dir() else []
    for path in reversed(paths[-limit:]):
        yield path.name, _read(path)


def mail(data_dir: Path, key: str) -> EmailMessage | None:
    """One mail by its key, or None when there is no such mail."""
    new = data_dir / MAIL_FOLDER / "new"
    # The key comes from an address line: it must name a file of this folder and no other.
    if not new.is_dir() or key not in {path.name for path in new.iterdir()}:
        return None
    return _read(new / key)


def _read(path: Path) -> EmailMessage:
    with path.open("rb") as file:
        message = message_from_binary_file(file, policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 (the policy says so)
    return message


async def serve(folder: Path, port: int) -> None:
    """Catch mails at ``port`` of the loopback address until cancelled."""
    catcher = Catcher(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(catcher, enable_SMTPUTF8=True), "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
