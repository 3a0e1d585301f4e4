"""Setting up a call through its pages, and taking it from step to step."""

import uuid
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.calls import operations
from recruitment.calls.models import Call
from recruitment.calls.rules import parameters_of
from recruitment.eligibility.rulesets import Override
from recruitment.people.models import Role, User
from tests import factories, pages
from tests.client import Client, heading

FILLED = {
    "title": "四川省2027年定向考录",
    "slug": "2027",
    "hotline": "028-5550-0000",
    "introduction": "第一段。\n\n第二段。",
    "registration_opens_at": "2027-03-01T08:00",
    "registration_closes_at": "2027-03-10T08:00",
}
RAISED = {
    "age_ceiling_base-value": "43",
    "age_ceiling_base-reason": "三州人手不足",
    "age_ceiling_base-source": "川组通〔2027〕1号",
}


def only_call(session: Session) -> Call:
    session.expire_all()
    return session.scalars(sa.select(Call)).one()


def test_a_call_is_set_up_in_a_form(browser: Client, session: Session) -> None:
    page = browser.get("/admin/calls/")
    assert "还没有招考" in pages.text_of(page)
    page = browser.submit(browser.get("/admin/calls/new"), "保存", FILLED)
    assert heading(page) == FILLED["title"]
    call = only_call(session)
    assert call.state == "draft"
    # Eight o'clock in Sichuan is midnight in UTC, and the reference date is the first day there.
    assert call.registration_opens_at.isoformat() == "2027-03-01T00:00:00+00:00"
    assert call.reference_date == date(2027, 3, 1)
    assert call.second_review
    assert (call.review_hours, call.correction_hours) == (48, 48)
    assert parameters_of(call).windows.base == date(1986, 3, 1)
    assert "2027年03月10日（星期三）08:00" in pages.text_of(page)
    assert FILLED["title"] in pages.text_of(browser.get("/admin/calls/"))


def test_a_raised_ceiling_is_shown_as_birth_dates_before_anything_is_saved(
    browser: Client, session: Session
) -> None:
    page = browser.submit(browser.get("/admin/calls/new"), "核对出生日期", FILLED | RAISED)
    assert page.status_code == 200
    bands = {row[0]: row[1:] for row in pages.rows_of(page)}
    assert bands["一般职位"][:2] == ["43周岁以下", "1983年3月1日及以后出生"]
    wider = "一般职位的范围更宽，按一般职位执行"
    assert bands["民族自治地方的职位"][1] == f"1984年3月1日及以后出生 {wider}"
    assert bands["获得综合类表彰的人员"][1] == "1981年3月1日及以后出生"
    assert bands["最低年龄"][1] == "2009年3月1日及以前出生"
    assert session.scalar(sa.select(sa.func.count()).select_from(Call)) == 0

    page = browser.submit(page, "保存", {})
    assert {row[0]: row[2] for row in pages.rows_of(page)}["一般职位"] == "1983年3月1日及以后出生"
    assert pages.rows_of(page, 1) == [["年龄上限", "43周岁", "三州人手不足", "川组通〔2027〕1号"]]
    assert operations.overrides_of(only_call(session)) == [
        Override("age.ceiling.base", 43, "三州人手不足", "川组通〔2027〕1号")
    ]


def test_a_call_may_publish_dates_of_its_own(browser: Client, session: Session) -> None:
    own = FILLED | {"windows-base": "1986-01-01"}
    browser.submit(browser.get("/admin/calls/new"), "保存", own)
    assert parameters_of(only_call(session)).windows.base == date(1986, 1, 1)
    # They are there when the form is opened again, and saving it changes nothing.
    page = browser.get("/admin/calls/2027/edit")
    browser.submit(page, "保存", {})
    assert parameters_of(only_call(session)).windows.base == date(1986, 1, 1)
    assert parameters_of(only_call(session)).windows.autonomous == date(1984, 3, 1)


