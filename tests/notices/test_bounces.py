"""Addresses that are no good: nothing more goes there, another way is taken, and the person learns of it."""

import uuid
from collections.abc import Callable
from email.message import EmailMessage
from textwrap import dedent

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.applications.models import Application
from recruitment.config import Settings
from recruitment.database import db
from recruitment.notices import bounces, tasks
from recruitment.notices.commands import notices
from recruitment.notices.models import Delivery, DeliveryStatus, message_id
from recruitment.people.models import User
from tests import factories
from tests.client import Client
from tests.notices.conftest import decided
from tests.notices.servers import Plan
from tests.people.people import Account, sign_in
from workflows.schema import outbox


def report(delivery_id: uuid.UUID, status: str = "5.1.1", action: str = "failed") -> bytes:
    """As Postfix writes it."""
    return (
        dedent(f"""\
        Return-Path: <>
        From: MAILER-DAEMON@mail.example (Mail Delivery System)
        To: no-reply@kaolu.example
        Subject: Undelivered Mail Returned to Sender
        Auto-Submitted: auto-replied
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary="B"
        Message-Id: <20261122.1@mail.example>

        --B
        Content-Type: text/plain; charset=us-ascii

        I'm sorry to have to inform you that your message could not be delivered.

        --B
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mail.example
        X-Postfix-Queue-ID: 4Xyz

        Final-Recipient: rfc822; cadre@test.example
        Original-Recipient: rfc822;cadre@test.example
        Action: {action}
        Status: {status}
        Diagnostic-Code: smtp; 550 {status} <cadre@test.example>:
            Recipient address rejected

        --B
        Content-Type: text/rfc822-headers

        From: no-reply@kaolu.example
        Message-ID: {message_id(delivery_id)}
        Subject: test

        --B--
        """)
        .replace("\n", "\r\n")
        .encode()
    )


def only(session: Session, channel: str) -> Delivery:
    session.expire_all()
    return session.scalars(sa.select(Delivery).where(Delivery.channel == channel)).one()


def test_a_report_is_read_for_what_it_says() -> None:
    delivery = uuid.uuid4()
    read = bounces.read(report(delivery))
    assert read is not None
    assert (read.delivery_id, read.status, read.of_address) == (delivery, "5.1.1", True)
    assert "Recipient address rejected" in read.words
    full = bounces.read(report(delivery, "5.2.2"))
    assert full is not None
    assert not full.of_address


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed"])
def test_a_report_of_anything_but_a_failure_is_none(action: str) -> None:
    assert bounces.read(report(uuid.uuid4(), "4.4.1" if action == "delayed" else "2.0.0", action)) is None


def test_an_answer_by_a_person_is_no_report() -> None:
    answer = EmailMessage()
    answer["Subject"], answer["In-Reply-To"] = "Re: 资格审核未通过", message_id(uuid.uuid4())
    answer.set_content("Status: 5.1.1")
    assert bounces.read(bytes(answer)) is None
    assert bounces.read(b"\xff\x00 nonsense") is None


def test_a_bounce_stops_the_address_and_takes_another_way(session: Session, plan: Plan) -> None:
    plan.recipient = ["550 5.1.1 no such user"]
    tasks.publish(str(decided(session)))
    user = session.scalars(sa.select(User).where(User.email_failed_at.is_not(None))).one()
    assert only(session, "email").status == DeliveryStatus.FAILED
    assert only(session, "letter").status == DeliveryStatus.TO_POST

    call = session.get_one(Application, only(session, "email").notice.subject_id).call
    made = factories.application(session, call, user, chosen=factories.position(session, call))
    assert made.owner_id == user.id
    session.commit()
    before = len(plan.taken)
    for row in session.scalars(sa.select(outbox.c.id)).all():
        tasks.publish(str(row))
    assert len(plan.taken) == before, "a mail went to an address that is known to be no good"


def test_a_report_that_comes_later_does_the_same_once(session: Session, plan: Plan) -> None:
    tasks.publish(str(decided(session)))
    sent = only(session, "email")
    assert sent.status == DeliveryStatus.SENT
    read = bounces.read(report(sent.id))
    assert read is not None
    for news in (True, False):
        done = bounces.fail(session, read.delivery_id, read.words, factories.NOW, of_address=read.of_address)
        assert done is news
        session.commit()
    assert only(session, "email").status == DeliveryStatus.FAILED
    assert only(session, "letter").status == DeliveryStatus.TO_POST
    assert only(session, "email").notice.user.email_failed_at == factories.NOW


