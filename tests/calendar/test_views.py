"""The page of the calendar: what is known, single days, and the import of a year."""

from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from recruitment.audit.models import AccessRecord
from recruitment.calendar.models import Kind, SpecialDay
from recruitment.calendar.queries import working_days
from recruitment.calendar.table import SPECIAL_DAYS, SpecialRow
from recruitment.clock import local
from recruitment.lists.writing import xlsx_bytes
from recruitment.people.models import Role
from tests import factories, pages
from tests.client import Client, tree

ACT = "国务院办公厅关于2027年部分节假日安排的通知"
WHOLE = [
    SpecialRow(date(2026, 12, 31), date(2027, 1, 2), Kind.HOLIDAY, ACT),
    SpecialRow(date(2027, 5, 1), date(2027, 5, 5), Kind.HOLIDAY, ACT),
    SpecialRow(date(2027, 5, 8), date(2027, 5, 8), Kind.WORKDAY, ACT),
    SpecialRow(date(2027, 10, 1), date(2027, 10, 7), Kind.HOLIDAY, ACT),
]


def file_of(rows: list[SpecialRow]) -> bytes:
    return xlsx_bytes(SPECIAL_DAYS, rows, created=local(factories.NOW))[0]


def page_token(page: TestResponse) -> str:
    """The token of the first form of a page."""
    fields = (field for field in tree(page).iter("input") if field.get("name") == "csrf_token")
    return str(next(fields).get("value"))


def upload(browser: Client, rows: list[SpecialRow], year: str = "2027") -> TestResponse:
    data = {"year": year, "table": pages.upload(file_of(rows), "安排.xlsx")}
    return browser.submit(browser.get("/admin/calendar/"), "上传并试读", data)


def confirm(browser: Client, page: TestResponse) -> TestResponse:
    return browser.submit(page, "确认：这是2027年的全部安排")


def test_a_missing_year_is_said(browser: Client) -> None:
    page = browser.get("/admin/calendar/")
    assert "2027年的放假和调休安排还没有录入" in pages.text_of(page)
    assert pages.rows_of(page)[1][:2] == ["2027年", "缺少"]
    assert pages.rows_of(page)[2][:3] == ["2026年", "已知", "系统自带"]


def test_a_day_is_entered_changed_and_removed(browser: Client, session: Session) -> None:
    day = {"day": "2026-12-24", "kind": "holiday", "source": "省政府通知"}
    page = browser.submit(browser.get("/admin/calendar/"), "录入", day)
    assert pages.rows_of(page, 1)[0][:3] == ["2026年12月24日", "放假", "省政府通知"]
    assert not working_days(session).working(date(2026, 12, 24))
    page = browser.submit(page, "录入", day | {"kind": "workday"})
    session.expire_all()
    assert working_days(session).working(date(2026, 12, 24))
    page = browser.submit(page, "删除2026年12月24日")
    assert "没有单独录入的日期" in pages.text_of(page)
    acts = session.scalars(sa.select(AccessRecord.action).order_by(AccessRecord.at)).all()
    assert {act for act in acts if act.startswith("calendar.")} == {"calendar.set_day", "calendar.remove_day"}


def test_what_is_missing_is_said_beside_its_field(browser: Client) -> None:
    page = browser.submit(browser.get("/admin/calendar/"), "录入", {"day": "2026-02-30"})
    assert page.status_code == 422
    assert set(pages.errors_beside(page)) == {"day", "kind", "source"}


def test_a_year_is_known_after_dry_run_and_confirmation(browser: Client, session: Session) -> None:
    session.add(SpecialDay(day=date(2027, 3, 8), kind="holiday", source="旧的"))
    session.commit()
    page = upload(browser, WHOLE)
    assert "没有发现错误" in pages.text_of(page)
    session.expire_all()
    assert not working_days(session).known(2027)
    page = confirm(browser, page)
    assert "已录入2027年的安排，共16天" in page.text
    session.expire_all()
    calendar = working_days(session)
    assert calendar.known(2027)
    # The arrangement stands in place of what was entered before, and reaches into the year before.
    assert calendar.working(date(2027, 3, 8))
    assert not calendar.working(date(2026, 12, 31))
    assert calendar.working(date(2027, 5, 8))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (WHOLE[:3], "缺少法定节假日：2027-10-01、2027-10-02、2027-10-03"),
        ([*WHOLE, SpecialRow(date(2027, 5, 5), date(2027, 5, 5), Kind.WORKDAY, ACT)], "2027-05-05"),
        ([*WHOLE, SpecialRow(date(2030, 1, 1), date(2030, 1, 1), Kind.HOLIDAY, ACT)], "不属于2027年"),
    ],
)
def test_an_incomplete_year_is_refused(
    browser: Client, session: Session, rows: list[SpecialRow], said: str
) -> None:
    page = upload(browser, rows)
    assert said in pages.text_of(page)
    # Somebody sends the confirmation all the same.
    token = {"csrf_token": page_token(page)}
    page = browser.post(page.request.path, data=token)
    assert page.status_code == 422
    assert said in pages.text_of(page)
    session.expire_all()
    assert not working_days(session).known(2027)


def test_a_fixed_holiday_cannot_be_taken_from_a_whole_year(browser: Client, session: Session) -> None:
    page = confirm(browser, upload(browser, WHOLE))
    page = browser.submit(page, "删除2027年10月1日")
    assert "2027-10-01是法定节假日" in page.text
    session.expire_all()
    assert not working_days(session).working(date(2027, 10, 1))


def test_only_an_admin_of_the_province_changes_it(app: Flask, session: Session) -> None:
    local_admin = factories.staff(session, Role.ADMIN, "510700")
    browser = pages.sign_in(app, session, local_admin)
    page = browser.get("/admin/calendar/")
    assert pages.buttons(page) == []
    supervisor = pages.sign_in(app, session, factories.staff(session, Role.SUPERVISOR))
    assert pages.buttons(supervisor.get("/admin/calendar/")) == []
    token = {"csrf_token": page_token(browser.get("/account"))}
    assert browser.post("/admin/calendar/days", data=token).status_code == 403
