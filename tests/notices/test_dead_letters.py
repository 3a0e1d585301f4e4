"""What failed for good is found, explained, mended and sent again by those in charge of it."""

import re
import uuid
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from recruitment.audit.models import AccessRecord
from recruitment.database import db
from recruitment.notices import tasks
from recruitment.notices.models import Delivery, DeliveryStatus
from recruitment.people import accounts
from recruitment.people.models import Letter, Role, User
from tests import factories
from tests.client import Client
from tests.notices.conftest import change_settings, decided
from tests.notices.servers import Plan
from tests.people.people import Account, sign_in


@dataclass
class Failed:
    """A mail that the server refused for its address."""

    id: uuid.UUID
    message_id: str
    name: str


@pytest.fixture
def failed(app: Flask, plan: Plan) -> Failed:
    with app.app_context():
        plan.recipient = ["550 5.1.1 no such user"]
        tasks.publish(str(decided(db.session)))
        mail = db.session.scalars(sa.select(Delivery).where(Delivery.channel == "email")).one()
        return Failed(mail.id, mail.message_id, mail.notice.user.name)


def statuses(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(sa.select(Delivery.status).where(Delivery.channel == "email")))


def recorded(app: Flask, action: str) -> AccessRecord:
    with app.app_context():
        return db.session.scalars(sa.select(AccessRecord).where(AccessRecord.action == action)).one()


def signed_in(client: Client, role: Role, area: str = factories.PROVINCE) -> uuid.UUID:
    app = client.application
    change_settings(app, staff_second_factor=False)
    with app.app_context():
        user = factories.staff(db.session, role, area)
        db.session.commit()
        account = Account(user.id, user.email, factories.PASSWORD)
    sign_in(client, account)
    return account.id


def refuse(app: Flask, plan: Plan, count: int) -> None:
    """Let the server refuse so many mails for their text."""
    with app.app_context():
        call = factories.call(db.session)
        plan.data = ["554 looks like spam"] * count
        for _ in range(count):
            tasks.publish(str(decided(db.session, of=call)))


def test_an_admin_sees_who_and_why_in_words(failed: Failed, app: Flask, client: Client) -> None:
    signed_in(client, Role.ADMIN)
    page = client.get("/admin/deliveries").get_data(as_text=True)
    assert failed.name in page
    assert "这个地址不存在" in page
    assert "550 5.1.1 no such user" in page
    assert "没有符合筛选的通知" in client.get("/admin/deliveries?words=没有这个人").get_data(as_text=True)


def test_an_admin_elsewhere_sees_and_resends_nothing(failed: Failed, app: Flask, client: Client) -> None:
    signed_in(client, Role.ADMIN, factories.OTHER_COUNTY[:4] + "00")
    page = client.get("/admin/deliveries")
    assert "没有发送失败的通知" in page.get_data(as_text=True)
    assert client.get(f"/admin/deliveries/{failed.id}").status_code == 404
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page.get_data(as_text=True))[0]
    client.post("/admin/deliveries/resend", data={"csrf_token": token, "delivery": str(failed.id)})
    assert statuses(app)[0] == DeliveryStatus.FAILED


def test_a_supervisor_reads_and_has_no_buttons(failed: Failed, app: Flask, client: Client) -> None:
    signed_in(client, Role.SUPERVISOR)
    assert "重发" not in client.get("/admin/deliveries").get_data(as_text=True).split("<table")[1]
    assert "改发" not in client.get(f"/admin/deliveries/{failed.id}").get_data(as_text=True)


def test_what_was_ticked_goes_out_again_under_its_id(
    failed: Failed, app: Flask, client: Client, plan: Plan
) -> None:
    admin = signed_in(client, Role.ADMIN)
    client.submit(client.get("/admin/deliveries"), "重发勾选的", {"delivery": str(failed.id)})
    assert statuses(app)[0] == DeliveryStatus.PENDING
    tasks.send(str(failed.id))
    assert statuses(app)[0] == DeliveryStatus.SENT
    assert plan.taken[-1]["Message-ID"] == failed.message_id
    record = recorded(app, "notice.resend")
    assert record.user_id == admin


def test_all_that_the_filter_shows_goes_out_again(app: Flask, client: Client, plan: Plan) -> None:
    refuse(app, plan, 3)
    signed_in(client, Role.ADMIN)
    page = client.get("/admin/deliveries?words=spam")
    assert "共3条" in page.get_data(as_text=True)
    client.submit(page, "重发全部3条")
    assert set(statuses(app)) == {DeliveryStatus.PENDING}


def test_pressing_without_a_tick_says_so(failed: Failed, app: Flask, client: Client) -> None:
    signed_in(client, Role.ADMIN)
    page = client.submit(client.get("/admin/deliveries"), "重发勾选的")
    assert "请先勾选" in page.get_data(as_text=True)
    assert statuses(app)[0] == DeliveryStatus.FAILED


