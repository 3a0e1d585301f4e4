"""A connection to the mail server that ``SMTP_URL`` names."""

import smtplib
import ssl
from urllib.parse import unquote, urlsplit

from recruitment.config import ConfigurationError

PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


def connect(url: str, timeout: float = 10) -> smtplib.SMTP:
    """Connect and, if the URL names a user, sign in; use it as a context manager.

    Args:
        url: ``smtp://host:port``, ``smtp+starttls://user:password@host:port`` or ``smtps://…``.
        timeout: seconds for each answer of the server.

    Raises:
        ConfigurationError: the URL is none of these.
        OSError: the server does not answer (``smtplib.SMTPException`` is one): it refuses us.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in PORTS:
        raise ConfigurationError("SMTP_URL must look like smtp://host:port, smtp+starttls:// or smtps://")
    port = port or PORTS[parts.scheme]
    # Reading the machine's certificates takes longer than a mail.
    context = ssl.create_default_context() if parts.scheme != "smtp" else None
    if parts.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=timeout, context=context)
    else:
        connection = smtplib.SMTP(host, port, timeout=timeout)
    try:
        if parts.scheme == "smtp+starttls":
            connection.starttls(context=context)
        if parts.username:
            connection.login(unquote(parts.username), unquote(parts.password or ""))
        else:
            connection.ehlo_or_helo_if_needed()
    except BaseException:
        connection.close()
        raise
    return connection
