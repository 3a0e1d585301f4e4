"""A notice from the decision to the mailbox, on a real SMTP server that answers as each test plans."""

import asyncio
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.notices import operations, tasks
from recruitment.notices.models import Delivery, DeliveryStatus, Notice
from recruitment.services import free_port
from tests import factories
from tests.conftest import Clock
from workflows.schema import outbox


@dataclass
class Plan:
    """What the server answers to the next transactions; after that it takes everything."""

    recipient: list[str] = field(default_factory=list)
    data: list[str] = field(default_factory=list)
    taken: list[Any] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: SmtpSession, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.recipient.pop(0) if self.recipient else ""
        if not answer:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, server: SMTP, session: SmtpSession, envelope: Envelope) -> str:  # noqa: N802
        answer = self.data.pop(0) if self.data else ""
        if not answer or answer == "drop":
            self.taken.append(message_from_bytes(envelope.original_content or b"", policy=policy.default))
        if answer == "drop":
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
            await asyncio.Event().wait()
        return answer or "250 OK"


@pytest.fixture
def plan(app: Flask, clock: Clock) -> Iterator[Plan]:
    import dataclasses

    made = Plan()
    controller = Controller(made, hostname="127.0.0.1", port=free_port())
    controller.start()
    app.config["SETTINGS"] = dataclasses.replace(
        app.config["SETTINGS"], smtp_url=f"smtp://127.0.0.1:{controller.port}"
    )
    clock.set(factories.NOW)
    yield made
    controller.stop()


def decided(session: Session, state: str = "refused") -> uuid.UUID:
    """An application with a decision; gives the outbox row of its last notice. Earlier ones are dropped."""
    made = factories.application(session, state=state)
    row: uuid.UUID = session.scalars(
        sa.select(outbox.c.id).where(outbox.c.subject_id == made.id).order_by(outbox.c.event.desc()).limit(1)
    ).one()
    session.execute(sa.delete(outbox).where(outbox.c.id != row))
    session.commit()
    return row


def delivery(session: Session) -> Delivery:
    session.expire_all()
    return session.scalars(sa.select(Delivery)).one()


def test_a_refusal_reaches_inbox_and_mailbox_with_reason_clause_and_way_out(
    session: Session, plan: Plan
) -> None:
    tasks.publish(str(decided(session)))

    notice = session.scalars(sa.select(Notice)).one()
    mail = plan.taken[0]
    for text in (notice.body, mail.get_body(("plain",)).get_content()):
        assert "任职年限不足" in text
        assert "招考公告" in text
        assert "任职时间不够。" in text
        assert "2026年12月02日（星期三）08:00" in text
        assert "改报其他职位" in text
        assert "028-5550-0000" in text
    assert mail["To"] == notice.user.email
    assert mail["Message-ID"] == delivery(session).message_id
    assert delivery(session).status == DeliveryStatus.SENT


def test_no_notice_carries_an_id_or_phone_number(session: Session, plan: Plan) -> None:
    tasks.publish(str(decided(session)))
    notice = session.scalars(sa.select(Notice)).one()
    assert notice.user.id_number
    assert notice.user.phone
    for number in (notice.user.id_number, notice.user.phone):
        assert number not in notice.body + notice.body_html + notice.subject


def test_a_decision_that_is_rolled_back_leaves_no_notice(session: Session, plan: Plan) -> None:
    factories.application(session, state="submitted")
    session.commit()
    before = session.scalar(sa.select(sa.func.count()).select_from(outbox))
    factories.application(session, state="refused")
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(outbox)) == before


def test_the_same_notice_is_published_and_sent_once(session: Session, plan: Plan) -> None:
    row = str(decided(session))
    tasks.publish(row)
    tasks.publish(row)
    tasks.send(str(delivery(session).id))
    assert len(plan.taken) == 1