@pytest.mark.parametrize(
    ("changes", "beside", "words"),
    [
        ({"title": ""}, "title", "请填写标题"),
        ({"slug": "二〇二七"}, "slug", "小写字母"),
        ({"slug": "new"}, "slug", "不能用"),
        ({"registration_opens_at": "明天"}, "registration_opens_at", "日期和时间"),
        ({"registration_opens_at": "0001-01-01T00:00"}, "registration_opens_at", "年份"),
        ({"registration_closes_at": "2027-03-01T08:00"}, "registration_closes_at", "晚于开始"),
        ({"review_hours": "0"}, "review_hours", "1到720"),
        ({"correction_hours": "两天"}, "correction_hours", "整数"),
        ({"reference_date": "2010-01-01"}, "reference_date", "2016-03-17"),
        ({"age_ceiling_base-value": "43"}, "age_ceiling_base-reason", "理由"),
        ({"age_ceiling_base-value": "43"}, "age_ceiling_base-source", "依据"),
        ({"age_ceiling_base-value": "430"}, "age_ceiling_base-value", "0到65"),
        (
            {"age_minimum-value": "16", "age_minimum-reason": "缺人", "age_minimum-source": "纪要"},
            "age_minimum-value",
            "不能低于18周岁",
        ),
        (
            {
                "education_floor-value": "junior_middle",
                "education_floor-reason": "缺人",
                "education_floor-source": "纪要",
            },
            "education_floor-value",
            "不能低于高中",
        ),
        ({"windows-minimum": "2012-01-01"}, "windows-minimum", "法定最低年龄"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    browser: Client, session: Session, changes: dict[str, str], beside: str, words: str
) -> None:
    page = browser.submit(browser.get("/admin/calls/new"), "保存", FILLED | changes)
    assert page.status_code == 422
    assert words in pages.errors_beside(page)[beside]
    assert session.scalar(sa.select(sa.func.count()).select_from(Call)) == 0
    # Nothing typed is lost.
    assert all(f'value="{value}"' in page.text for value in changes.values() if value and value.isascii())


def test_a_slug_is_taken_once(browser: Client, session: Session, person: User) -> None:
    factories.draft_call(session, person.actor(), slug="2027")
    session.commit()
    page = browser.submit(browser.get("/admin/calls/new"), "保存", FILLED)
    assert "已经有一次招考" in pages.errors_beside(page)["slug"]


def test_a_draft_is_changed_and_only_by_one_admin_at_a_time(
    app: Flask, browser: Client, session: Session, person: User
) -> None:
    call = factories.draft_call(session, person.actor(), slug="2027")
    session.commit()
    colleague = pages.sign_in(app, session, factories.staff(session, Role.ADMIN))
    mine = browser.get("/admin/calls/2027/edit")
    theirs = colleague.get("/admin/calls/2027/edit")
    page = browser.submit(mine, "保存", {"hotline": "028-1111111"})
    assert "028-1111111" in pages.text_of(page)
    page = colleague.submit(theirs, "保存", {"title": "同事的标题"})
    assert page.status_code == 422
    assert "其他人修改了" in pages.text_of(page)
    assert 'value="同事的标题"' in page.text
    session.refresh(call)
    assert (call.hotline, call.title) == ("028-1111111", "测试招考")


def test_a_call_is_published_only_with_positions(browser: Client, session: Session, person: User) -> None:
    call = factories.draft_call(session, person.actor())
    session.commit()
    page = browser.get(f"/admin/calls/{call.slug}")
    assert "还没有导入职位表" in pages.text_of(page)
    page = browser.submit(page, "发布公告")
    assert page.status_code == 409
    assert "没有发布公告" in pages.text_of(page)
    session.refresh(call)
    assert call.state == "draft"

    factories.load_areas(session)
    factories.position(session, call)
    session.commit()
    page = browser.submit(browser.get(f"/admin/calls/{call.slug}"), "发布公告")
    assert "公告已发布" in pages.text_of(page)
    session.refresh(call)
    assert call.state == "published"


def test_cancelling_asks_for_a_reason_and_keeps_it(browser: Client, session: Session, person: User) -> None:
    call = factories.call(session, person.actor())
    session.commit()
    path = f"/admin/calls/{call.slug}"
    page = browser.submit(browser.get(path), "取消招考", {"reason": " "})
    assert page.status_code == 409
    assert "请写明理由" in pages.text_of(page)
    page = browser.submit(browser.get(path), "取消招考", {"reason": "机构改革"})
    assert "罗管理：机构改革" in pages.text_of(page)
    assert browser.get(f"/calls/{call.slug}").status_code == 404


def test_a_step_decided_on_an_old_page_is_refused(browser: Client, session: Session, person: User) -> None:
    call = factories.draft_call(session, person.actor())
    factories.load_areas(session)
    factories.position(session, call)
    session.commit()
    old = browser.get(f"/admin/calls/{call.slug}")
    browser.submit(old, "发布公告")
    browser.submit(browser.get(f"/admin/calls/{call.slug}"), "撤下公告", {"reason": "改一个字"})
    page = browser.submit(old, "发布公告")
    assert page.status_code == 409
    assert "已有变化" in pages.text_of(page)


def test_a_published_call_is_no_longer_changed(browser: Client, session: Session, person: User) -> None:
    draft = factories.draft_call(session, person.actor(), slug="2027")
    session.commit()
    page = browser.get("/admin/calls/2027/edit")
    factories.load_areas(session)
    factories.position(session, draft)
    operations.advance(session, draft, "publish", person.actor(), factories.NOW - timedelta(days=9))
    session.commit()
    refused = browser.submit(page, "保存", {"title": "改名"})
    assert refused.status_code == 422
    assert "公告已经发布" in pages.text_of(refused)
    assert heading(browser.get("/admin/calls/2027/edit", follow_redirects=True)) == "测试招考"
    assert "修改" not in pages.text_of(browser.get("/admin/calls/2027")).split()


def test_a_supervisor_reads_and_changes_nothing(supervisor: Client, session: Session, person: User) -> None:
    call = factories.call(session, person.actor())
    draft = factories.draft_call(session, person.actor())
    session.commit()
    for path in ("", "/positions", "/figures", "/candidates", "/extensions"):
        for of in (call, draft):
            page = supervisor.get(f"/admin/calls/{of.slug}{path}")
            assert page.status_code == 200
            # The button of a filter changes nothing.
            assert set(pages.buttons(page)) <= {"查看"}, path
    for path in ("/new", f"/{draft.slug}/edit", f"/{draft.slug}/positions/import"):
        assert supervisor.get(f"/admin/calls{path}").status_code == 403
    token = supervisor.get("/account").text.split('name="csrf_token" value="')[1].split('"')[0]
    for path in (
        "/new",
        f"/{draft.slug}/edit",
        f"/{draft.slug}/publish",
        f"/{draft.slug}/positions/import",
        f"/{draft.slug}/positions/import/{uuid.UUID(int=0)}",
        f"/{call.slug}/extensions",
        f"/{call.slug}/candidates/export",
    ):
        assert supervisor.post(f"/admin/calls{path}", data={"csrf_token": token}).status_code == 403, path


def test_an_admin_of_one_prefecture_reads_the_province_s_call_and_leaves_it_alone(
    app: Flask, session: Session, person: User
) -> None:
    draft = factories.draft_call(session, person.actor())
    local = factories.staff(session, Role.ADMIN, "510700")
    browser = pages.sign_in(app, session, local)
    page = browser.get(f"/admin/calls/{draft.slug}")
    assert pages.buttons(page) == []
    assert browser.get(f"/admin/calls/{draft.slug}/edit").status_code == 403
    page = browser.submit(browser.get("/admin/calls/new"), "保存", FILLED)
    assert page.status_code == 422
    assert "不在您负责的地区" in pages.text_of(page)


def test_there_is_no_such_call(browser: Client) -> None:
    for path in ("", "/edit", "/positions", "/figures", "/candidates", "/extensions", "/positions/import"):
        assert browser.get(f"/admin/calls/nowhere{path}").status_code == 404
    assert browser.get("/admin/calls/%00").status_code == 400
