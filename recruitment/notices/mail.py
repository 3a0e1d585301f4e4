"""Hand one mail to an SMTP server, telling apart what may be tried again and what may not."""

import smtplib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime

from recruitment.clock import local
from recruitment.notices.models import Delivery
from recruitment.notices.smtp import connect


class Passing(Exception):
    """The server could not take the mail now; trying later may work."""


class Final(Exception):
    """The server will never take this mail for this address."""


@contextmanager
def connected(url: str) -> Iterator[smtplib.SMTP]:
    """A connection to the server of ``SMTP_URL``; :raises Passing: it cannot be reached or refuses us."""
    try:
        connection = connect(url)
    except OSError as error:
        raise Passing(f"{type(error).__name__}: {error}") from error
    with closing(connection):
        yield connection


def compose(delivery: Delivery, sender: str) -> EmailMessage:
    """The mail of a delivery, with a Message-ID that is the same at every attempt."""
    notice = delivery.notice
    message = EmailMessage()
    message["From"] = sender
    message["To"] = delivery.address
    message["Subject"] = notice.subject
    message["Date"] = format_datetime(local(notice.decided_at))
    message["Message-ID"] = delivery.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(notice.body)
    message.add_alternative(notice.body_html, subtype="html")
    return message


def hand_over(
    connection: smtplib.SMTP, message: EmailMessage, sender: str, before_data: Callable[[], None]
) -> None:
    """Run one SMTP transaction.

    Args:
        before_data: called when sender and recipient are accepted and the text is about to leave; from
            there on a broken connection means that nobody can tell whether the mail was taken.

    Raises:
        Passing: a 4xx answer, or the connection broke before the text left.
        Final: a 5xx answer.
        OSError, smtplib.SMTPServerDisconnected: the connection broke after ``before_data``.
    """
    try:
        connection.ehlo_or_helo_if_needed()
        _expect(connection.mail(sender))
        _expect(connection.rcpt(message["To"]))
    except (OSError, smtplib.SMTPServerDisconnected) as error:
        raise Passing(f"{type(error).__name__}: {error}") from error
    before_data()
    try:
        answer = connection.data(message.as_bytes(policy=policy.SMTP))
    except smtplib.SMTPDataError as error:
        # The server refused the DATA command itself: the text never left.
        answer = (error.smtp_code, error.smtp_error if isinstance(error.smtp_error, bytes) else b"")
    _expect(answer)


def _expect(answer: tuple[int, bytes]) -> None:
    code, text = answer
    if 200 <= code < 300:
        return
    words = f"{code} {text.decode('utf-8', 'replace')}"
    raise (Final if code >= 500 else Passing)(words)
