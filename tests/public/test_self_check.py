"""Somebody without an account asks what is open to them."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from recruitment.calls.models import Call
from recruitment.people.models import Role
from recruitment.public import self_check
from tests import factories, pages
from tests.client import Client, heading, tree, words
from tests.conftest import Clock
from tests.pages import counted, errors_beside, text_of

ANSWERS = {
    "birth_date": ["1988", "5", "4"],
    "education": "senior_high",
    "post": "party_secretary",
    "since": ["2019", "3", "1"],
    "county": factories.COUNTY,
    "commended": "no",
    "appraisal": "competent",
}


@pytest.fixture
def visitor(app: Flask, clock: Clock) -> Client:
    clock.set(factories.NOW)
    return pages.visitor(app)


@pytest.fixture
def call(session: Session) -> Call:
    made = factories.call(session, slug="2026")
    session.commit()
    return made


def ask(visitor: Client, **changes: object) -> TestResponse:
    return visitor.submit(visitor.get("/calls/2026/check"), "查看结果", ANSWERS | changes)


def groups(page: TestResponse) -> dict[str, int]:
    """Positions by group, from the figures above them."""
    lists = [element for element in tree(page).iter("ul") if element.get("class") == "counts"]
    pairs = [words(item).split() for item in lists[0].iter("li")]
    return {name: int(number) for name, number in pairs}


def link_of(page: TestResponse) -> str:
    return next(a.get("href", "") for a in tree(page).iter("a") if a.get("class") == "share-link")


@pytest.mark.usefixtures("call")
def test_who_was_a_first_secretary_is_told_that_this_is_not_checked_here(visitor: Client) -> None:
    assert "曾任驻村第一书记、已经离任的，也可能符合条件" in text_of(visitor.get("/calls/2026/check"))


@pytest.mark.usefixtures("call")
def test_who_meets_what_was_asked_is_told_where_and_why_not_elsewhere(visitor: Client) -> None:
    page = ask(visitor)
    assert heading(page) == "自查结果"
    assert groups(page) == {"条件相符": 1, "不能报": 1}
    said = text_of(page)
    assert "三台县某镇人民政府 · 综合岗位" in said
    assert "只能报考任职所在市（州）的职位" in said
    # What was not asked is not taken as absent.
    assert "因犯罪受过刑事处罚" in said.split("这里没有问的")[1]


@pytest.mark.usefixtures("call")
@pytest.mark.parametrize(
    ("changes", "found", "reason"),
    [
        ({"appraisal": ""}, "待核实", "2025年"),
        ({"education": "junior_middle"}, "差一条", "高中"),
        ({"since": ["2024", "1", "1"]}, "差一条", "继续任职到2027年1月1日，就满3年"),
        ({"birth_date": ["1982", "5", "4"]}, "不能报", "获得过国家规定的综合类表彰的，上限放宽到45周岁"),
        ({"birth_date": ["1982", "5", "4"], "commended": "unsure"}, "待核实", "综合类表彰"),
        ({"birth_date": ["1982", "5", "4"], "commended": "yes"}, "条件相符", ""),
        ({"post": "restructured"}, "条件相符", ""),
        ({"post": "committee_member"}, "不能报", "不在党组织书记"),
        ({"post": "none", "since": ["", "", ""], "county": ""}, "不能报", "不在党组织书记"),
    ],
)
def test_the_answer_names_the_rule_and_what_would_change_it(
    visitor: Client, changes: dict[str, object], found: str, reason: str
) -> None:
    page = ask(visitor, **changes)
    assert found in groups(page)
    said = text_of(page).split("这里没有问的")[0]
    assert reason in said
    assert "依据：" in said


def test_the_link_gives_the_same_answer_and_names_no_day(
    visitor: Client, app: Flask, session: Session, call: Call
) -> None:
    factories.position(session, call, conditions={"years": 5})
    session.commit()
    for changes in (
        {},
        {"since": ["2024", "1", "9"]},
        {"birth_date": ["1982", "5", "4"]},
        {"birth_date": ["2009", "5", "4"]},
        {"education": "secondary_vocational", "appraisal": ""},
        {"post": "none"},
    ):
        page = ask(visitor, **changes)
        link = link_of(page)
        somebody_else = pages.visitor(app)
        shared = somebody_else.get(link)
        assert shared.status_code == 200
        assert groups(shared) == groups(page)
        year, month, day = (ANSWERS | changes)["birth_date"]
        began = (ANSWERS | changes)["since"]
        for secret in (f"{year}年{month}月{day}日", f"{began[0]}年{began[1]}月{began[2]}日"):
            assert secret not in shared.text
        for secret in (year, began[0]):
            assert secret not in link
        assert "号" not in link
        # The representative's own days are nobody's and are not shown as anybody's.
        said = text_of(shared)
        assert "起满" not in said
        assert "之间" in said or "更早" in said or "或以后" in said


@pytest.mark.usefixtures("call")
def test_a_mangled_link_is_no_page(visitor: Client) -> None:
    link = link_of(ask(visitor))
    assert visitor.get(link.replace("senior_high", "wizard")).status_code == 404
    assert visitor.get("/calls/2026/check/result").status_code == 404
    other = link.replace("party_secretary", "deputy_director")
    assert visitor.get(other).status_code == 200


@pytest.mark.usefixtures("call")
def test_what_is_missing_is_said_beside_its_question(visitor: Client) -> None:
    page = visitor.submit(visitor.get("/calls/2026/check"), "查看结果")
    assert page.status_code == 422
    assert errors_beside(page).keys() == {"birth_date", "education", "post", "commended"}
    page = ask(visitor, since=["", "", ""], county="")
    assert errors_beside(page).keys() == {"since", "county"}
    # Nothing typed is lost.
    assert 'value="1988"' in page.text
    assert errors_beside(ask(visitor, birth_date=["2030", "1", "1"])).keys() == {"birth_date", "since"}
    assert errors_beside(ask(visitor, birth_date=["1988", "2", "30"])).keys() == {"birth_date"}


@pytest.mark.usefixtures("call")
def test_the_answers_can_be_changed_below_the_result(visitor: Client) -> None:
    page = visitor.submit(ask(visitor), "再查一次", {"education": "junior_middle"})
    assert groups(page) == {"差一条": 1, "不能报": 1}


@pytest.mark.usefixtures("visitor")
def test_the_short_address_leads_to_the_call_under_way(visitor: Client, session: Session) -> None:
    assert heading(visitor.get("/check")) == "现在没有招考"
    made = factories.call(session)
    draft = factories.draft_call(session, factories.actor(factories.staff(session, Role.ADMIN)))
    session.commit()
    assert visitor.get("/check").location == f"/calls/{made.slug}/check"
    assert visitor.get(f"/calls/{draft.slug}/check").status_code == 404


def test_a_position_far_away_by_two_rules_is_no_near_miss(
    visitor: Client, session: Session, call: Call
) -> None:
    factories.position(
        session, call, conditions={"years": 9}, conditions_text="任职满9年", education="bachelor"
    )
    session.commit()
    assert groups(ask(visitor)) == {"条件相符": 1, "不能报": 2}
    assert groups(ask(visitor, since=["2015", "1", "1"])) == {"条件相符": 1, "差一条": 1, "不能报": 1}


def test_many_positions_cost_no_more_queries(
    app: Flask, visitor: Client, session: Session, call: Call
) -> None:
    link = link_of(ask(visitor))
    with counted(app) as few:
        assert sum(groups(visitor.get(link)).values()) == 2
    for number in range(3):
        factories.position(session, call, education="bachelor", conditions={"years": number + 3})
    session.commit()
    with counted(app) as many:
        assert sum(groups(visitor.get(link)).values()) == 5
    assert len(many) == len(few) <= 3, many


def test_counties_with_positions_that_name_them_are_kept_in_the_link(
    visitor: Client, session: Session, call: Call
) -> None:
    assert "place=5107&" in link_of(ask(visitor)) + "&"
    factories.position(session, call, conditions={"areas": [factories.COUNTY]})
    session.commit()
    assert f"place={factories.COUNTY}&" in link_of(ask(visitor)) + "&"


def test_the_published_date_decides_to_the_day(visitor: Client, call: Call) -> None:
    first = date.fromisoformat(call.parameters["windows"]["base"])
    inside = ask(visitor, birth_date=[str(first.year), str(first.month), str(first.day)])
    assert groups(inside) == {"条件相符": 1, "不能报": 1}
    outside = ask(visitor, birth_date=[str(first.year), str(first.month), str(first.day - 1)])
    assert groups(outside) == {"不能报": 2}


@pytest.mark.usefixtures("call")
def test_a_program_that_asks_again_and_again_is_stopped_at_its_address(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(self_check, "CHECKS", "2 per 15 minutes")
    assert [ask(visitor).status_code for _ in range(3)] == [200, 200, 429]
    assert visitor.get("/calls/2026/check").status_code == 200, "the questions can still be read"
    visitor.environ_base["REMOTE_ADDR"] = "10.0.7.1"
    assert ask(visitor).status_code == 200, "somebody elsewhere goes on"
