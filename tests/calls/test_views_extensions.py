"""Extending registration through the page."""

import pytest
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from recruitment.calls import deadlines
from recruitment.calls.models import Call
from recruitment.people.models import User
from tests import factories, pages
from tests.client import Client

LATER = {"closes_at": "2026-12-05T12:30", "reason": "11月30日断网"}
LATER_SAID = "2026年12月05日（星期六）12:30"


@pytest.fixture
def call(session: Session, person: User) -> Call:
    made = factories.call(session, person.actor(), slug="2026")
    session.commit()
    return made


def send(browser: Client, values: dict[str, str]) -> TestResponse:
    return browser.submit(browser.get("/admin/calls/2026/extensions"), "延长", values)


def closes(session: Session, call: Call, county: str, person: User | None) -> str:
    session.expire_all()
    return f"{deadlines.closes_at(session, call, county, person.id if person else None):%m-%d %H:%M}"


def test_for_one_county(browser: Client, session: Session, call: Call) -> None:
    page = send(browser, LATER | {"scope": "county", "county": factories.COUNTY})
    assert pages.rows_of(page)[0][:3] == ["报考绵阳市三台县的人", LATER_SAID, LATER["reason"]]
    assert closes(session, call, factories.COUNTY, None) == "12-05 04:30"
    assert closes(session, call, factories.OTHER_COUNTY, None) == "12-02 00:00"


@pytest.mark.parametrize("by", ["id_number", "receipt_number"])
def test_for_one_person(browser: Client, session: Session, call: Call, by: str) -> None:
    application = factories.application(session, call)
    session.commit()
    if by == "id_number":
        named = f" {application.owner.id_number} ".lower()
    else:
        named = str(application.receipt_number).replace("-", "").lower()
    page = send(browser, LATER | {"scope": "person", "person": named})
    (row,) = pages.rows_of(page)
    assert row[0].startswith(application.owner.name)
    # Found by the number, which is not shown.
    assert str(application.owner.id_number) not in page.text
    assert closes(session, call, factories.COUNTY, application.owner) == "12-05 04:30"
    assert closes(session, call, factories.COUNTY, factories.cadre(session)) == "12-02 00:00"


def test_for_everyone(browser: Client, session: Session, call: Call) -> None:
    page = send(browser, LATER)
    assert pages.rows_of(page)[0][0] == "所有人"
    assert LATER_SAID in pages.text_of(browser.get("/calls/2026"))
    assert closes(session, call, factories.OTHER_COUNTY, None) == "12-05 04:30"


@pytest.mark.usefixtures("call")
@pytest.mark.parametrize(
    ("changes", "beside", "words"),
    [
        ({"reason": " "}, "reason", "请填写原因"),
        ({"closes_at": ""}, "closes_at", "请填写"),
        ({"closes_at": "2026-12-02T08:00"}, "closes_at", "应晚于现在的截止时间"),
        ({"scope": "county"}, "county", "请选择县"),
        ({"scope": "county", "county": "999999"}, "county", ""),
        ({"scope": "person"}, "person", "身份证号或回执号"),
        ({"scope": "person", "person": "26-AAAA-AAAA"}, "person", "没有找到这个人"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    browser: Client, changes: dict[str, str], beside: str, words: str
) -> None:
    page = send(browser, LATER | changes)
    assert page.status_code == 422
    assert words in pages.errors_beside(page)[beside]
    assert "还没有延长过" in pages.text_of(page)
