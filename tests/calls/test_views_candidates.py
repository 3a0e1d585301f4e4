"""The list of candidates, the file made from it, its record, and the figures."""

import hashlib
import io
from datetime import timedelta
from functools import partial
from typing import Any

import openpyxl
import pytest
import python_calamine
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from recruitment.applications.models import Application
from recruitment.audit.models import AccessRecord
from recruitment.calls.models import Call
from recruitment.people.models import Role, User
from tests import factories, pages
from tests.client import Client

OFFICIAL = [
    "序号",
    "姓名",
    "性别",
    "身份证号",
    "出生年月",
    "民族",
    "政治面貌",
    "学历",
    "现任职务",
    "任职村（社区）",
    "任职起始",
    "报考县（市、区）",
    "招录机关",
    "职位名称",
    "职位代码",
    "联系电话",
    "回执号",
    "资格审核结果",
]
PURPOSE = "报省委组织部备案"


@pytest.fixture
def call(session: Session, person: User) -> Call:
    made = factories.call(session, person.actor(), slug="2026")
    session.commit()
    return made


def applied(
    session: Session,
    call: Call,
    name: str = "",
    minutes: int = 0,
    state: str = "submitted",
    county_code: str = factories.COUNTY,
) -> Application:
    owner = factories.cadre(session, name=name)
    factories.dossier(session, owner, county_code)
    at = factories.NOW - timedelta(minutes=minutes)
    return factories.application(session, call, owner, state, at, county_code)


def export(browser: Client, query: str = "", purpose: str = PURPOSE) -> TestResponse:
    page = browser.get(f"/admin/calls/2026/candidates{query}")
    return browser.submit(page, "导出为 .xlsx", {"purpose": purpose})


def cells(answer: TestResponse) -> list[list[Any]]:
    assert answer.status_code == 200, pages.text_of(answer)
    sheet = python_calamine.load_workbook(io.BytesIO(answer.data)).get_sheet_by_index(0)
    heading, *lines = sheet.to_python()
    assert str(heading[0]).endswith("报名人员名单")
    return lines


def test_the_file_has_the_rows_of_the_screen_in_their_order(
    browser: Client, session: Session, call: Call
) -> None:
    applied(session, call, "乙", minutes=5, state="qualified")
    applied(session, call, "甲", minutes=9, state="qualified")
    applied(session, call, "丙", minutes=1, state="qualified", county_code=factories.OTHER_COUNTY)
    applied(session, call, "丁", minutes=3)
    applied(session, call, "戊", state="draft")
    session.commit()
    for query, expected in (
        ("", ["甲", "乙", "丁", "丙"]),
        ("?state=qualified", ["甲", "乙", "丙"]),
        ("?state=qualified&area=510700", ["甲", "乙"]),
        (f"?area={factories.OTHER_COUNTY}", ["丙"]),
        ("?text=丁", ["丁"]),
        ("?state=refused", []),
    ):
        shown = browser.get(f"/admin/calls/2026/candidates{query}")
        on_screen = [row[0] for row in pages.rows_of(shown)] if expected else []
        header, *rows = cells(export(browser, query))
        assert header == OFFICIAL
        assert on_screen == [row[1] for row in rows] == expected
        assert [row[0] for row in rows] == [float(n + 1) for n in range(len(rows))]


def test_what_a_row_of_the_file_says(browser: Client, session: Session, call: Call) -> None:
    application = applied(session, call, "张三", state="qualified")
    owner, position = application.owner, application.position
    session.commit()
    row = dict(zip(OFFICIAL, cells(export(browser))[1], strict=True))
    assert row == {
        "序号": 1.0,
        "姓名": "张三",
        "性别": "女",
        "身份证号": owner.id_number,
        "出生年月": "1988.05",
        "民族": "汉族",
        "政治面貌": "中共党员",
        "学历": "高中",
        "现任职务": "村（社区）党组织书记",
        "任职村（社区）": (application.form or {})["tenures"][0]["community_name"],
        "任职起始": "2019.03",
        "报考县（市、区）": "绵阳市三台县",
        "招录机关": position.organ,
        "职位名称": position.name,
        "职位代码": position.code,
        "联系电话": owner.phone,
        "回执号": application.receipt_number,
        "资格审核结果": "资格初审合格",
    }