def test_a_server_that_is_busy_is_asked_again_later(session: Session, plan: Plan, clock: Clock) -> None:
    plan.recipient = ["451 try again later"]
    tasks.publish(str(decided(session)))
    waiting = delivery(session)
    assert waiting.status == DeliveryStatus.PENDING
    assert waiting.next_attempt_at > factories.NOW
    assert "451" in (waiting.last_error or "")

    tasks.send(str(waiting.id))
    assert not plan.taken, "asked again before its time"

    clock.set(factories.NOW + timedelta(minutes=3))
    tasks.send(str(waiting.id))
    assert len(plan.taken) == 1
    assert delivery(session).status == DeliveryStatus.SENT


def test_an_address_that_is_refused_for_good_is_not_tried_again(session: Session, plan: Plan) -> None:
    plan.recipient = ["550 no such user"]
    tasks.publish(str(decided(session)))
    assert delivery(session).status == DeliveryStatus.FAILED
    assert "550" in (delivery(session).last_error or "")
    assert session.scalars(sa.select(Notice)).one().body, "the inbox has it all the same"


def test_text_refused_for_now_is_sent_later(session: Session, plan: Plan, clock: Clock) -> None:
    plan.data = ["452 disk full"]
    tasks.publish(str(decided(session)))
    assert delivery(session).status == DeliveryStatus.PENDING
    assert not delivery(session).doubtful
    clock.set(factories.NOW + timedelta(minutes=3))
    tasks.send(str(delivery(session).id))
    assert len(plan.taken) == 1


def test_a_connection_lost_after_the_text_is_repeated_under_the_same_id_and_marked(
    session: Session, plan: Plan, clock: Clock
) -> None:
    plan.data = ["drop"]
    tasks.publish(str(decided(session)))
    assert delivery(session).doubtful
    assert delivery(session).status == DeliveryStatus.PENDING

    clock.set(factories.NOW + timedelta(minutes=3))
    tasks.send(str(delivery(session).id))
    assert delivery(session).status == DeliveryStatus.SENT
    assert len({mail["Message-ID"] for mail in plan.taken}) == 1


def test_the_last_attempt_writes_a_final_status(session: Session, plan: Plan, clock: Clock) -> None:
    plan.recipient = ["451 no"] * 20
    tasks.publish(str(decided(session)))
    moment = factories.NOW
    for _ in operations.DELAYS:
        moment += timedelta(days=1)
        clock.set(moment)
        tasks.send(str(delivery(session).id))
    assert delivery(session).status == DeliveryStatus.FAILED
    assert delivery(session).attempts == len(operations.DELAYS) + 1


def test_a_server_that_is_down_loses_nothing(session: Session, plan: Plan, app: Flask) -> None:
    import dataclasses

    app.config["SETTINGS"] = dataclasses.replace(
        app.config["SETTINGS"], smtp_url=f"smtp://127.0.0.1:{free_port()}"
    )
    tasks.publish(str(decided(session)))
    assert delivery(session).status == DeliveryStatus.PENDING


@pytest.mark.parametrize("step", [DeliveryStatus.CLAIMED, DeliveryStatus.LEAVING])
def test_what_a_dead_worker_held_is_found_and_sent(
    session: Session, plan: Plan, clock: Clock, step: DeliveryStatus
) -> None:
    operations.publish(session, decided(session), factories.NOW)
    held = operations.claim(session, delivery(session).id, factories.NOW)
    assert held is not None
    held.status = step
    session.commit()

    later = factories.NOW + operations.CLAIM_LIFE + timedelta(seconds=1)
    assert operations.recover(session, later) == 1
    session.commit()
    clock.set(later)
    tasks.send(str(delivery(session).id))
    assert len(plan.taken) == 1
    assert delivery(session).doubtful is (step == DeliveryStatus.LEAVING)


def test_what_was_never_queued_is_found_by_the_sweep(session: Session, plan: Plan) -> None:
    row = decided(session)
    assert operations.unpublished(session, factories.NOW + timedelta(seconds=1), 10) == [row]
    tasks.publish(str(row))
    assert operations.unpublished(session, factories.NOW + timedelta(seconds=1), 10) == []
