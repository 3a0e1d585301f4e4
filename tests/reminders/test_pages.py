"""The admin's page of reminders, and the page of texts."""

from datetime import time

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.audit.models import AccessRecord
from recruitment.calls.models import Call
from recruitment.notices.catalogue import kinds
from recruitment.people.models import Role, User
from recruitment.reminders.models import Reminder, ReminderSetting, ReminderTimes
from tests import factories, pages
from tests.client import Client
from tests.conftest import Clock
from tests.reminders.conftest import Run


@pytest.fixture
def person(session: Session, clock: Clock) -> User:
    clock.set(factories.NOW)
    return factories.staff(session, Role.ADMIN)


@pytest.fixture
def browser(app: Flask, session: Session, person: User) -> Client:
    return pages.sign_in(app, session, person)


@pytest.fixture
def call(session: Session) -> Call:
    made = factories.call(session, slug="2026")
    for name in ("甲", "乙"):
        owner = factories.cadre(session, name=name)
        factories.dossier(session, owner)
        draft = factories.application(session, made, owner, state="draft")
        draft.created_at = factories.NOW
    session.commit()
    return made


def test_who_will_get_what_and_who_has_got_it(
    browser: Client, session: Session, call: Call, run: Run, clock: Clock
) -> None:
    page = browser.get("/admin/calls/2026/reminders")
    rows = pages.rows_of(page)
    assert [row[1:] for row in rows] == [
        [label, "2026年12月02日（星期三）08:00", planned]
        for label, planned in (
            ("报名没有提交：第一次提醒", "2026年11月30日（星期一）08:00"),
            ("报名没有提交：第一次提醒", "2026年11月30日（星期一）08:00"),
            ("报名没有提交：截止前最后提醒", "2026年12月01日（星期二）19:00"),
            ("报名没有提交：截止前最后提醒", "2026年12月01日（星期二）19:00"),
        )
    ]
    dry = browser.get("/admin/calls/2026/reminders?at=2026-11-30T09:00")
    assert sorted(row[0] for row in pages.rows_of(dry)) == ["乙", "甲"]
    night = browser.get("/admin/calls/2026/reminders?at=2026-11-30T22:00")
    assert "那个时刻没有人要提醒" in pages.text_of(night)
    assert session.scalar(sa.select(sa.func.count(Reminder.id))) == 0

    run("2026-11-30 08:00")
    clock.set(factories.NOW)
    after = browser.get("/admin/calls/2026/reminders")
    assert len(pages.rows_of(after, 0)) == 2
    assert sorted(row[0] for row in pages.rows_of(after, 1)) == ["乙", "甲"]


def test_an_admin_sets_the_times_and_it_is_on_record(
    browser: Client, session: Session, call: Call, person: User, run: Run
) -> None:
    page = browser.get("/admin/calls/2026/reminders")
    answer = browser.submit(
        page,
        "保存",
        {"quiet_until": "07:30", "hours_draft_last": "6", "on_draft_first": []},
    )
    assert "已保存" in pages.text_of(answer)
    times = session.get_one(ReminderTimes, call.id)
    assert times.quiet_until == time(7, 30)
    assert times.updated_by == person.id
    first = session.get_one(ReminderSetting, (call.id, "draft_first"))
    last = session.get_one(ReminderSetting, (call.id, "draft_last"))
    assert not first.enabled
    assert last.lead_minutes == 360
    kept = session.scalars(sa.select(AccessRecord).where(AccessRecord.action == "reminders.set")).one()
    assert kept.detail["quiet_until"] == "07:30"
    assert kept.detail["rules"]["draft_first"] == 0
    assert run("2026-11-30 09:00") == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"evening": "22:00"}, "这个时间在夜间不发的时段里"),
        ({"office_until": "08:00"}, "结束时间应晚于开始时间"),
        ({"quiet_from": "25:00"}, "请填写时间"),
        ({"hours_draft_last": "0"}, "请填写1到336之间的数"),
    ],
)
def test_a_time_that_cannot_be_is_said_beside_it(
    browser: Client, session: Session, call: Call, typed: dict[str, str], words: str
) -> None:
    answer = browser.submit(browser.get("/admin/calls/2026/reminders"), "保存", typed)
    assert answer.status_code == 422
    assert words in pages.text_of(answer)
    assert session.get(ReminderTimes, call.id) is None


def test_a_supervisor_reads_and_sets_nothing(app: Flask, session: Session, call: Call, clock: Clock) -> None:
    clock.set(factories.NOW)
    supervisor = pages.sign_in(app, session, factories.staff(session, Role.SUPERVISOR))
    page = supervisor.get("/admin/calls/2026/reminders")
    assert "夜间21:00至08:00不发" in pages.text_of(page)
    assert "保存" not in pages.buttons(page)


def test_every_text_has_a_page_with_sample_data(app: Flask, browser: Client) -> None:
    listed = pages.text_of(browser.get("/admin/notices/texts"))
    with app.app_context():
        every = list(kinds().values())
    for kind in every:
        assert kind.label in listed
        shown = pages.text_of(browser.get(f"/admin/notices/texts/{kind.name}"))
        assert "王芳，您好" in shown, kind.name
        assert "没有自己的短信" not in shown
    assert browser.get("/admin/notices/texts/application.unknown").status_code == 404
