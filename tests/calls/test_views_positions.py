"""Importing a position table: a dry run, every error, and then exactly what was shown."""

import csv
import io

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from recruitment.calls import operations
from recruitment.calls.demo_table import demo_table
from recruitment.calls.models import Call, Position
from recruitment.calls.position_table import POSITION_TABLE
from recruitment.lists import uploads
from recruitment.lists.reading import read_list
from recruitment.people.models import User
from tests import factories, pages
from tests.client import Client

HEADER = [
    "职位代码",
    "市（州）",
    "县（市、区）",
    "乡镇（街道）",
    "招录机关",
    "职位名称",
    "名额",
    "学历要求",
    "其他条件",
]
GOOD = [
    "51072201",
    "绵阳市",
    "三台县",
    "潼川镇",
    "三台县潼川镇人民政府",
    "综合管理",
    "2",
    "高中（中专）及以上",
    "中共党员",
]
OTHER = ["51322601", "阿坝州", "壤塘县", "", "壤塘县委组织部", "基层治理", "1", "初中及以上", "懂藏语"]


def table(*rows: list[str]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([HEADER, *rows])
    return buffer.getvalue().encode()


def changed(row: list[str], **cells: str) -> list[str]:
    places = {"code": 0, "county": 2, "openings": 6, "education": 7}
    row = list(row)
    for name, value in cells.items():
        row[places[name]] = value
    return row


@pytest.fixture
def call(session: Session, person: User) -> Call:
    factories.load_areas(session)
    made = factories.draft_call(session, person.actor(), slug="2027")
    session.commit()
    return made


def send(browser: Client, content: bytes, name: str = "职位表.csv") -> TestResponse:
    page = browser.get("/admin/calls/2027/positions/import")
    return browser.submit(page, "上传并试读", {"table": pages.upload(content, name)})


def codes(session: Session) -> list[str]:
    session.expire_all()
    return list(session.scalars(sa.select(Position.code).order_by(Position.code)))


@pytest.mark.usefixtures("call")
def test_a_dry_run_changes_nothing_and_its_confirmation_imports_exactly_it(
    browser: Client, session: Session
) -> None:
    page = send(browser, table(GOOD, OTHER))
    words = pages.text_of(page)
    assert "没有发现错误。还没有导入" in words
    for number in ("2 个职位", "3 个名额", "2 个县", "2 个市"):
        assert number in words
    assert pages.rows_of(page)[0][:4] == ["51072201", "三台县潼川镇人民政府", "综合管理", "绵阳市三台县"]
    assert codes(session) == []
    # Another upload in between does not change what this page confirms.
    send(browser, table(changed(GOOD, code="51072299")))
    page = browser.submit(page, "确认导入2个职位")
    assert "已导入2个职位" in page.text
    assert codes(session) == ["51072201", "51322601"]
    position = session.scalars(sa.select(Position).where(Position.code == "51072201")).one()
    assert (position.openings, position.education) == (2, "senior_high")
    assert (position.county_code, position.township_code) == ("510722", "510722101")
    assert position.conditions == {"party_member": True}
    assert position.conditions_text == "中共党员"


@pytest.mark.usefixtures("call")
def test_every_error_is_listed_by_row_and_column_and_nothing_is_imported(
    browser: Client, session: Session
) -> None:
    page = send(
        browser,
        table(
            GOOD,
            changed(GOOD, code="51072202", openings="两个", education="会写字"),
            changed(GOOD, county="三台线", code="51072203"),
            changed(GOOD),
        ),
    )
    assert "发现4处错误，没有导入任何内容" in pages.text_of(page)
    assert [(row[0], row[1]) for row in pages.rows_of(page)] == [
        ("第3行", "名额 G3"),
        ("第3行", "学历要求 H3"),
        ("第4行", "县（市、区） C4"),
        ("第5行", "职位代码 A5"),
    ]
    assert not any("确认" in words for words in pages.buttons(page))
    # Whoever confirms all the same imports nothing, either.
    token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = browser.post(page.request.path, data={"csrf_token": token})
    assert answer.status_code == 422
    assert codes(session) == []


@pytest.mark.usefixtures("call")
def test_a_position_may_not_ask_for_less_than_the_call(browser: Client, session: Session) -> None:
    page = send(browser, table(OTHER, changed(GOOD, education="初中及以上")))
    (error,) = pages.rows_of(page)
    assert error[:2] == ["第3行", "学历要求 H3"]
    assert "高中" in error[2]
    assert codes(session) == []


@pytest.mark.usefixtures("call")
def test_wrong_cells_and_what_the_row_shows_are_said_in_one_dry_run(browser: Client) -> None:
    bad = changed(GOOD, openings="两个", education="初中及以上", county="盐亭县", code="51072205")
    page = send(browser, table(bad, changed(bad, education="会写字", county="青川县", code="51072206")))
    assert [row[:2] for row in pages.rows_of(page)] == [
        ["第2行", "名额 G2"],
        ["第2行", "乡镇（街道） D2"],
        ["第2行", "学历要求 H2"],
        ["第3行", "名额 G3"],
        ["第3行", "学历要求 H3"],
        ["第3行", "县（市、区） C3"],
    ]


@pytest.mark.usefixtures("call")
def test_a_new_table_replaces_the_old_one_whole(browser: Client, session: Session) -> None:
    browser.submit(send(browser, table(GOOD, OTHER)), "确认导入2个职位")
    page = send(browser, table(changed(GOOD, code="51072209")))
    assert "现在的2个职位会整个被替换" in pages.text_of(page)
    browser.submit(page, "确认导入1个职位")
    assert codes(session) == ["51072209"]


@pytest.mark.usefixtures("call")
def test_confirming_once_more_shows_what_was_imported(browser: Client, session: Session) -> None:
    page = send(browser, table(GOOD))
    browser.submit(page, "确认导入1个职位")
    browser.submit(send(browser, table(OTHER)), "确认导入1个职位")
    again = browser.submit(page, "确认导入1个职位")
    assert "已导入1个职位" in pages.text_of(again)
    assert codes(session) == ["51322601"]


def test_a_published_call_takes_no_table(browser: Client, session: Session, person: User, call: Call) -> None:
    page = send(browser, table(GOOD))
    factories.position(session, call, code="X001")
    operations.advance(session, call, "publish", person.actor(), factories.OPENS)
    session.commit()
    refused = browser.submit(page, "确认导入1个职位")
    assert refused.status_code == 409
    assert "公告已经发布" in pages.text_of(refused)
    assert codes(session) == ["X001"]
    assert "不能再整体替换" in pages.text_of(browser.get("/admin/calls/2027/positions/import"))


@pytest.mark.usefixtures("call")
@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "a.csv", "空的"),
        (b"x", "a.pdf", ".xlsx 或 .csv"),
        (b"x" * 2001, "a.csv", "MB"),
    ],
)
def test_a_file_that_cannot_be_a_table_is_refused_beside_its_field(
    browser: Client, content: bytes, name: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 2000)
    page = send(browser, content, name)
    assert page.status_code == 422
    assert words in pages.errors_beside(page)["table"]


