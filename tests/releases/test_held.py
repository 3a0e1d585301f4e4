"""What is decided and not yet told: read, mended and tried before it leaves; who did what stays on record."""

import uuid
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.appeals import operations as appeals
from recruitment.audit.models import AccessRecord
from recruitment.notices import tasks
from recruitment.notices.models import Notice
from recruitment.people.models import Letter, Role, User
from recruitment.people.tasks import send_letter
from recruitment.releases import operations
from recruitment.releases.models import EditKind, NoticeEdit
from tests import factories, pages
from tests.appeals import filing
from tests.client import Client
from tests.conftest import Clock
from workflows.schema import outbox
from workflows.terms import Refused


@pytest.fixture(autouse=True)
def today(clock: Clock) -> None:
    clock.set(factories.NOW)


@pytest.fixture
def person(session: Session) -> User:
    return factories.staff(session, Role.PREFECTURE_REVIEWER, "510700", name="何审核")


@pytest.fixture
def browser(app: Flask, session: Session, person: User) -> Client:
    return pages.sign_in(app, session, person)


def hold(session: Session, state: str, name: str = "王芳") -> uuid.UUID:
    """A notice as a held outcome writes it: in the outbox, not to leave before its release."""
    owner = factories.cadre(session, name=name)
    factories.dossier(session, owner)
    made = factories.application(session, owner=owner, state=state)
    row: uuid.UUID = session.scalars(
        sa.select(outbox.c.id).where(
            outbox.c.subject_id == made.id, outbox.c.notice == f"application.{state}"
        )
    ).one()
    change(session, row, held=True, released_at=None)
    return row


def change(session: Session, row: uuid.UUID, **values: Any) -> None:
    session.execute(sa.update(outbox).where(outbox.c.id == row).values(**values))
    session.commit()


def told(session: Session, row: uuid.UUID) -> str:
    """What the person reads once it is released."""
    change(session, row, held=False, released_at=factories.NOW)
    tasks.publish(str(row))
    return session.scalars(sa.select(Notice).where(Notice.outbox_id == row)).one().body


def test_every_text_and_recipient_is_read_before_the_release(
    browser: Client, session: Session, smtp: list[EmailMessage]
) -> None:
    hold(session, "refused", "王芳")
    hold(session, "withdrawn", "李明")
    shown = pages.text_of(browser.get("/releases"))
    for words in ("共2条", "王芳", "李明", "任职时间不够。", "您已经撤回对"):
        assert words in shown
    tasks.sweep()
    assert session.scalar(sa.select(sa.func.count(Notice.id))) == 0
    assert smtp == []


def test_a_text_is_mended_and_who_did_it_stays(browser: Client, session: Session, person: User) -> None:
    row = hold(session, "refused")
    page = browser.get(f"/releases/{row}")
    answer = browser.submit(page, "保存文字", {"kind": "added", "text": "请在12月1日前来领取材料原件。"})
    assert "已保存" in pages.text_of(answer)
    assert "何审核" in pages.text_of(answer)
    kept = session.scalars(sa.select(NoticeEdit)).one()
    assert (kept.kind, kept.edited_by, kept.edited_at) == ("added", person.id, factories.NOW)
    body = told(session, row)
    assert "任职时间不够。" in body
    assert "请在12月1日前来领取材料原件。\n\n查看详情" in body


def test_another_body_keeps_salutation_and_telephone_and_can_be_undone(
    session: Session, person: User
) -> None:
    row = hold(session, "refused")
    operations.edit(session, row, person, EditKind.REPLACED, "您的材料我们再核一次。", factories.NOW)
    session.commit()
    locked = operations.held(session, row)
    text = operations.preview(session, locked)
    assert text.body.startswith("王芳，您好：\n\n您的材料我们再核一次。\n\n查看详情")
    assert "028-5550-0000" in text.body
    assert "任职时间不够" not in text.body
    operations.edit(session, row, person, EditKind.RESTORED, "", factories.NOW)
    session.commit()
    assert "任职时间不够" in told(session, row)
    assert session.scalar(sa.select(sa.func.count(NoticeEdit.id))) == 2


