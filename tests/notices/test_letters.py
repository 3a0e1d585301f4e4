"""Letters for who can be reached in no other way: listed, printed, posted."""

import uuid

import pypdfium2
import pytest
import sqlalchemy as sa
from flask import Flask

from recruitment.audit.models import AccessRecord
from recruitment.database import db
from recruitment.notices import letters, tasks
from recruitment.notices.models import Delivery, DeliveryStatus
from recruitment.people.models import Role
from tests import factories
from tests.client import Client
from tests.notices.conftest import change_settings, decided
from tests.notices.servers import Plan
from tests.paper import assert_fonts_embedded, pages_of, words_of
from tests.people.people import Account, sign_in


@pytest.fixture
def letter(app: Flask, plan: Plan) -> uuid.UUID:
    """A refusal to somebody whose mails come back."""
    with app.app_context():
        owner = factories.cadre(db.session, name="卢 <未达>")
        factories.dossier(db.session, owner)
        owner.email_failed_at = factories.NOW
        tasks.publish(str(decided(db.session, owner=owner)))
        delivery = db.session.scalars(sa.select(Delivery)).one()
        assert (delivery.channel, delivery.status) == ("letter", DeliveryStatus.TO_POST)
        return delivery.id


def admin(app: Flask, client: Client, area: str = factories.PROVINCE) -> None:
    change_settings(app, staff_second_factor=False)
    with app.app_context():
        user = factories.staff(db.session, Role.ADMIN, area)
        db.session.commit()
        account = Account(user.id, user.email, factories.PASSWORD)
    sign_in(client, account)


def test_an_office_prints_posts_and_says_so(letter: uuid.UUID, app: Flask, client: Client) -> None:
    admin(app, client, factories.COUNTY[:4] + "00")
    page = client.get("/admin/deliveries/letters")
    assert "卢 &lt;未达&gt;" in page.get_data(as_text=True)
    assert "绵阳市三台县" in page.get_data(as_text=True)
    printed = client.submit(page, "打印勾选的（PDF）")
    assert printed.mimetype == "application/pdf"
    assert_fonts_embedded(printed.get_data())
    assert pages_of(printed.get_data()) == 1
    words = words_of(printed.get_data())
    assert "卢 <未达> 收" in words
    assert "资格审核未通过" in words
    assert "请不要直接回复" not in words, "a letter can be answered"

    client.submit(page, "勾选的已寄出")
    page = client.submit(page, "勾选的已寄出")
    assert "没有要寄的信函" in page.get_data(as_text=True)
    with app.app_context():
        assert db.session.get_one(Delivery, letter).status == DeliveryStatus.SENT
        acts = list(db.session.scalars(sa.select(AccessRecord.action).order_by(AccessRecord.at)))
        assert sorted(acts) == ["letters.post", "letters.print"], "pressed twice, posted once"


def test_a_letter_reads_as_one(letter: uuid.UUID, app: Flask) -> None:
    with app.app_context():
        notice = db.session.get_one(Delivery, letter).notice
        notice.user.name = "𬭎妤㛃"
        pages = pypdfium2.PdfDocument(letters.pdf(letters.to_post(db.session, ("51",))))
    text = "".join(page.get_textpage().get_text_bounded() for page in pages)
    assert "𬭎妤㛃" in text, "a rare character of a name is printed"
    assert "资格审核未通过" in text
    assert "咨询电话：028-5550-0000" in text
    assert "回复" not in text, "that is for a mail"


def test_an_office_elsewhere_sees_no_letter(letter: uuid.UUID, app: Flask, client: Client) -> None:
    admin(app, client, factories.OTHER_COUNTY[:4] + "00")
    assert "没有要寄的信函" in client.get("/admin/deliveries/letters").get_data(as_text=True)


def test_a_receipt_is_not_printed(app: Flask, plan: Plan) -> None:
    with app.app_context():
        owner = factories.cadre(db.session)
        factories.dossier(db.session, owner)
        owner.email_failed_at = factories.NOW
        tasks.publish(str(decided(db.session, "submitted", owner=owner)))
        assert db.session.scalars(sa.select(Delivery)).all() == []
