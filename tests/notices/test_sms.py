"""Text messages through a real HTTP gateway: signed, once, short, and reported on."""

import dataclasses
import json
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.app import create_app
from recruitment.config import ConfigurationError
from recruitment.database import db
from recruitment.notices import attempts, dead_letters, tasks
from recruitment.notices.channels.sms import Gateway
from recruitment.notices.models import Delivery, DeliveryStatus
from recruitment.people import phone
from recruitment.people.models import Role, User
from tests import factories
from tests.client import Client
from tests.conftest import Clock
from tests.notices.conftest import change_settings, decided
from tests.notices.servers import GatewayPlan
from tests.people.people import Account, sign_in


def told(session: Session, confirmed: bool = True) -> Delivery:
    """A refusal to somebody who asked for text messages alone."""
    owner = factories.cadre(session)
    factories.dossier(session, owner)
    owner.channels = ["sms"]
    owner.phone_confirmed_at = factories.NOW if confirmed else None
    tasks.publish(str(decided(session, owner=owner)))
    return only(session)


def only(session: Session) -> Delivery:
    session.expire_all()
    tried = sa.select(Delivery).order_by(Delivery.attempts.desc()).limit(1)
    return session.scalars(tried.where(Delivery.channel.in_(("sms", "email")))).one()


def test_a_message_is_signed_short_and_holds_no_secret(session: Session, gateway: GatewayPlan) -> None:
    delivery = told(session)
    (message,) = gateway.sent.values()
    user = delivery.notice.user
    assert message["to"] == user.phone
    assert len(message["text"]) <= 70
    assert not any(word in message["text"] for word in ("任职", user.name, str(user.id_number)))
    assert "站内信" in message["text"]
    assert delivery.status == DeliveryStatus.SENT
    assert delivery.provider_id
    assert delivery.address == user.masked_phone, "the number stands nowhere in the clear"


def test_no_template_makes_a_message_that_is_cut(app: Flask) -> None:
    for path in Path(str(app.template_folder), "notices").glob("*/sms.txt"):
        assert len(path.read_text()) < 200, path


def test_a_number_that_nobody_confirmed_gets_nothing(session: Session, gateway: GatewayPlan) -> None:
    assert told(session, confirmed=False).channel == "email"
    assert gateway.asked == []


@pytest.mark.parametrize("answer", ["drop", "503 busy", "429 slow down"])
def test_after_a_silence_it_is_asked_again_and_sent_once(
    session: Session, gateway: GatewayPlan, clock: Clock, answer: str
) -> None:
    gateway.answers = [answer]
    delivery = told(session)
    assert delivery.status == DeliveryStatus.PENDING
    clock.set(factories.NOW + timedelta(minutes=3))
    tasks.send(str(delivery.id))
    assert only(session).status == DeliveryStatus.SENT
    assert len(gateway.asked) == 2
    assert len(gateway.sent) == 1
    assert not only(session).doubtful, "the gateway can tell"


def test_a_number_out_of_service_stops_the_channel(session: Session, gateway: GatewayPlan) -> None:
    gateway.answers = ["400 invalid_number"]
    told(session)
    session.expire_all()
    rows = {row.channel: row for row in session.scalars(sa.select(Delivery))}
    assert rows["sms"].status == DeliveryStatus.FAILED
    assert rows["sms"].notice.user.phone_failed_at == factories.NOW
    assert rows["email"].status == DeliveryStatus.PENDING, "the mail goes instead"


def test_a_refused_key_is_no_fault_of_the_number(session: Session, gateway: GatewayPlan, app: Flask) -> None:
    change_settings(app, sms_url=gateway.url.replace("gateway-secret", "wrong"))
    delivery = told(session)
    assert delivery.status == DeliveryStatus.FAILED
    assert delivery.notice.user.phone_failed_at is None


