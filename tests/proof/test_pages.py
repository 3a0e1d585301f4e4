""" "Did she get it?": three clicks from the queue, figures for a call, a file for disputes."""

import hashlib
import io
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
import python_calamine
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.applications.models import Application
from recruitment.audit.models import AccessRecord
from recruitment.notices import operations, tasks
from recruitment.notices.models import Delivery, DeliveryStatus, Notice
from recruitment.people.models import Role
from recruitment.proof.models import DeliveryAttempt
from tests import factories, pages
from tests.client import Client, tree, words
from tests.conftest import Clock
from tests.desk import counted as counted
from workflows.schema import outbox


@pytest.fixture(autouse=True)
def today(clock: Clock) -> None:
    clock.set(factories.NOW)


def refused(session: Session, name: str = "王芳", **where: Any) -> Application:
    owner = factories.cadre(session, name=name)
    factories.dossier(session, owner, where.get("county_code", factories.COUNTY))
    made = factories.application(session, owner=owner, state="refused", **where)
    session.commit()
    return made


def carry(session: Session) -> None:
    """Let the workers do all that is waiting."""
    for row in session.scalars(sa.select(outbox.c.id).order_by(outbox.c.created_at, outbox.c.event)).all():
        tasks.publish(str(row))


def follow(browser: Client, page: Any, link: str) -> Any:
    """Click the link with these words in the main part of a page."""
    main = next(element for element in tree(page).iter("main"))
    target = next(a.get("href") for a in main.iter("a") if words(a) == link)
    assert target
    return browser.get(target)


def test_three_clicks_from_the_queue_to_the_text_and_its_times(
    app: Flask, session: Session, smtp: list[EmailMessage]
) -> None:
    application = refused(session)
    carry(session)
    operations.mark_read(
        session,
        application.owner_id or application.id,
        session.scalars(sa.select(Notice.id).where(Notice.template == "application.refused")).one(),
        factories.NOW + timedelta(hours=1),
    )
    session.commit()
    reviewer = factories.staff(session, Role.COUNTY_REVIEWER, factories.COUNTY)
    browser = pages.sign_in(app, session, reviewer)

    queue = browser.get("/review/?state=refused")
    listed = follow(browser, follow(browser, queue, "王芳"), "看通知")
    assert [(row[0], row[-1]) for row in pages.rows_of(listed)] == [
        ("资格审核未通过", "已读"),
        (f"报名已提交，回执号{application.receipt_number}", "已发出，站内信未读"),
    ]
    one = pages.text_of(follow(browser, listed, "资格审核未通过"))
    for expected in (
        "决定 2026-11-22 12:00:00",
        "本人打开 2026-11-22 13:00:00",
        "对方服务器已接收",
        "第1次",
        "任职时间不够。",
        f"ca***@{'test.example'}",
    ):
        assert expected in one
    assert application.owner.email not in one


def test_every_attempt_is_on_record_whatever_code_made_it(session: Session, smtp: list[EmailMessage]) -> None:
    refused(session)
    carry(session)
    delivery = session.scalars(sa.select(Delivery).limit(1)).one()
    before = session.scalar(sa.select(sa.func.count()).select_from(DeliveryAttempt))
    # As a worker that was lost and a server that refused would leave it.
    for status, error in ((DeliveryStatus.PENDING, "451 busy"), (DeliveryStatus.FAILED, "550 no such user")):
        this = sa.update(Delivery).where(Delivery.id == delivery.id)
        session.execute(this.values(status="claimed", attempts=Delivery.attempts + 1))
        session.execute(this.values(status=status, last_error=error))
        # Claimed and given back untried is no attempt.
        session.execute(this.values(status="claimed", attempts=Delivery.attempts + 1))
        session.execute(this.values(status=status, attempts=Delivery.attempts - 1))
    found = session.scalars(
        sa.select(DeliveryAttempt)
        .where(DeliveryAttempt.delivery_id == delivery.id)
        .order_by(DeliveryAttempt.id)
    ).all()
    assert [(row.number, row.status, row.error) for row in found] == [
        (1, "sent", None),
        (2, "pending", "451 busy"),
        (3, "failed", "550 no such user"),
    ]
    assert session.scalar(sa.select(sa.func.count()).select_from(DeliveryAttempt)) == (before or 0) + 2


