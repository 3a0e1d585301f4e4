"""What anybody reads without signing in."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from recruitment.calls import operations
from recruitment.calls.models import Call
from recruitment.eligibility.rulesets import Override
from recruitment.people.models import Role
from recruitment.public.words import paragraphs, phone_number
from tests import factories, pages
from tests.client import Client, heading, tree, words
from tests.conftest import Clock
from workflows.terms import Actor


@pytest.fixture
def admin(session: Session) -> Actor:
    return factories.actor(factories.staff(session, Role.ADMIN))


@pytest.fixture
def call(session: Session, admin: Actor) -> Call:
    made = factories.call(
        session,
        admin,
        slug="2026",
        title="四川省2026年定向考录",
        introduction="到乡镇工作。\n\n面向村干部。",
        hotline="028-5550-0000（工作日）",
    )
    session.commit()
    return made


def links(page: TestResponse) -> dict[str, str]:
    return {words(a): a.get("href", "") for a in tree(page).iter("a")}


def cards(page: TestResponse) -> list[str]:
    return [words(item) for item in tree(page).iter("li") if item.get("class") == "vacancy"]


def test_without_a_call_the_home_page_says_so(client: Client, session: Session, admin: Actor) -> None:
    assert heading(client.get("/")) == "现在没有招考"
    factories.draft_call(session, admin, title="还没有公布的招考")
    session.commit()
    page = client.get("/")
    assert heading(page) == "现在没有招考"
    assert "还没有公布的招考" not in page.text


@pytest.mark.usefixtures("call")
def test_the_home_page_says_what_who_and_until_when(client: Client) -> None:
    page = client.get("/")
    assert heading(page) == "四川省2026年定向考录"
    said = pages.text_of(page)
    assert "截止时间：2026年12月02日（星期三）08:00，还剩9天20小时" in said
    assert "2个职位" in said
    assert "一般职位：40周岁以下（1985年11月17日及以后出生）" in said
    assert "在上述职务上连续任职满3年" in said
    found = links(page)
    assert found["注册报名"] == "/sign-up"
    assert found["看职位表"] == "/calls/2026/positions"
    assert found["028-5550-0000（工作日）"] == "tel:02855500000"


def test_the_home_page_knows_before_and_after(client: Client, clock: Clock, call: Call) -> None:
    clock.set(factories.OPENS - timedelta(hours=1))
    assert "2026年11月17日（星期二）08:00开始" in pages.text_of(client.get("/"))
    clock.set(factories.CLOSES - timedelta(minutes=1))
    assert "正在报名" in pages.text_of(client.get("/"))
    clock.set(factories.CLOSES)
    page = client.get("/")
    assert "报名已于2026年12月02日（星期三）08:00截止" in pages.text_of(page)
    assert "注册报名" not in links(page)


def test_the_call_that_is_open_comes_first(
    client: Client, session: Session, admin: Actor, call: Call
) -> None:
    later = factories.call(
        session,
        admin,
        title="明年的招考",
        registration_opens_at=factories.OPENS + timedelta(days=100),
        registration_closes_at=factories.CLOSES + timedelta(days=100),
    )
    session.commit()
    page = client.get("/")
    assert heading(page) == call.title
    assert links(page)["明年的招考"] == f"/calls/{later.slug}"


def test_a_cadre_is_led_to_choosing_a_position(app: Flask, session: Session, call: Call) -> None:
    browser = pages.sign_in(app, session, factories.cadre(session))
    found = links(browser.get("/"))
    assert found["选职位报名"] == f"/calls/{call.slug}/choose"
    assert "注册报名" not in found


def test_drafts_and_cancelled_calls_are_not_there(
    client: Client, session: Session, admin: Actor, call: Call
) -> None:
    draft = factories.draft_call(session, admin, slug="draft")
    position = factories.position(session, draft)
    session.commit()
    open_position = call.positions[0].code
    for path in ("", "/positions", f"/positions/{position.code}"):
        assert client.get(f"/calls/draft{path}").status_code == 404
    assert client.get(f"/calls/2026/positions/{open_position}").status_code == 200
    operations.advance(session, call, "cancel", admin, factories.NOW, reason="机构改革")
    session.commit()
    for path in ("", "/positions", f"/positions/{open_position}"):
        assert client.get(f"/calls/2026{path}").status_code == 404
    assert heading(client.get("/")) == "现在没有招考"


def test_a_position_of_another_call_is_not_there(
    client: Client, session: Session, admin: Actor, call: Call
) -> None:
    draft = factories.draft_call(session, admin, slug="draft")
    hidden = factories.position(session, draft)
    session.commit()
    assert client.get(f"/calls/2026/positions/{hidden.code}").status_code == 404


def test_the_call_page_shows_the_dates_that_its_own_rules_give(
    client: Client, session: Session, admin: Actor
) -> None:
    raised = Override("age.ceiling.base", 43, "三州人手不足", "川组通〔2026〕9号")
    call = factories.call(session, admin, slug="2026", overrides=[raised])
    session.commit()
    bands = {row[0]: row[1:] for row in pages.rows_of(client.get("/calls/2026"))}
    assert bands["一般职位"][:2] == ["43周岁以下", "1982年11月17日及以后出生"]
    assert "川组通〔2026〕9号" in bands["一般职位"][2]
    assert bands["获得综合类表彰的人员"][1] == "1980年11月17日及以后出生"
    assert call.title in client.get("/calls/2026").text


def test_the_call_page_names_counties_with_more_time_and_no_person(
    client: Client, session: Session, admin: Actor, call: Call
) -> None:
    person = factories.cadre(session, name="赵某某")
    later = factories.CLOSES + timedelta(days=1)
    for whom in ({"county_code": factories.COUNTY}, {"user_id": person.id}):
        operations.extend(session, call, admin, factories.NOW, closes_at=later, reason="断网", **whom)
    session.commit()
    page = client.get("/calls/2026")
    assert "绵阳市三台县：2026年12月03日（星期四）08:00" in pages.text_of(page)
    assert "赵某某" not in page.text
    # For everyone else nothing has changed.
    assert "截止时间：2026年12月02日（星期三）08:00" in pages.text_of(page)
    in_county = next(p for p in call.positions if p.county_code == factories.COUNTY)
    assert "2026年12月03日" in pages.text_of(client.get(f"/calls/2026/positions/{in_county.code}"))


def test_positions_are_filtered_by_the_address_alone(client: Client, session: Session, call: Call) -> None:
    factories.position(
        session,
        call,
        "513230",
        code="T1",
        organ="壤塘县某乡人民政府",
        conditions_text="懂藏语",
        conditions={"languages": ["藏语"]},
    )
    factories.position(session, call, code="B1", organ="三台县高门槛镇人民政府", education="bachelor")
    session.commit()
    everything = cards(client.get("/calls/2026/positions"))
    assert len(everything) == 4

    def found(query: str) -> set[str]:
        return {text.split(" · ")[0] for text in cards(client.get(f"/calls/2026/positions?{query}"))}

    assert found("area=510700") == {"三台县某镇人民政府", "三台县高门槛镇人民政府"}
    assert found("area=513230") == {"壤塘县某乡人民政府"}
    # Junior middle school is enough in a Tibetan area; nobody is shown what asks for more than they have.
    assert found("education=junior_middle") == {"壤塘县某乡人民政府"}
    assert "三台县高门槛镇人民政府" not in found("education=secondary_vocational")
    assert found("text=藏语") == {"壤塘县某乡人民政府"}
    assert found("text=三台+高门槛") == {"三台县高门槛镇人民政府"}
    assert found("text=%25") == set()
    assert "壤塘县某乡人民政府" not in found("unconditional=y")
    page = client.get("/calls/2026/positions?area=510700&text=不存在")
    assert "没有符合筛选的职位" in pages.text_of(page)


def test_a_filtered_list_goes_on_from_page_to_page(
    client: Client, session: Session, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    from recruitment.calls import queries

    for number in range(4):
        factories.position(session, call, code=f"S{number}")
    session.commit()
    monkeypatch.setattr(queries.positions_page, "__defaults__", ("", 2))
    seen: list[str] = []
    path = "/calls/2026/positions?area=510700"
    while path:
        page = client.get(path)
        seen += [text.rsplit(" ", 1)[1] for text in cards(page)]
        path = links(page).get("下一页", "")
        assert not path or "area=510700" in path
    assert seen == sorted(p.code for p in call.positions if p.county_code == factories.COUNTY)
    assert len(seen) == 5


def test_a_position_says_everything_it_asks(client: Client, session: Session, call: Call) -> None:
    made = factories.position(
        session,
        call,
        "511133",
        code="M1",
        openings=3,
        education="junior_college",
        conditions_text="懂彝语",
        note="最低服务年限8年",
        phone="0833-5550000",
    )
    session.commit()
    page = client.get("/calls/2026/positions/M1")
    assert heading(page) == f"{made.organ} · {made.name}"
    said = pages.text_of(page)
    for part in (
        "M1",
        "乐山市马边彝族自治县",
        "3人",
        "大专及以上",
        "懂彝语",
        "最低服务年限8年",
        "0833-5550000",
    ):
        assert part in said
    # In an autonomous area its own ceiling is the one that counts.
    bands = [row[0] for row in pages.rows_of(page)]
    assert bands == ["最低年龄", "民族自治地方的职位", "获得综合类表彰的人员"]


def test_text_of_admins_is_shown_as_text(client: Client, session: Session, admin: Actor) -> None:
    factories.call(session, admin, slug="2026", title="<b>粗</b>", introduction="<script>alert(1)</script>")
    session.commit()
    page = client.get("/calls/2026")
    assert heading(page) == "<b>粗</b>"
    assert "<script>alert" not in page.text


def test_paragraphs_and_phone_numbers() -> None:
    assert paragraphs("一。\r\n二。\r\n\r\n \n三。") == ["一。\n二。", "三。"]
    assert paragraphs("") == []
    assert phone_number("028-5550-0000（工作日）、028-5550-0001") == "02855500000"
    assert phone_number("见公告") == ""
