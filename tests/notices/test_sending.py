"""A notice from the decision to the mailbox, on a real SMTP server that answers as each test plans."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.notices import attempts, operations, tasks
from recruitment.notices.models import Delivery, DeliveryStatus, Notice
from recruitment.services import free_port
from tests import factories
from tests.conftest import Clock
from tests.notices.conftest import decided
from tests.notices.servers import Plan
from workflows.schema import outbox


def delivery(session: Session, channel: str = "email") -> Delivery:
    session.expire_all()
    return session.scalars(sa.select(Delivery).where(Delivery.channel == channel)).one()


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
    assert delivery(session, "letter").status == DeliveryStatus.TO_POST, "and it is still to reach the person"


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
    for _ in attempts.DELAYS:
        moment += timedelta(days=1)
        clock.set(moment)
        tasks.send(str(delivery(session).id))
    assert delivery(session).status == DeliveryStatus.FAILED
    assert delivery(session).attempts == len(attempts.DELAYS) + 1


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
    assert attempts.claim(session, [delivery(session).id], factories.NOW) == [delivery(session).id]
    delivery(session).status = step
    session.commit()

    later = factories.NOW + attempts.CLAIM_LIFE + timedelta(seconds=1)
    assert attempts.recover(session, later) == 1
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