def test_a_full_mailbox_stops_nothing(session: Session, plan: Plan) -> None:
    plan.recipient = ["552 5.2.2 mailbox full"]
    tasks.publish(str(decided(session)))
    assert only(session, "email").notice.user.email_failed_at is None


def test_a_report_about_an_address_that_was_changed_since_stops_nothing(session: Session, plan: Plan) -> None:
    tasks.publish(str(decided(session)))
    user = only(session, "email").notice.user
    user.set_email("new@test.example")
    session.commit()
    bounces.fail(session, only(session, "email").id, "550", factories.NOW, of_address=True)
    session.commit()
    assert user.email_failed_at is None


def test_the_person_is_told_at_the_next_page_what_to_do(app: Flask, client: Client, plan: Plan) -> None:
    plan.recipient = ["550 5.1.1 no such user"]
    with app.app_context():
        tasks.publish(str(decided(db.session)))
        user = only(db.session, "email").notice.user
        account = Account(user.id, user.email, factories.PASSWORD)
    page = sign_in(client, account).get_data(as_text=True)
    assert "收不到邮件" in page
    assert account.email in page


@pytest.fixture
def bounce(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], Result]:
    """What the mail server runs for each mail that comes to the sender's address."""
    for name, value in {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SMTP_URL": settings.smtp_url,
        "SECRET_KEY": settings.secret_key,
        "DATA_KEYS": ",".join(settings.data_keys),
        "INDEX_KEY": settings.index_key,
        "DATA_DIR": str(settings.data_dir),
    }.items():
        monkeypatch.setenv(name, value)
    return lambda mail: CliRunner().invoke(notices, ["bounce"], input=mail)


def test_a_mail_that_comes_back_days_later_stops_the_channel_and_tells_the_person(
    app: Flask, client: Client, plan: Plan, bounce: Callable[[bytes], Result]
) -> None:
    with app.app_context():
        tasks.publish(str(decided(db.session)))
        sent = only(db.session, "email")
        delivery, account = sent.id, Account(sent.notice.user_id, sent.notice.user.email, factories.PASSWORD)
    for word in ("noted", "known"):
        done = bounce(report(delivery))
        assert done.exit_code == 0, done.output
        assert done.stdout == f"{delivery}\t5.1.1\t{word}\n"
    with app.app_context():
        failed = only(db.session, "email")
        assert failed.status == DeliveryStatus.FAILED
        assert "Recipient address rejected" in (failed.last_error or "")
        assert only(db.session, "letter").status == DeliveryStatus.TO_POST
        before = len(plan.taken)
        owner = db.session.get_one(User, account.id)
        tasks.publish(str(decided(db.session, owner=owner)))
        assert len(plan.taken) == before, "a mail went to an address that is known to be no good"
    page = sign_in(client, account).get_data(as_text=True)
    assert "收不到邮件" in page
    assert account.email in page


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"\xff\xfe\x00 no mail at all",
        b"Subject: Re: hello\r\n\r\nThank you!\r\n",
        report(uuid.uuid4(), "4.4.1", "delayed"),
    ],
)
def test_whatever_else_comes_to_the_sender_s_address_is_taken_and_changes_nothing(
    app: Flask, plan: Plan, bounce: Callable[[bytes], Result], mail: bytes
) -> None:
    with app.app_context():
        tasks.publish(str(decided(db.session)))
    done = bounce(mail)
    assert done.exit_code == 0, done.output
    with app.app_context():
        assert only(db.session, "email").status == DeliveryStatus.SENT


def test_a_report_of_a_mail_that_we_never_sent_is_no_news(
    app: Flask, plan: Plan, bounce: Callable[[bytes], Result]
) -> None:
    """Anybody can write to the sender's address: without the Message-ID of a mail there is nothing to stop."""
    with app.app_context():
        tasks.publish(str(decided(db.session)))
    done = bounce(report(uuid.uuid4()))
    assert done.exit_code == 0
    assert done.stdout.endswith("known\n")
    with app.app_context():
        assert only(db.session, "email").status == DeliveryStatus.SENT
        assert only(db.session, "email").notice.user.email_failed_at is None


def test_a_mailbox_that_is_full_when_the_mail_comes_back_stops_nothing(
    app: Flask, plan: Plan, bounce: Callable[[bytes], Result]
) -> None:
    with app.app_context():
        tasks.publish(str(decided(db.session)))
        delivery = only(db.session, "email").id
    assert bounce(report(delivery, "5.2.2")).exit_code == 0
    with app.app_context():
        assert only(db.session, "email").status == DeliveryStatus.FAILED
        assert only(db.session, "email").notice.user.email_failed_at is None