@pytest.mark.usefixtures("call")
def test_a_damaged_workbook_is_an_error_and_no_fault(browser: Client) -> None:
    page = send(browser, b"PK\x03\x04 no workbook", "a.xlsx")
    assert page.status_code == 200
    assert "发现1处错误" in pages.text_of(page)
    assert pages.rows_of(page)[0][0] == "整个表"


@pytest.mark.usefixtures("call")
def test_the_template_can_be_filled_in_and_imported(browser: Client, session: Session) -> None:
    answer = browser.get("/admin/calls/positions-template.xlsx")
    assert "spreadsheetml" in answer.content_type
    found = read_list(POSITION_TABLE, answer.data)
    assert found.errors == []
    assert len(found.rows) == 1
    browser.submit(send(browser, answer.data, "模板.xlsx"), "确认导入1个职位")
    assert len(codes(session)) == 1


@pytest.mark.usefixtures("call")
def test_a_whole_province_is_imported_from_a_workbook(browser: Client, session: Session) -> None:
    page = send(browser, demo_table(7), "职位表.xlsx")
    words = pages.text_of(page)
    assert "21 个市（州）" in words
    number = words.split(" 个职位")[0].split()[-1]
    assert int(number) >= 200
    browser.submit(page, f"确认导入{number}个职位")
    assert len(codes(session)) == int(number)
    # A keyset page shows what comes after the last one of the page before, and filters hold on it.
    page = browser.get("/admin/calls/2027/positions?area=510700")
    assert all("绵阳市" in row[1] for row in pages.rows_of(page))
