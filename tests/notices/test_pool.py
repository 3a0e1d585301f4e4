"""Connections to the mail server are kept, checked, renewed and replaced."""

import os
import ssl
import subprocess
import uuid
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from recruitment.notices import pool
from recruitment.notices.channels import Bounced, Final, Parcel, Passing, Unknown, Unreachable
from recruitment.notices.mail import compose, hand_over
from recruitment.services import free_port
from tests import factories
from tests.notices.servers import Plan, mail_server


@pytest.fixture
def server() -> Iterator[Plan]:
    with mail_server() as plan:
        # The controller made one to see whether the server is up.
        plan.connections = 0
        yield plan
        pool.forget()


def send(url: str, text: str = "您的报名已通过初审。", to: str = "b@test.example") -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@test.example", to, "通知"
    message.set_content(text)
    with pool.connection(url) as connection:
        content = message.as_bytes(policy=policy.SMTP)
        connection.run(lambda smtp: hand_over(smtp, content, "a@test.example", to, lambda: None))


def test_many_mails_travel_on_one_connection(server: Plan) -> None:
    for _ in range(5):
        send(server.url)
    assert len(server.taken) == 5
    assert server.connections == 1
    assert server.noops == 0


def test_after_so_many_mails_a_new_connection_is_opened(
    server: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "MAX_MAILS", 2)
    for _ in range(5):
        send(server.url)
    assert len(server.taken) == 5
    assert server.connections == 3


def test_an_old_connection_is_given_up(server: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "MAX_AGE", 0.0)
    send(server.url)
    send(server.url)
    assert server.connections == 2


def test_one_that_rested_is_asked_first(server: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "RESTED", 0.0)
    send(server.url)
    send(server.url)
    assert (server.connections, server.noops) == (1, 1)


def test_a_connection_that_died_at_rest_is_replaced_and_nobody_notices(server: Plan) -> None:
    send(server.url)
    server.sender = ["close"]
    send(server.url)
    assert len(server.taken) == 2
    assert server.connections == 2


def test_a_refused_mail_leaves_a_clean_connection(server: Plan) -> None:
    server.recipient = ["550 no such user", "451 later"]
    with pytest.raises(Bounced):
        send(server.url)
    with pytest.raises(Passing):
        send(server.url)
    send(server.url)
    assert len(server.taken) == 1
    assert server.connections == 1


@pytest.mark.parametrize(
    ("where", "answer", "outcome"),
    [
        ("sender", "451 busy", Passing),
        ("sender", "550 not from you", Final),
        ("recipient", "450 4.2.1 busy", Passing),
        ("recipient", "550 5.1.1 no such user", Bounced),
        ("recipient", "552 5.2.2 mailbox full", Final),
        ("recipient", "554 5.7.1 blocked", Final),
        ("recipient", "close", Passing),
        ("data", "452 disk full", Passing),
        ("data", "554 looks like spam", Final),
        ("data", "drop", Unknown),
        ("data", "close", Unknown),
    ],
)
def test_each_answer_has_its_outcome(server: Plan, where: str, answer: str, outcome: type[Exception]) -> None:
    setattr(server, where, [answer])
    with pytest.raises(outcome) as raised:
        send(server.url)
    assert raised.type is outcome
    send(server.url)
    assert server.taken, "the next mail goes out"


def test_a_line_of_one_dot_does_not_end_a_mail(server: Plan) -> None:
    send(server.url, "first\n.\n..two\nlast\n")
    assert server.taken[0].get_content().replace("\r\n", "\n") == "first\n.\n..two\nlast\n"


def test_a_server_that_is_away_is_said_to_be(server: Plan) -> None:
    with pytest.raises(Unreachable):
        send(f"smtp://127.0.0.1:{free_port()}")


def test_a_child_opens_its_own_connection(server: Plan) -> None:
    send(server.url)
    child = os.fork()
    if child == 0:
        try:
            send(server.url)
        finally:
            os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    send(server.url)
    assert len(server.taken) == 3
    assert server.connections == 2


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate for localhost, trusted by this process."""
    key, cert = tmp_path / "key.pem", tmp_path / "cert.pem"
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext"
    names = ["subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(cert)]
    subprocess.run([*make.split(), *names], check=True, capture_output=True)
    monkeypatch.setenv("SSL_CERT_FILE", str(cert))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return context


def test_starttls_and_a_password_once_a_connection(certificate: ssl.SSLContext) -> None:
    asked = []

    def who(server: object, session: object, envelope: object, mechanism: str, data: object) -> AuthResult:
        assert isinstance(data, LoginPassword)
        asked.append(data.login)
        return AuthResult(success=data == LoginPassword(b"kaolu", b"p@ss:word"), handled=False)

    options = {"tls_context": certificate, "require_starttls": True, "auth_required": True}
    with mail_server(**options, authenticator=who) as server:
        address = server.url.removeprefix("smtp://127.0.0.1")
        url = f"smtp+starttls://kaolu:p%40ss%3Aword@localhost{address}"
        send(url)
        send(url)
        assert len(server.taken) == 2
        assert asked == [b"kaolu"]
        with pytest.raises(Unreachable, match="535"):
            send(f"smtp+starttls://kaolu:wrong@localhost{address}")
        with pytest.raises(Passing):
            # Without TLS the server does not even listen.
            send(f"smtp://localhost{address}")
        pool.forget()


@pytest.mark.parametrize(
    "subject", ["报名已撤回", "请补正报名材料，截止2026年11月24日（星期二）12:00", "长" * 40]
)
def test_a_subject_of_any_length_begins_on_its_own_line(subject: str) -> None:
    parcel = Parcel(
        uuid.uuid4(),
        0,
        "email",
        "cadre@test.example",
        None,
        subject,
        "正文",
        "<p>正文</p>",
        None,
        factories.NOW,
    )
    content = compose(parcel, "四川省定向考录平台 <no-reply@kaolu.example>")
    mail = message_from_bytes(content, policy=policy.default)
    assert str(mail["Subject"]) == subject
    assert max(len(line) for line in content.split(b"\r\n\r\n")[0].split(b"\r\n")) <= 78
    assert mail["From"].addresses[0].addr_spec == "no-reply@kaolu.example"
    assert mail["From"].addresses[0].display_name == "四川省定向考录平台"
