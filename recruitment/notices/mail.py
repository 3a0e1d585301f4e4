"""Hand one mail to an SMTP server, telling apart what may be tried again and what may not."""

import re
import smtplib
from collections.abc import Callable
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr, parseaddr

from recruitment.clock import local
from recruitment.notices.channels import Bounced, Final, Parcel, Passing, Unknown
from recruitment.notices.models import message_id
from recruitment.notices.pool import StaleConnection

# The older of the library's two ways to make mails: it takes a fifth of the time.
SMTP_LINES = compat32.clone(linesep="\r\n")
LINE_OF_DOT = re.compile(rb"^\.", re.MULTILINE)
# Enhanced status codes (RFC 3463) of a refused recipient that say nothing against the address itself: its mailbox
# is full (5.2.2), or the server does not want our mail (5.7.x).
NOT_THE_ADDRESS = re.compile(rb"\s*5\.(2\.2|7\.\d+)\b")

# The server wants TLS or a sign-in first: no fault of the mail, and the next attempt may find it mended.
OURS_TO_MEND = (530, 534, 535, 538)


def compose(parcel: Parcel, sender: str) -> bytes:
    """The mail of a delivery, with a Message-ID that is the same at every attempt."""
    plain = MIMEText(parcel.body if parcel.text is None else parcel.text, "plain", "utf-8")
    message: MIMEBase = plain
    if parcel.text is None:
        message = MIMEMultipart("alternative", _subparts=[plain, MIMEText(parcel.body_html, "html", "utf-8")])
    message["From"] = formataddr(parseaddr(sender))
    message["To"] = parcel.address
    message["Subject"] = Header(parcel.subject, "utf-8", header_name="Subject").encode()
    message["Date"] = format_datetime(local(parcel.decided_at))
    message["Message-ID"] = message_id(parcel.id)
    message["Auto-Submitted"] = "auto-generated"
    return message.as_bytes(policy=SMTP_LINES)


def hand_over(
    connection: smtplib.SMTP, mail: bytes, sender: str, recipient: str, before_data: Callable[[], None]
) -> None:
    """Run one SMTP transaction.

    Args:
        mail: with CRLF at the end of each line.
        before_data: called when sender and recipient are accepted and the text is about to leave.

    Raises:
        StaleConnection: the connection was dead from the beginning.
        Passing: a 4xx answer, or the connection broke before the whole text had left.
        Bounced: a 5xx answer to the recipient's address.
        Final: another 5xx answer.
        Unknown: the whole text has left and no answer came: nobody can tell whether the mail was taken.
    """
    # Without its last line, a single dot, no server takes it for a mail.
    content = LINE_OF_DOT.sub(b"..", mail) + (b".\r\n" if mail.endswith(b"\r\n") else b"\r\n.\r\n")
    try:
        answer = connection.mail(sender)
        if answer[0] == 421:
            raise StaleConnection
    except OSError as error:
        raise StaleConnection(_words(error)) from error
    _expect(answer)
    try:
        answer = connection.rcpt(recipient)
    except OSError as error:
        raise Passing(_words(error)) from error
    _expect(answer, final=Final if NOT_THE_ADDRESS.match(answer[1]) else Bounced)
    before_data()
    try:
        answer = connection.docmd("DATA")
        if answer[0] == 354:
            connection.send(content)
    except OSError as error:
        raise Passing(_words(error)) from error
    if answer[0] == 354:
        try:
            answer = connection.getreply()
        except OSError as error:
            raise Unknown(_words(error)) from error
    _expect(answer)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _expect(answer: tuple[int, bytes], final: type[Final] = Final) -> None:
    code, text = answer
    if 200 <= code < 300:
        return
    passing = code < 500 or code in OURS_TO_MEND
    raise (Passing if passing else final)(f"{code} {text.decode('utf-8', 'replace')}")