def test_text_stays_text_whatever_it_looks_like(browser: Client, session: Session, call: Call) -> None:
    application = applied(session, call, "=1+1", state="qualified")
    session.commit()
    book = openpyxl.load_workbook(io.BytesIO(export(browser).data))
    sheet: Any = book.active
    name, id_number, phone = (sheet.cell(3, OFFICIAL.index(c) + 1) for c in ("姓名", "身份证号", "联系电话"))
    assert (name.value, name.data_type) == ("=1+1", "s")
    assert (id_number.value, id_number.data_type) == (application.owner.id_number, "s")
    assert id_number.number_format == "@"
    assert (phone.value, phone.data_type) == (application.owner.phone, "s")


def test_without_a_purpose_there_is_no_file_and_no_record(
    browser: Client, session: Session, call: Call
) -> None:
    applied(session, call, "张三")
    session.commit()
    for purpose in ("", "  "):
        page = export(browser, "?state=submitted", purpose)
        assert page.status_code == 422
        assert "请填写导出用途" in pages.errors_beside(page)["purpose"]
        # The filter is still there for the second try.
        assert [row[0] for row in pages.rows_of(page)] == ["张三"]
    assert session.scalar(sa.select(sa.func.count()).select_from(AccessRecord)) == 0
    answer = browser.submit(page, "导出为 .xlsx", {"purpose": PURPOSE})
    assert len(cells(answer)) == 2


def test_an_export_is_on_record(
    browser: Client, supervisor: Client, session: Session, call: Call, person: User
) -> None:
    applied(session, call, state="qualified")
    applied(session, call)
    session.commit()
    answer = export(browser, "?state=qualified&area=510700")
    (record,) = session.scalars(sa.select(AccessRecord))
    assert (record.action, record.user_id, record.reason) == ("candidates.export", person.id, PURPOSE)
    assert (record.subject_kind, record.subject_id) == ("call", str(call.id))
    assert record.at == factories.NOW
    assert record.detail["rows"] == 1
    assert record.detail["filter"] == {"areas": ["51"], "states": ["qualified"], "area": "510700"}
    assert record.detail["sha256"] == hashlib.sha256(answer.data).hexdigest()
    for reader in (browser, supervisor):
        (row,) = pages.rows_of(reader.get("/admin/audit?action=candidates.export"))
        assert row[1:3] == ["罗管理", "导出名单"]
        assert "测试招考" in row[3]
        assert "地区：绵阳市" in row[3]
        assert "1行" in row[3]
        assert record.detail["sha256"] in row[3]
        assert row[4] == PURPOSE


def test_the_record_and_the_file_stand_or_fall_together(
    browser: Client, session: Session, call: Call
) -> None:
    applied(session, call)
    session.execute(
        sa.text("ALTER TABLE access_record ADD CONSTRAINT no_exports CHECK (action <> 'candidates.export')")
    )
    session.commit()
    try:
        with pytest.raises(sa.exc.IntegrityError):
            export(browser)
    finally:
        session.rollback()
        session.execute(sa.text("ALTER TABLE access_record DROP CONSTRAINT no_exports"))
        session.commit()


def test_an_admin_sees_and_takes_only_what_lies_in_their_area(
    app: Flask, session: Session, call: Call
) -> None:
    applied(session, call, "本市", state="qualified")
    applied(session, call, "外市", state="qualified", county_code=factories.OTHER_COUNTY)
    browser = pages.sign_in(app, session, factories.staff(session, Role.SUPERVISOR, "510700"))
    for query in (f"?area={factories.OTHER_COUNTY}", "?text=外市"):
        page = browser.get(f"/admin/calls/2026/candidates{query}")
        assert "没有符合筛选的人员" in pages.text_of(page)
    assert [row[0] for row in pages.rows_of(browser.get("/admin/calls/2026/candidates"))] == ["本市"]
    assert [row[0] for row in pages.rows_of(browser.get("/admin/calls/2026/figures"), 1)] == ["绵阳市"]


