"""The pages: scheme, double entry, ranking, publication, the public's check, the cadre's own result."""

import json
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from recruitment.people.models import Role
from recruitment.selection import plans, presets
from recruitment.selection.certificate import verify
from tests import factories, pages
from tests.client import Client, tree
from tests.conftest import Clock
from tests.pages import counted, signed_in
from tests.selection import stage
from tests.selection.stage import LATER


@pytest.fixture(autouse=True)
def today(clock: Clock) -> None:
    clock.set(LATER)


@pytest.fixture
def made(session: Session) -> stage.Exam:
    found = stage.exam(session, (4, 2))
    session.commit()
    return found


def browser(app: Flask, session: Session, person: object) -> Client:
    return pages.sign_in(app, session, person)  # type: ignore[arg-type]


ROWS = [["80", "70"], ["66.5", "63"], ["60", "60"], ["缺考", "50"], ["70", "70"], ["55", "违纪"]]


def test_a_scheme_is_chosen_edited_and_checked(app: Flask, session: Session, made: stage.Exam) -> None:
    admin = browser(app, session, made.admin)
    url = f"/admin/calls/{made.call.slug}/scheme"
    page = admin.submit(admin.get(url), "载入这个方案", {"preset": "30_20_50"})
    assert "面试 × 0.50" in pages.text_of(page)
    assert plans.plan_of(session, made.call).scheme == presets.PRESETS["35_35_30"].toml
    page = admin.submit(page, "保存")
    assert "已保存" in page.text
    session.expire_all()
    assert plans.plan_of(session, made.call).scheme == presets.PRESETS["30_20_50"].toml
    page = admin.submit(page, "保存", {"scheme": "ratio = 0"})
    assert page.status_code == 422
    said = pages.errors_beside(page)["scheme"]
    assert "ratio 应为 1 到 1000 的整数" in said
    assert "缺少 [[subject]]" in said
    # What was typed is still there.
    assert "ratio = 0" in page.text


def test_from_two_entries_to_the_cadres_own_result(
    app: Flask, session: Session, made: stage.Exam, clock: Clock
) -> None:
    slug = made.call.slug
    first, second = browser(app, session, made.admin), browser(app, session, made.other)
    rows = dict(zip(made.tickets, ROWS, strict=True))
    wrong = rows | {made.tickets[1]: ["65.5", "63"]}

    def upload(who: Client, content: bytes) -> TestResponse:
        page = who.get(f"/admin/calls/{slug}/marks")
        return who.submit(page, "上传并试读", {"table": pages.upload(content, "成绩.csv")})

    page = upload(first, stage.sheet(rows | {made.tickets[0]: ["180", "七十"]}))
    assert [row[:2] for row in pages.rows_of(page)] == [["第2行", "行测 B2"], ["第2行", "申论 C2"]]

    page = first.submit(upload(first, stage.sheet(rows)), "确认我的录入")
    assert "请另一个人再录入一次" in page.text
    # The second person is not shown what the first one typed.
    page = second.get(f"/admin/calls/{slug}/marks")
    assert "已确认，等另一人" in pages.text_of(page)
    assert "66.5" not in second.get(entry_link(page)).text
    page = second.submit(upload(second, stage.sheet(wrong)), "确认我的录入")
    assert "有1处不同，没有写入任何成绩" in pages.text_of(page)
    assert pages.rows_of(page)[0] == [made.tickets[1], "行测", "66.5", "65.5"]
    page = second.submit(upload(second, stage.sheet(rows)), "确认我的录入")
    assert "两人录入一致，已写入6名考生的成绩" in page.text

    page = first.submit(first.get(f"/admin/calls/{slug}/ranking/written"), "计算名次")
    assert "已计算，没有公布" in pages.text_of(page)
    anybody = pages.visitor(app)
    assert anybody.get(f"/calls/{slug}/ranking/written").status_code == 404
    assert "笔试成绩和名次" not in anybody.get(f"/calls/{slug}").text
    code = factories.first_position(session, made.call).code
    preview = first.get(f"/admin/calls/{slug}/ranking/written/{code}")
    assert pages.rows_of(preview)[1][:3] == [made.tickets[1], "45.325", "2"]
    cadre = signed_in(app, made.candidates[made.tickets[1]].owner)
    own = f"/candidates/{made.candidates[made.tickets[1]].id}/scores"
    assert "成绩还没有公布" in pages.text_of(cadre.get(own))

    page = first.submit(page, "公布")
    assert "已公布，并通知考生" in page.text
    words = pages.text_of(cadre.get(own))
    assert "笔试折合成绩 45.325 = 行测 66.5 × 0.35 + 申论 63 × 0.35" in words
    assert "第2名" in words
    assert f"/calls/{slug}/ranking/written" in page_links(anybody.get(f"/calls/{slug}"))
    page = anybody.get(f"/calls/{slug}/ranking/written/{code}")
    assert [row[0] for row in pages.rows_of(page)] == made.tickets[:4]
    certificate = anybody.get(f"/calls/{slug}/ranking/written/certificate.json")
    assert verify(certificate.data) == json.loads(certificate.data)["hash"]


