"""Mails that are caught instead of sent: whole, newest first, and only from their folder."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from recruitment.config import ConfigurationError
from recruitment.notices import MAIL_FOLDER, smtp
from recruitment.notices.mailcatcher import Catcher, caught, mail
from recruitment.services import free_port


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    controller = Controller(Catcher(tmp_path / MAIL_FOLDER), hostname="127.0.0.1", port=free_port())
    controller.start()
    yield f"smtp://127.0.0.1:{controller.port}"
    controller.stop()


def send(url: str, subject: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@kaolu.example", "b@kaolu.example", subject
    message.set_content("您的报名已通过初审。")
    with smtp.connect(url) as connection:
        connection.send_message(message)


def test_mails_are_kept_whole_and_newest_first(url: str, tmp_path: Path) -> None:
    assert list(caught(tmp_path)) == []
    for subject in ("初审通过", "退回补正", "缴费提醒"):
        send(url, subject)
    mails = list(caught(tmp_path))
    assert [message["Subject"] for _, message in mails] == ["缴费提醒", "退回补正", "初审通过"]
    assert [message["Subject"] for _, message in caught(tmp_path, limit=1)] == ["缴费提醒"]
    key, message = mails[0]
    assert message.get_content().strip() == "您的报名已通过初审。"
    assert message["X-Envelope-To"] == "b@kaolu.example"
    again = mail(tmp_path, key)
    assert again is not None
    assert again["Subject"] == "缴费提醒"


@pytest.mark.parametrize("key", ["", ".", "..", "../secret", "/etc/passwd", "nothing"])
def test_a_key_opens_mails_only(url: str, tmp_path: Path, key: str) -> None:
    (tmp_path / MAIL_FOLDER / "secret").write_text("Subject: secret\n\n")
    send(url, "初审通过")
    assert mail(tmp_path, key) is None


@pytest.mark.parametrize(
    "broken", ["", "nonsense", "http://h:25", "smtp://", "smtp://h:port", "smtp://h:99999"]
)
def test_a_broken_mail_url_says_what_it_must_look_like(broken: str) -> None:
    with pytest.raises(ConfigurationError, match="SMTP_URL must look like"):
        smtp.connect(broken)


def test_a_server_without_the_asked_protection_is_refused(url: str) -> None:
    with pytest.raises(smtplib.SMTPNotSupportedError):
        smtp.connect(url.replace("smtp://", "smtp+starttls://"))
    with pytest.raises(smtplib.SMTPNotSupportedError):
        smtp.connect(url.replace("smtp://", "smtp://user:password@"))