def test_a_notice_of_another_area_does_not_exist(app: Flask, session: Session) -> None:
    application = refused(session)
    row = session.scalars(sa.select(outbox.c.id).where(outbox.c.notice == "application.refused")).one()
    foreign = factories.staff(session, Role.COUNTY_REVIEWER, factories.OTHER_COUNTY)
    browser = pages.sign_in(app, session, foreign)
    for url in (f"/notices/of/{application.id}", f"/notices/{row}"):
        assert browser.get(url).status_code == 404
    supervisor = pages.sign_in(app, session, factories.staff(session, Role.SUPERVISOR))
    for url in (f"/notices/of/{application.id}", f"/notices/{row}"):
        assert supervisor.get(url).status_code == 200


def test_what_was_never_handed_in_is_no_reviewer_s_business(app: Flask, session: Session) -> None:
    draft = factories.application(session, state="draft")
    session.commit()
    reviewer = factories.staff(session, Role.COUNTY_REVIEWER, factories.COUNTY)
    assert pages.sign_in(app, session, reviewer).get(f"/notices/of/{draft.id}").status_code == 404
    admin = factories.staff(session, Role.ADMIN)
    assert "还没有发给本人的通知" in pages.text_of(
        pages.sign_in(app, session, admin).get(f"/notices/of/{draft.id}")
    )


def test_a_call_s_figures_list_and_file_agree(app: Flask, session: Session, smtp: list[EmailMessage]) -> None:
    call = factories.call(session)
    for name in ("甲", "乙", "丙"):
        refused(session, name, of=call)
    factories.application(session, state="submitted")
    carry(session)
    refused(session, "丁", of=call)
    admin = factories.staff(session, Role.ADMIN)
    browser = pages.sign_in(app, session, admin)

    page = browser.get(f"/admin/calls/{call.slug}/notices")
    assert pages.rows_of(page) == [["资格审核未通过", "1", "3"], ["报名已提交", "1", "3"]]
    chosen = browser.get(f"/admin/calls/{call.slug}/notices?notice=application.refused&state=sent")
    shown = [row[1][0] for row in pages.rows_of(chosen, 1)]
    assert sorted(shown) == ["丙", "乙", "甲"]

    answer = browser.submit(chosen, "导出为 .xlsx", {"purpose": "复核王某的申诉"})
    assert answer.status_code == 200
    _, header, *lines = (
        python_calamine.load_workbook(io.BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    )
    row = dict(zip(header, lines[0], strict=True))
    assert [line[1] for line in lines] == shown
    notice = session.scalars(
        sa.select(Notice).where(Notice.template == "application.refused").order_by(Notice.decided_at.desc())
    ).first()
    assert notice is not None
    assert row["正文 SHA-256"] in {
        hashlib.sha256(body.encode()).hexdigest()
        for body in session.scalars(sa.select(Notice.body).where(Notice.template == "application.refused"))
    }
    assert row["决定时间"] == "2026-11-22 12:00:00"
    assert row["发送情况"] == "对方服务器已接收"
    kept = session.scalars(sa.select(AccessRecord).where(AccessRecord.action == "notices.export")).one()
    assert kept.reason == "复核王某的申诉"
    assert kept.user_id == admin.id
    assert kept.detail["sha256"] == hashlib.sha256(answer.data).hexdigest()
    assert kept.detail["rows"] == 3


def test_a_file_needs_a_purpose_and_an_admin(app: Flask, session: Session) -> None:
    application = refused(session)
    slug = application.call.slug
    browser = pages.sign_in(app, session, factories.staff(session, Role.ADMIN))
    page = browser.get(f"/admin/calls/{slug}/notices")
    answer = browser.submit(page, "导出为 .xlsx", {"purpose": " "})
    assert answer.status_code == 422
    supervisor = pages.sign_in(app, session, factories.staff(session, Role.SUPERVISOR))
    assert "导出明细" not in pages.text_of(supervisor.get(f"/admin/calls/{slug}/notices"))


def test_the_number_of_queries_does_not_grow_with_the_list(
    app: Flask, session: Session, counted: pages.Counter, smtp: list[EmailMessage]
) -> None:
    call = factories.call(session)
    refused(session, "甲", of=call)
    carry(session)
    browser = pages.sign_in(app, session, factories.staff(session, Role.ADMIN))
    url = f"/admin/calls/{call.slug}/notices"
    browser.get(url)
    one = counted(lambda: browser.get(url))
    for name in ("乙", "丙"):
        refused(session, name, of=call)
    carry(session)
    assert counted(lambda: browser.get(url)) == one