def test_a_gateway_that_is_away_loses_nothing(session: Session, gateway: GatewayPlan, app: Flask) -> None:
    change_settings(app, sms_url="http://kaolu:x@127.0.0.1:9/")
    assert told(session).status == DeliveryStatus.PENDING


@pytest.mark.parametrize(
    "url", ["nonsense", "https://gateway.example/", "http://k:s@gateway.example/", "https://k:s@:x/"]
)
def test_a_broken_gateway_url_says_what_it_must_look_like(url: str) -> None:
    with pytest.raises(ConfigurationError, match="SMS_URL must look like"):
        Gateway(url)


# Reports


def report(app: Flask, gateway: GatewayPlan, content: dict[str, Any], at: float = 0, **changes: str) -> int:
    body = json.dumps(content).encode()
    headers = gateway.headers("/hooks/sms", body, at or factories.NOW.timestamp()) | changes
    return app.test_client().post("/hooks/sms", data=body, headers=headers).status_code


def test_a_report_of_arrival_is_taken_in_once(app: Flask, gateway: GatewayPlan, clock: Clock) -> None:
    with app.app_context():
        this = told(db.session).id
    content = {"id": str(this), "status": "delivered"}
    assert report(app, gateway, content) == 200
    clock.set(factories.NOW + timedelta(minutes=2))
    assert report(app, gateway, content) == 200
    assert report(app, gateway, {"id": str(this), "status": "failed", "error": "invalid_number"}) == 200
    with app.app_context():
        delivery = only(db.session)
        assert delivery.delivered_at == factories.NOW
        assert delivery.status == DeliveryStatus.SENT


def test_a_report_may_come_before_the_answer(app: Flask, gateway: GatewayPlan, clock: Clock) -> None:
    gateway.answers = ["drop"]
    with app.app_context():
        this = told(db.session).id
    assert report(app, gateway, {"id": str(this), "status": "delivered"}) == 200
    clock.set(factories.NOW + timedelta(minutes=3))
    with app.app_context():
        tasks.send(str(this))
        assert only(db.session).status == DeliveryStatus.SENT
    assert len(gateway.asked) == 1


def test_an_old_report_says_nothing_about_a_later_sending(app: Flask, gateway: GatewayPlan) -> None:
    with app.app_context():
        this = told(db.session).id
    content = {"id": str(this), "status": "failed", "error": "busy"}
    assert report(app, gateway, content) == 200
    with app.app_context():
        admin = factories.staff(db.session, Role.ADMIN)
        assert dead_letters.resend(db.session, admin, dead_letters.Failed(("51",)), factories.NOW) == 1
        db.session.commit()
        tasks.send(str(this))
    assert report(app, gateway, content) == 404
    assert list(gateway.sent) == [str(this), f"{this}.1"], "sent anew, it is a new message"
    with app.app_context():
        assert only(db.session).status == DeliveryStatus.SENT


@pytest.mark.parametrize(
    ("seconds", "changes", "status"),
    [
        (0, {}, 404),
        (0, {"X-Signature": "0" * 64}, 403),
        (0, {"X-Signature": ""}, 403),
        (0, {"X-Nonce": "other"}, 403),
        (0, {"X-Timestamp": "soon"}, 403),
        (-301, {}, 403),
        (301, {}, 403),
        (299, {}, 404),
    ],
)
def test_only_what_was_signed_lately_is_listened_to(
    app: Flask, gateway: GatewayPlan, seconds: int, changes: dict[str, str], status: int
) -> None:
    content = {"id": str(uuid.uuid4()), "status": "delivered"}
    assert report(app, gateway, content, factories.NOW.timestamp() + seconds, **changes) == status


def test_nonsense_that_is_well_signed_is_refused(app: Flask, gateway: GatewayPlan) -> None:
    for body in (b"[]", b"{", b"\xff"):
        headers = gateway.headers("/hooks/sms", body, factories.NOW.timestamp())
        assert app.test_client().post("/hooks/sms", data=body, headers=headers).status_code == 400
    assert report(app, gateway, {"id": "x.y", "status": "delivered"}) == 404