def mend(client: Client, delivery: uuid.UUID, email: str, reason: str = "已致电本人核实") -> TestResponse:
    page = client.get(f"/admin/deliveries/{delivery}")
    return client.submit(page, "改发", {"email": email, "reason": reason})


def test_a_mail_mended_to_another_address_is_on_record_and_holds_no_content(
    failed: Failed, app: Flask, client: Client, plan: Plan
) -> None:
    signed_in(client, Role.ADMIN)
    assert mend(client, failed.id, "nonsense", "").status_code == 422
    mend(client, failed.id, "Right@test.example")
    tasks.send(str(failed.id))
    mail = plan.taken[-1]
    assert mail["To"] == "right@test.example"
    assert "任职时间不够" not in mail.get_content()
    assert "请登录" in mail.get_content()
    record = recorded(app, "notice.mend")
    assert record.reason == "已致电本人核实"
    assert record.detail["address"] == "right@test.example"


def test_mending_takes_over_no_account(failed: Failed, app: Flask, client: Client, plan: Plan) -> None:
    """An admin who mends a mail to an address of their own gets neither a new password nor the person's mail."""
    with app.app_context():
        user = db.session.get_one(Delivery, failed.id).notice.user
        account, address, confirmed = user.id, user.email, user.email_confirmed_at
    signed_in(client, Role.ADMIN)
    mend(client, failed.id, "own@test.example")
    with app.test_request_context(method="POST"):
        user = db.session.get_one(User, account)
        assert (user.email, user.email_confirmed_at) == (address, confirmed)
        assert user.email_failed_at, "the account's address is as bad as before, and the person is told so"
        accounts.ask_reset(db.session, "own@test.example", factories.NOW)
        assert db.session.scalars(sa.select(Letter)).all() == [], "nobody has such an account"
        accounts.ask_reset(db.session, address, factories.NOW)
        assert db.session.scalars(sa.select(Letter.address)).all() == [address]
        db.session.rollback()
        # What comes later goes nowhere near the mended address.
        plan.recipient.clear()
        tasks.publish(str(decided(db.session, owner=user)))
        assert "own@test.example" not in [mail["To"] for mail in plan.taken]
    tasks_in(app, failed.id)
    assert [mail["To"] for mail in plan.taken] == ["own@test.example"]


def tasks_in(app: Flask, delivery: uuid.UUID) -> None:
    with app.app_context():
        tasks.send(str(delivery))


def test_a_mended_address_that_bounces_says_nothing_about_the_account(
    failed: Failed, app: Flask, client: Client, plan: Plan
) -> None:
    with app.app_context():
        user = db.session.get_one(Delivery, failed.id).notice.user
        user.email_failed_at = None
        account = user.id
        db.session.commit()
    signed_in(client, Role.ADMIN)
    mend(client, failed.id, "wrong@test.example")
    plan.recipient = ["550 5.1.1 no such user"]
    tasks_in(app, failed.id)
    with app.app_context():
        assert db.session.get_one(User, account).email_failed_at is None
    client.submit(client.get("/admin/deliveries"), "重发勾选的", {"delivery": str(failed.id)})
    tasks_in(app, failed.id)
    assert plan.taken[-1]["To"] == "wrong@test.example", "sent anew, it goes where it was mended to"
    assert "任职时间不够" not in plan.taken[-1].get_content()


def test_the_account_s_own_address_needs_no_mending(failed: Failed, app: Flask, client: Client) -> None:
    with app.app_context():
        address = db.session.get_one(Delivery, failed.id).notice.user.email
    signed_in(client, Role.ADMIN)
    assert "这就是账号上的邮箱" in mend(client, failed.id, address).get_data(as_text=True)
    assert statuses(app)[0] == DeliveryStatus.FAILED


def test_an_address_of_somebody_else_is_refused(failed: Failed, app: Flask, client: Client) -> None:
    with app.app_context():
        other = factories.cadre(db.session)
        db.session.commit()
        taken = other.email
    signed_in(client, Role.ADMIN)
    page = mend(client, failed.id, taken)
    assert "另一个账号正在使用" in page.get_data(as_text=True)
    assert statuses(app)[0] == DeliveryStatus.FAILED


def test_who_was_told_by_telephone_is_off_the_list(failed: Failed, app: Flask, client: Client) -> None:
    signed_in(client, Role.ADMIN)
    client.submit(client.get(f"/admin/deliveries/{failed.id}"), "登记", {"told": "已电话告知"})
    assert "没有发送失败的通知" in client.get("/admin/deliveries").get_data(as_text=True)


def test_the_list_asks_as_often_for_three_as_for_one(app: Flask, client: Client, plan: Plan) -> None:
    signed_in(client, Role.ADMIN)
    asked: list[str] = []
    counts = []
    for more in (1, 2):
        refuse(app, plan, more)
        with app.app_context():
            sa.event.listen(db.engine, "before_cursor_execute", lambda *args: asked.append(str(args[2])))
        asked.clear()
        client.get("/admin/deliveries")
        counts.append(len(set(asked)))
    assert counts[0] == counts[1]