def page_links(page: TestResponse) -> list[str]:
    return [link.get("href") or "" for link in tree(page).iter("a")]


def entry_link(page: TestResponse) -> str:
    return next(link for link in page_links(page) if "/entries/" in link)


def test_a_cadre_asks_for_a_recount_and_reads_the_answer(
    app: Flask, session: Session, made: stage.Exam, clock: Clock
) -> None:
    stage.enter_twice(session, made, dict(zip(made.tickets, ROWS, strict=True)))
    stage.publish(session, made)
    plan = plans.save(
        session, made.call, made.admin, LATER,
        scheme=plans.plan_of(session, made.call).scheme, bonuses=[], bonus_proof_by=None,
        query_opens_at=None, query_closes_at=LATER + timedelta(hours=1), consent_hours=48,
    )  # fmt: skip
    session.commit()
    mine = made.candidates[made.tickets[1]]
    cadre = signed_in(app, mine.owner)
    page = cadre.get(f"/candidates/{mine.id}/scores")
    page = cadre.submit(page, "提交申请", {"subject": "xingce", "reason": "估分高出很多"})
    assert "等待答复" in pages.text_of(page)
    admin = browser(app, session, made.admin)
    page = admin.get(f"/admin/calls/{made.call.slug}/recounts")
    assert pages.rows_of(page)[0][:3] == [made.tickets[1], "行测", "估分高出很多"]
    link = next(a for a in page_links(page) if "/recounts/" in a)
    page = admin.submit(admin.get(link), "答复", {"outcome": "corrected", "answer": "漏登一题，已更正。"})
    assert page.status_code == 422
    page = admin.submit(
        page, "答复", {"outcome": "corrected", "cell": "68.5", "answer": "漏登一题，已更正。"}
    )
    assert "已答复" in page.text
    words = pages.text_of(cadre.get(f"/candidates/{mine.id}/scores"))
    assert "漏登一题，已更正。" in words
    assert "66.5 → 68.5" in words
    # The published rank is said to be out of date until it is made anew.
    assert "已经不是最新" in pages.text_of(admin.get(f"/admin/calls/{made.call.slug}/marks"))
    clock.set(plan.query_closes_at or LATER)
    assert "成绩查询已于" in pages.text_of(cadre.get(f"/candidates/{mine.id}/scores"))


def test_a_supervisor_reads_and_finds_no_buttons(app: Flask, session: Session, made: stage.Exam) -> None:
    stage.enter_twice(session, made, dict(zip(made.tickets, ROWS, strict=True)))
    stage.publish(session, made)
    session.commit()
    supervisor = browser(app, session, factories.staff(session, Role.SUPERVISOR))
    for path in ("marks", "recounts", "bonuses", "ranking/written", f"marks/of/{made.tickets[0]}"):
        page = supervisor.get(f"/admin/calls/{made.call.slug}/{path}")
        assert page.status_code == 200
        assert set(pages.buttons(page)) <= {"查看"}


def test_a_mark_is_corrected_on_its_page(app: Flask, session: Session, made: stage.Exam) -> None:
    stage.enter_twice(session, made, dict(zip(made.tickets, ROWS, strict=True)))
    session.commit()
    admin = browser(app, session, made.admin)
    page = admin.get(f"/admin/calls/{made.call.slug}/marks/of/{made.tickets[0]}")
    page = admin.submit(page, "更正", {"subject": "shenlun", "cell": "一百", "reason": "登错行"})
    assert page.status_code == 422
    assert "不是分数" in pages.errors_beside(page)["cell"]
    page = admin.submit(page, "更正", {"subject": "shenlun", "cell": "72", "reason": "登错行"})
    assert "已更正。请重新计算名次" in page.text
    assert "70 → 72" in pages.text_of(page)


def test_a_ranking_costs_the_same_however_many_positions(app: Flask, session: Session) -> None:
    costs = []
    for sizes in ((2,), (2, 2, 2)):
        made = stage.exam(session, sizes)
        rows = {ticket: ["60", "60"] for ticket in made.tickets}
        stage.enter_twice(session, made, rows)
        stage.publish(session, made)
        session.commit()
        admin = browser(app, session, made.admin)
        url = f"/admin/calls/{made.call.slug}/ranking/written"
        with counted(app) as asked:
            assert admin.get(url).status_code == 200
        costs.append(len(asked))
    assert costs[0] == costs[1]