# The person's own choice


def cadre(app: Flask, client: Client) -> Account:
    with app.app_context():
        user = factories.cadre(db.session)
        db.session.commit()
        account = Account(user.id, user.email, factories.PASSWORD)
    sign_in(client, account)
    return account


def test_a_code_sent_to_the_number_confirms_it(
    app: Flask, gateway: GatewayPlan, client: Client, clock: Clock
) -> None:
    account = cadre(app, client)
    page = client.submit(client.get("/account/channels"), "发送验证码")
    with app.app_context():
        tasks.phone_code(str(account.id), str(uuid.uuid4()))
    (message,) = gateway.sent.values()
    code = message["text"].removeprefix("验证码")[:6]
    assert "不对或者已过期" in client.submit(page, "验证", {"code": "000000"}).get_data(as_text=True)
    clock.set(factories.NOW + timedelta(minutes=9))
    client.submit(page, "验证", {"code": f"{code[:3]} {code[3:]}"})
    with app.app_context():
        user = db.session.get_one(User, account.id)
        assert user.phone_confirmed_at is not None
        assert user.channels == ["email", "sms"]
        user.set_phone("19900009999")
        assert user.phone_confirmed_at is None, "another number has yet to be confirmed"


def test_a_code_is_good_for_its_account_number_and_time(app: Flask) -> None:
    with app.app_context():
        one, other = factories.cadre(db.session), factories.cadre(db.session)
        code = phone.code(one, factories.NOW)
        assert phone.code(other, factories.NOW) != code
        assert not phone.confirm(one, code, factories.NOW + 2 * phone.STRETCH)
        assert not phone.confirm(one, "", factories.NOW)
        assert phone.confirm(one, code, factories.NOW + phone.STRETCH)


def test_a_person_chooses_and_the_inbox_stays(app: Flask, gateway: GatewayPlan, client: Client) -> None:
    account = cadre(app, client)
    client.submit(client.get("/account/channels"), "保存", {"channel": None})
    with app.app_context():
        user = db.session.get_one(User, account.id)
        assert user.channels == []
        factories.dossier(db.session, user)
        tasks.publish(str(decided(db.session, owner=user)))
        assert db.session.scalars(sa.select(Delivery)).all() == []
    assert "资格审核未通过" in client.get("/inbox/").get_data(as_text=True)


def test_a_province_plugs_in_a_channel_of_its_own(
    app: Flask, session: Session, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.set(factories.NOW)
    change_settings(app, notice_channels="wechat=tests.notices.wechat:make")
    owner = factories.cadre(session)
    factories.dossier(session, owner)
    owner.channels = ["wechat"]
    tasks.publish(str(decided(session, owner=owner)))
    delivery = session.scalars(sa.select(Delivery)).one()
    assert (delivery.channel, delivery.status) == ("wechat", DeliveryStatus.SENT)
    assert delivery.provider_id == f"wx-{delivery.id}"


@pytest.mark.parametrize("text", ["wechat", "wechat=nowhere:make", "wechat=tests.notices.wechat:nothing"])
def test_a_channel_that_cannot_be_loaded_stops_the_start(app: Flask, text: str) -> None:
    with pytest.raises(ConfigurationError, match="NOTICE_CHANNELS"):
        create_app(dataclasses.replace(app.config["SETTINGS"], notice_channels=text))


def test_a_channel_that_is_not_set_up_any_more_is_said_to_be(
    app: Flask, session: Session, gateway: GatewayPlan, clock: Clock
) -> None:
    gateway.answers = ["503 busy"]
    delivery = told(session)
    change_settings(app, sms_url="")
    clock.set(factories.NOW + timedelta(minutes=3))
    tasks.send(str(delivery.id))
    assert "not set up" in (only(session).last_error or "")
    assert attempts.recover(session, factories.NOW + timedelta(days=1)) == 0