def test_a_choice_that_does_not_exist_narrows_nothing(browser: Client, session: Session, call: Call) -> None:
    applied(session, call, "张三")
    session.commit()
    page = browser.get("/admin/calls/2026/candidates?state=asleep&area=1&after=")
    assert [row[0] for row in pages.rows_of(page)] == ["张三"]
    assert browser.get("/admin/calls/2026/candidates?after=x").status_code == 404


def test_pages_go_on_where_the_one_before_ended(
    browser: Client, session: Session, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    from recruitment.calls import candidates

    for number in range(5):
        applied(session, call, f"第{number}人", minutes=50 - number)
    session.commit()
    monkeypatch.setattr(candidates.page, "__defaults__", ("", 2))
    seen: list[str] = []
    path = "/admin/calls/2026/candidates?state=submitted"
    while True:
        page = browser.get(path)
        seen += [row[0] for row in pages.rows_of(page)]
        links = [part.split('"')[0] for part in page.text.split('href="')[1:]]
        following = [link for link in links if link.startswith("/admin") and "after=" in link]
        if not following:
            break
        path = following[0].replace("&amp;", "&")
        assert "state=submitted" in path
    assert seen == [f"第{number}人" for number in range(5)]


def test_the_figures_count_by_state_county_and_prefecture(
    browser: Client, session: Session, call: Call
) -> None:
    applied(session, call, state="qualified")
    applied(session, call, state="refused")
    applied(session, call, state="returned")
    applied(session, call, state="withdrawn")
    applied(session, call, state="draft")
    applied(session, call, county_code=factories.OTHER_COUNTY)
    session.commit()
    page = browser.get("/admin/calls/2026/figures")
    by_state = {row[0]: row[1] for row in pages.rows_of(page)}
    assert by_state["资格初审合格"] == by_state["审核不通过"] == by_state["退回补正"] == "1"
    assert by_state["待县级初审"] == by_state["已撤回"] == "1"
    assert by_state["待市级确认"] == "0"
    assert "另有1人选了职位，还没有提交" in pages.text_of(page)
    # Area, positions, openings, applied, waiting, qualified, refused, ratio.
    assert pages.rows_of(page, 1) == [
        ["绵阳市", "1", "1", "3", "1", "1", "1", "1.0 : 1"],
        ["南充市", "1", "1", "1", "1", "0", "0", "0.0 : 1"],
        ["合计", "2", "2", "4", "2", "1", "1", "0.5 : 1"],
    ]
    page = browser.get("/admin/calls/2026/figures?area=510700")
    assert pages.rows_of(page) == [["三台县", "1", "1", "3", "1", "1", "1", "1.0 : 1"]]
    assert browser.get("/admin/calls/2026/figures?area=519900").status_code == 404


def test_a_longer_list_costs_no_more_queries(
    browser: Client, session: Session, call: Call, counted: "pages.Counter"
) -> None:
    paths = [
        f"/admin/calls/2026{path}" for path in ("", "/candidates", "/positions", "/figures", "/extensions")
    ]
    paths += ["/admin/calls/", "/admin/audit", "/", "/calls/2026", "/calls/2026/positions"]

    def cost() -> dict[str, int]:
        for path in paths:
            browser.get(path)
        return {path: counted(partial(browser.get, path)) for path in paths}

    applied(session, call)
    session.commit()
    export(browser)
    at_one = cost()
    for number in range(2):
        applied(session, call)
        factories.position(session, call, county_code=("510725", "511133")[number])
        factories.draft_call(session, factories.actor(factories.staff(session, Role.ADMIN)))
        session.commit()
        export(browser)
    assert cost() == at_one
    assert max(at_one.values()) <= 9


def test_the_file_costs_the_same_queries_for_any_number_of_rows(
    browser: Client, session: Session, call: Call, counted: "pages.Counter"
) -> None:
    applied(session, call)
    session.commit()
    export(browser)
    page = browser.get("/admin/calls/2026/candidates")

    def cost() -> int:
        return counted(lambda: browser.submit(page, "导出为 .xlsx", {"purpose": PURPOSE}))

    at_one = cost()
    for _ in range(2):
        applied(session, call)
    session.commit()
    assert cost() == at_one