def test_a_trial_goes_to_oneself_alone(
    app: Flask, browser: Client, session: Session, person: User, smtp: list[EmailMessage]
) -> None:
    row = hold(session, "refused")
    answer = browser.submit(browser.get(f"/releases/{row}"), "试发给自己", {})
    assert "本人没有收到" in pages.text_of(answer)
    for letter in session.scalars(sa.select(Letter.id)).all():
        send_letter(str(letter))
    assert {mail["To"] for mail in smtp} == {person.email}
    assert smtp[0]["Subject"] == "【试发】资格审核未通过"
    assert "任职时间不够。" in smtp[0].get_content()
    assert session.scalar(sa.select(sa.func.count(Notice.id))) == 0


def test_a_notice_is_cancelled_with_a_reason_unless_rights_run_from_it(
    browser: Client, session: Session, person: User
) -> None:
    row = hold(session, "withdrawn")
    page = browser.get(f"/releases/{row}")
    assert browser.submit(page, "取消通知", {"reason": " "}).status_code == 422
    answer = browser.submit(page, "取消通知", {"reason": "本人已当面告知"})
    assert "不会发出" in pages.text_of(answer)
    kept = session.scalars(sa.select(AccessRecord).where(AccessRecord.action == "notices.cancel")).one()
    assert (kept.reason, kept.user_id, kept.subject_id) == ("本人已当面告知", person.id, str(row))
    change(session, row, held=False, released_at=factories.NOW)
    tasks.publish(str(row))
    assert session.scalar(sa.select(sa.func.count(Notice.id))) == 0

    legal = hold(session, "refused", "李明")
    assert "取消通知" not in pages.buttons(browser.get(f"/releases/{legal}"))
    with pytest.raises(Refused, match="不能单独取消"):
        operations.cancel(session, legal, person, "不想发", factories.NOW)


def test_what_was_released_is_no_longer_changed(session: Session, person: User, browser: Client) -> None:
    row = hold(session, "refused")
    change(session, row, held=False, released_at=factories.NOW)
    with pytest.raises(Refused, match="已经公布"):
        operations.edit(session, row, person, EditKind.ADDED, "补充", factories.NOW)
    session.rollback()
    assert browser.get(f"/releases/{row}").status_code == 404


def test_other_areas_see_nothing_and_a_supervisor_changes_nothing(app: Flask, session: Session) -> None:
    row = hold(session, "refused")
    foreign = pages.sign_in(app, session, factories.staff(session, Role.PREFECTURE_REVIEWER, "511300"))
    assert "没有等待公布的通知" in pages.text_of(foreign.get("/releases"))
    assert foreign.get(f"/releases/{row}").status_code == 404
    supervisor = pages.sign_in(app, session, factories.staff(session, Role.SUPERVISOR))
    page = supervisor.get(f"/releases/{row}")
    assert "任职时间不够。" in pages.text_of(page)
    assert pages.buttons(page) == []


def test_an_appeal_s_ruling_is_told_as_it_was_mended(browser: Client, session: Session, person: User) -> None:
    made = filing.appeal(session, filing.decided(session, "refusal"))
    _first, second = filing.ruled(session, made, "reject")
    session.commit()
    row = session.scalars(sa.select(outbox.c.id).where(outbox.c.notice == "appeal.rejected")).one()
    assert "维持原决定" in pages.text_of(browser.get("/releases"))
    operations.edit(session, row, person, EditKind.ADDED, "调阅的材料可以到县委组织部查看。", filing.LATER)
    appeals.decide(session, made, "release", second, filing.LATER)
    session.commit()
    tasks.publish(str(row))
    body = session.scalars(sa.select(Notice.body).where(Notice.outbox_id == row)).one()
    assert "经复核，原件有效。" in body
    assert "调阅的材料可以到县委组织部查看。" in body
    assert "没有等待公布的通知" in pages.text_of(browser.get("/releases"))


def test_a_ruling_taken_back_takes_its_notice_along(browser: Client, session: Session, person: User) -> None:
    made = filing.appeal(session, filing.decided(session, "refusal"))
    first, _second = filing.ruled(session, made, "reject")
    appeals.decide(session, made, "take_back", first, filing.LATER, form=filing.RULING)
    session.commit()
    row = session.scalars(sa.select(outbox.c.id).where(outbox.c.notice == "appeal.rejected")).one()
    assert browser.get(f"/releases/{row}").status_code == 404
    tasks.publish(str(row))
    assert session.scalar(sa.select(sa.func.count()).where(Notice.outbox_id == row)) == 0
