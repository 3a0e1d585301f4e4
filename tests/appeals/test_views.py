"""Appealing in the browser: a cadre's pages, the reviewers' queue, a call's terms."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.appeals import operations
from recruitment.appeals.queries import Decision
from recruitment.people.models import Role
from tests import factories, pages
from tests.appeals import filing
from tests.client import Client


def picture(browser: Client, path: str) -> str:
    """What kind of file an address answers with; the file is closed."""
    with browser.get(path) as response:
        return str(response.mimetype)


WHY = "我的任职证明是真的，请再核实。"


@pytest.fixture
def refusal(session: Session) -> Decision:
    found = filing.decided(session, "refusal")
    session.commit()
    return found


@pytest.fixture
def cadre(app: Flask, session: Session, refusal: Decision) -> Client:
    return pages.sign_in(app, session, refusal.application.owner)


def test_from_the_refusal_to_the_reversal(
    app: Flask, session: Session, cadre: Client, refusal: Decision
) -> None:
    application = cadre.get(f"/applications/{refusal.application.id}")
    link = re.search(r'href="(/appeals/new/[^"]+)"', application.text)
    assert link
    page = cadre.get(link[1])
    assert "2026年11月27日（星期五）23:59" in pages.text_of(page)
    page = cadre.submit(page, "提交申诉", {"text": " "})
    assert page.status_code == 422
    page = cadre.submit(page, "提交申诉", {"text": WHY})
    assert "待受理" in pages.text_of(page)
    page = cadre.submit(page, "上传", {"image": pages.upload(factories.image(), "证明.png")})
    shown = re.search(r'href="(/appeals/[^"]+/documents/[^"]+)"', page.text)
    assert shown
    assert picture(cadre, shown[1]) == "image/jpeg"
    mine = page.request.path
    # Pressed twice, or opened in another window: the same one.
    assert cadre.get(link[1], follow_redirects=True).request.path == mine

    finder, second = filing.reviewer(session), filing.reviewer(session)
    first = pages.sign_in(app, session, finder)
    queue = first.get("/review/appeals/")
    assert pages.rows_of(queue)[0][:2] == [refusal.application.owner.name, "资格审核不通过"]
    link = re.search(r'href="(/review/appeals/[0-9a-f-]{36})"', queue.text)
    assert link
    page = first.submit(first.get(link[1]), "受理")
    assert WHY in pages.text_of(page)
    assert "复核期限： 2026年11月27日" in pages.text_of(cadre.get(mine)).replace(
        "复核期限：", "复核期限： "
    ).replace("  ", " ")
    page = first.submit(page, "申诉成立", {"reason": "调阅原件。", "told": "任职证明有效，重新审核。"})
    assert "待公布" in pages.text_of(page)
    assert "任职证明有效" not in cadre.get(mine).text
    page = first.submit(page, "公布复核结果") if "公布复核结果" in pages.buttons(page) else page
    assert "应由另一人" in pages.text_of(page) or "现在不能办理" in pages.text_of(page)
    other = pages.sign_in(app, session, second)
    page = other.submit(other.get(link[1]), "公布复核结果")
    assert "申诉成立" in pages.text_of(page)
    result = cadre.get(mine)
    assert "任职证明有效，重新审核。" in pages.text_of(result)
    assert "调阅原件" not in result.text
    assert "待县级初审" in cadre.get(f"/applications/{refusal.application.id}").text


def test_what_can_be_appealed_against_is_listed(cadre: Client, refusal: Decision, session: Session) -> None:
    page = cadre.get("/appeals/")
    assert "资格审核不通过" in pages.text_of(page)
    assert refusal.application.position.organ in pages.text_of(page)
    assert "提出申诉" in pages.text_of(page)


def test_when_it_is_too_late_that_is_said(app: Flask, session: Session) -> None:
    refusal = filing.decided(session, "refusal", at=factories.NOW - timedelta(days=4))
    admin = factories.staff(session, Role.ADMIN)
    operations.set_term(session, refusal.application.call, admin, "refusal", 1, 5, factories.NOW)
    browser = pages.sign_in(app, session, refusal.application.owner)
    page = browser.get("/appeals/")
    assert "申诉已于2026年11月19日（星期四）23:59截止" in pages.text_of(page)
    assert "提出申诉" not in pages.text_of(page)


def test_it_can_be_taken_back_and_filed_again(session: Session, cadre: Client, refusal: Decision) -> None:
    filing.appeal(session, refusal, at=factories.NOW)
    session.commit()
    page = cadre.get("/appeals/")
    link = re.search(r'href="(/appeals/[0-9a-f-]{36})"', page.text)
    assert link
    page = cadre.submit(cadre.get(link[1]), "撤回申诉")
    assert "已撤回" in pages.text_of(page)
    assert "提出申诉" in pages.text_of(cadre.get("/appeals/"))


def test_strangers_see_nothing(app: Flask, session: Session, refusal: Decision) -> None:
    made = filing.appeal(session, refusal, at=factories.NOW)
    stored = operations.add_document(session, made, factories.image(), "证明.png")
    session.commit()
    stranger = pages.sign_in(app, session, factories.cadre(session))
    for path in (
        f"/appeals/{made.id}",
        f"/appeals/{made.id}/documents/{stored.id}",
        f"/appeals/new/refusal/{refusal.application.id}",
    ):
        assert stranger.get(path).status_code == 404
    elsewhere = pages.sign_in(app, session, filing.reviewer(session, area="511300"))
    assert elsewhere.get(f"/review/appeals/{made.id}").status_code == 404
    supervisor = pages.sign_in(app, session, factories.staff(session, Role.SUPERVISOR))
    page = supervisor.get(f"/review/appeals/{made.id}")
    assert pages.buttons(page) == []
    assert picture(supervisor, f"/review/appeals/{made.id}/documents/{stored.id}") == "image/jpeg"
    neighbour = filing.reviewer(session)
    neighbour.community_code = refusal.application.owner.community_code
    away = pages.sign_in(app, session, neighbour)
    shown = away.get(f"/review/appeals/{made.id}")
    assert "您应当回避" in pages.text_of(shown)
    assert made.text not in shown.text
    assert away.get(f"/review/appeals/{made.id}/documents/{stored.id}").status_code == 404


def test_a_candidates_page_leads_here(app: Flask, session: Session) -> None:
    decision = filing.decided(session, "medical")
    assert decision.candidate
    session.commit()
    browser = pages.sign_in(app, session, decision.application.owner)
    page = browser.get(f"/candidates/{decision.candidate.id}")
    assert f"/candidates/{decision.candidate.id}/appeals" in page.text
    page = browser.get(f"/candidates/{decision.candidate.id}/appeals", follow_redirects=True)
    assert "申诉：体检不合格" in pages.text_of(page)


def test_terms_are_changed_on_a_page(browser: Client, refusal: Decision) -> None:
    path = f"/admin/calls/{refusal.application.call.slug}/appeal-terms"
    page = browser.submit(browser.get(path), "保存：体检不合格", {"file_days": "0"})
    assert page.status_code == 422
    assert "medical-file_days" in pages.errors_beside(page)
    page = browser.submit(page, "保存：体检不合格", {"file_days": "7"})
    assert "7个工作日内提出，受理后15个工作日内复核" in pages.text_of(page)


def test_a_queue_is_as_many_queries_at_one_as_at_three(
    app: Flask, session: Session, refusal: Decision, counted: pages.Counter
) -> None:
    person = pages.sign_in(app, session, filing.reviewer(session))
    filing.appeal(session, refusal, at=factories.NOW)
    session.commit()
    at_one = counted(lambda: person.get("/review/appeals/"))
    for _ in range(2):
        filing.appeal(session, filing.decided(session, "refusal"), at=factories.NOW)
    session.commit()
    assert counted(lambda: person.get("/review/appeals/")) == at_one
