"""Correcting the rules through the pages: what admins, supervisors and reviewers see."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.corrections import operations, queries
from recruitment.people.models import Role, User
from tests import factories, pages
from tests.client import Client, tree, words
from tests.corrections.conftest import Round, short_served
from tests.corrections.test_operations import WHY, propose

PAGE = "/admin/calls/2026/re-evaluate"
TWO_YEARS = {"tenure_minimum": "2", **WHY}


def test_the_whole_way(browser: Client, session: Session, round_: Round) -> None:
    page = browser.submit(browser.get(PAGE), "试算", TWO_YEARS)
    said = pages.text_of(page)
    assert "3 份报名重新判定" in said
    assert "2 份的判定改变" in said
    assert "1 份已有审核决定" in said
    assert pages.rows_of(page, 0) == [["最低任职年限", "3年", "2年"]]
    listed = pages.rows_of(page, 3)
    assert {row[0].split()[0] for row in listed} == {
        round_.late.owner.name,
        round_.refused.owner.name,
    }
    assert all("任职年限：不符合 → 符合" in row[3] for row in listed)
    session.expire_all()
    assert round_.late.verdict_outcome == "ineligible"
    page = browser.submit(page, "确认更正")
    assert "已更正" in page.text
    assert "确认更正" not in pages.buttons(page)
    session.expire_all()
    assert round_.late.verdict_outcome == "eligible"
    assert round_.refused.state == "refused"
    assert "2年" in pages.text_of(browser.get("/admin/calls/2026"))


def test_birth_dates_follow_the_ages(browser: Client, round_: Round) -> None:
    page = browser.submit(browser.get(PAGE), "试算", {"age_ceiling_base": "43", **WHY})
    changed = pages.rows_of(page, 0)
    assert changed[0] == ["年龄上限", "40周岁", "43周岁"]
    assert changed[1] == ["出生日期：一般职位", "1985年11月17日及以后出生", "1982年11月17日及以后出生"]


def test_a_date_set_by_hand_stays_unless_its_age_changes(
    browser: Client, session: Session, round_: Round
) -> None:
    page = browser.submit(browser.get(PAGE), "试算", {"windows-base": "1985-01-01", **WHY})
    browser.submit(page, "确认更正")
    page = browser.submit(browser.get(PAGE), "试算", TWO_YEARS)
    assert pages.rows_of(page, 0) == [["最低任职年限", "3年", "2年"]]
    page = browser.submit(browser.get(PAGE), "试算", {"age_ceiling_base": "43", **WHY})
    assert ["出生日期：一般职位", "1985年1月1日及以后出生", "1982年11月17日及以后出生"] in pages.rows_of(
        page, 0
    )


@pytest.mark.parametrize(
    ("sent", "beside", "said"),
    [
        ({"tenure_minimum": "2"}, "reason", "请填写更正的理由"),
        ({"age_minimum": "17", **WHY}, "age_minimum", "不能低于18周岁"),
        ({"age_ceiling_base": "430", **WHY}, "age_ceiling_base", "65"),
    ],
)
def test_what_is_wrong_is_said_beside_it(
    browser: Client, round_: Round, sent: dict[str, str], beside: str, said: str
) -> None:
    page = browser.submit(browser.get(PAGE), "试算", sent)
    assert page.status_code == 422
    assert said in pages.errors_beside(page)[beside]


def test_nothing_to_correct(browser: Client, round_: Round) -> None:
    page = browser.submit(browser.get(PAGE), "试算", dict(WHY))
    assert page.status_code == 422
    assert "没有改动任何规定" in pages.text_of(page)


def test_a_stale_page_is_told_so_and_judges_again(browser: Client, session: Session, round_: Round) -> None:
    page = browser.submit(browser.get(PAGE), "试算", TWO_YEARS)
    short_served(session, round_.call, "submitted")
    session.commit()
    refused = browser.submit(page, "确认更正")
    assert refused.status_code == 409
    assert "有1份报名新提交或有了变化" in refused.text
    again = browser.submit(refused, "重新试算")
    assert "3 份的判定改变" in pages.text_of(again)
    browser.submit(again, "确认更正")
    session.expire_all()
    assert round_.late.verdict_outcome == "eligible"


def test_giving_up(browser: Client, session: Session, round_: Round) -> None:
    page = browser.submit(browser.get(PAGE), "试算", TWO_YEARS)
    page = browser.submit(page, "放弃这份更正")
    assert "没有更正过" in pages.text_of(page)


def test_a_draft_is_edited_instead(browser: Client, session: Session, person: User) -> None:
    factories.draft_call(session, person.actor(), slug="2027")
    session.commit()
    page = browser.get("/admin/calls/2027/re-evaluate")
    assert "请直接修改招考" in pages.text_of(page)
    assert pages.buttons(page) == []


def test_a_supervisor_reads_and_changes_nothing(
    supervisor: Client, session: Session, round_: Round, person: User
) -> None:
    propose(session, round_, person)
    page = supervisor.get(f"{PAGE}/2")
    assert "2 份的判定改变" in pages.text_of(page)
    assert pages.buttons(page) == []
    assert pages.buttons(supervisor.get(PAGE)) == []


def test_reviewers_are_shown_what_to_look_at(
    app: Flask, session: Session, round_: Round, person: User
) -> None:
    made = propose(session, round_, person)
    operations.confirm(session, made, person.actor(), factories.NOW, judged_at=made.judged_at)
    reviewer = pages.sign_in(app, session, factories.staff(session, Role.COUNTY_REVIEWER, factories.COUNTY))
    assert "有1份已审核的报名判定变了" in pages.text_of(reviewer.get("/review/"))
    (row,) = pages.rows_of(reviewer.get("/review/corrections"))
    assert round_.refused.owner.name in row[0]
    assert row[2] == "审核不通过"
    file = pages.text_of(reviewer.get(f"/review/{round_.refused.id}"))
    assert "更正前的判定：有不符合项" in file
    assert WHY["source"] in file
    elsewhere = pages.sign_in(
        app, session, factories.staff(session, Role.COUNTY_REVIEWER, factories.OTHER_COUNTY)
    )
    assert "没有需要复看的报名" in pages.text_of(elsewhere.get("/review/corrections"))


def test_the_list_asks_the_database_as_often_for_many(
    browser: Client, session: Session, round_: Round, person: User, counted: pages.Counter
) -> None:
    made = propose(session, round_, person)
    few = counted(lambda: browser.get(f"{PAGE}/2"))
    for _ in range(3):
        short_served(session, round_.call, "submitted")
    operations.judge_again(session, made, person.actor(), factories.NOW + timedelta(minutes=1))
    session.commit()
    assert counted(lambda: browser.get(f"{PAGE}/2")) == few


def test_the_list_goes_on_page_by_page(
    browser: Client,
    session: Session,
    round_: Round,
    person: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    propose(session, round_, person)
    monkeypatch.setattr(queries, "PAGE", 1)
    first = browser.get(f"{PAGE}/2")
    link = next(a for a in tree(first).iter("a") if words(a) == "下一页")
    second = browser.get(str(link.get("href")))
    names = [pages.rows_of(page, 3)[0][0].split()[0] for page in (first, second)]
    assert sorted(names) == sorted([round_.late.owner.name, round_.refused.owner.name])
    assert "下一页" not in second.text
    assert browser.get(f"{PAGE}/2?from=x").status_code == 404
