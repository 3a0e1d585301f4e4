"""The admin's pages of a notice, and what everybody sees: the allowed columns and nothing else."""

import io
import re
import zipfile
from datetime import UTC, datetime

import openpyxl
import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from recruitment.candidates.models import Candidate
from recruitment.people.models import Role
from recruitment.public_notice import privacy
from tests import factories, pages
from tests.client import Client
from tests.conftest import Clock
from tests.paper import assert_fonts_embedded, words_of
from tests.public_notice import board

OVER = datetime(2026, 11, 27, 16, 0, tzinfo=UTC)


@pytest.fixture
def one(session: Session) -> Candidate:
    candidate = board.cleared(session)
    candidate.ticket_number = "26070100101"
    board.cleared(session, candidate.call, county_code=factories.OTHER_COUNTY).ticket_number = "26130100102"
    session.commit()
    return candidate


def address(candidate: Candidate) -> str:
    return f"/admin/calls/{candidate.call.slug}/notices/"


def publish(browser: Client, candidate: Candidate) -> TestResponse:
    page = browser.submit(browser.get(address(candidate)), "准备名单", {"introduction": "欢迎监督。"})
    return browser.submit(page, "发布公示")


def unpacked(page: TestResponse) -> str:
    """Everything in a response that somebody could read, headers included."""
    parts = [str(page.headers)]
    if page.data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(page.data)) as archive:
            parts += [archive.read(name).decode() for name in archive.namelist()]
    elif page.data.startswith(b"%PDF"):
        parts.append(page.data.decode("latin-1"))
    else:
        parts.append(page.get_data(as_text=True))
    return "\n".join(parts)


def scan(page: TestResponse, *people: Candidate) -> None:
    """Nothing about the people but what a notice may show."""
    text = unpacked(page)
    digits = re.sub(r"[^0-9Xx]", "", text)
    for person in people:
        owner = person.owner
        assert str(owner.id_number) not in digits
        assert str(owner.phone) not in digits
        assert owner.birth_date is not None
        for private in (
            owner.email,
            owner.birth_date.isoformat(),
            str(person.id),
            str(person.application_id),
            str(person.owner_id),
            person.application.receipt_number or "-",
        ):
            assert private not in text
    if page.mimetype == "text/html":
        hotlines = {"028-5550-0000"}
        assert privacy.kinds_in(pages.text_of(page), hotlines=hotlines) == set()


def test_from_the_list_to_the_public_page(
    browser: Client, client: Client, one: Candidate, session: Session
) -> None:
    page = browser.get(address(one))
    assert "（2人）" in page.text
    page = publish(browser, one)
    assert "已发布" in page.text
    assert "2026年11月22日至2026年11月27日（5个工作日，发布当日不计）" in pages.text_of(page)
    front = client.get(f"/calls/{one.call.slug}")
    assert "正在公示拟录用人员" in front.text
    listed = client.get(f"/calls/{one.call.slug}/notices/")
    link = re.search(r'href="(/calls/[^"]+/notices/[0-9a-f-]{36})"', listed.text)
    assert link
    shown = client.get(link[1])
    rows = pages.rows_of(shown)
    assert len(rows) == 2
    assert rows[0][:2] == ["绵阳市三台县", f"{one.position.organ} 综合岗位（{one.position.code}）"]
    assert rows[0][2] == one.owner.name
    assert shown.headers["X-Robots-Tag"].startswith("noindex")
    others = session.query(Candidate).all()
    for path in (link[1], f"{link[1]}/list.xlsx", f"{link[1]}/list.pdf", f"/calls/{one.call.slug}/notices/"):
        response = client.get(path)
        assert response.status_code == 200
        scan(response, *others)


def test_the_files_hold_the_same_list(browser: Client, client: Client, one: Candidate) -> None:
    page = publish(browser, one)
    digest = re.search(r'class="digest">([0-9a-f]{64})<', page.text)
    link = re.search(r'href="(/calls/[^"]+/notices/[0-9a-f-]{36})"', page.text)
    assert link
    assert digest
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{link[1]}/list.xlsx").data))
    table = [[cell.value for cell in row] for row in book.active.iter_rows()]  # type: ignore[union-attr]
    header = table.index(list(privacy.ALLOWED.values()))
    shown = pages.rows_of(client.get(link[1]))
    said = [[cell or "—" for cell in row] for row in table[header + 1 :]]
    assert said == [row[: len(privacy.ALLOWED)] for row in shown]
    again = client.get(f"{link[1]}/list.pdf").data
    assert again == client.get(f"{link[1]}/list.pdf").data
    assert_fonts_embedded(again)
    assert "第 1 页 共 1 页" in words_of(again)
    assert one.owner.name in "".join(words_of(again).split())


def test_after_its_time_no_name_is_shown(
    browser: Client, client: Client, one: Candidate, clock: Clock
) -> None:
    page = publish(browser, one)
    link = re.search(r'href="(/calls/[^"]+/notices/[0-9a-f-]{36})"', page.text)
    assert link
    # Whether or not the timer has run: the clock decides.
    clock.set(OVER)
    page = client.get(link[1])
    assert "公示已经期满" in page.text
    assert one.owner.name not in page.text
    assert client.get(f"{link[1]}/list.xlsx").status_code == 404
    assert client.get(f"{link[1]}/list.pdf").status_code == 404
    assert "现在没有公示" in client.get(f"/calls/{one.call.slug}/notices/").text


def test_nobody_sees_a_list_before_it_is_published(browser: Client, client: Client, one: Candidate) -> None:
    page = browser.submit(browser.get(address(one)), "准备名单")
    number = page.request.path.rsplit("/", 1)[1]
    assert client.get(f"/calls/{one.call.slug}/notices/{number}").status_code == 404
    assert client.get(f"/calls/{one.call.slug}/notices/{number}/list.xlsx").status_code == 404
    page = browser.submit(page, "作废名单")
    assert "名单已作废" in page.text
    assert client.get(f"/calls/{one.call.slug}/notices/{number}").status_code == 404


def test_a_number_in_the_text_is_said_before_anybody_publishes(browser: Client, one: Candidate) -> None:
    typed = {"introduction": f"联系人电话{one.owner.phone}"}
    page = browser.submit(browser.get(address(one)), "准备名单", typed)
    assert "说明含有名单中某人的身份证号或电话号码" in pages.text_of(page)
    assert "发布公示" not in pages.buttons(page)


def test_a_list_that_has_changed_is_not_published(browser: Client, one: Candidate, session: Session) -> None:
    page = browser.submit(browser.get(address(one)), "准备名单")
    board.stand(session, one, "gave_up")
    session.commit()
    page = browser.submit(page, "发布公示")
    assert page.status_code == 409
    assert one.owner.name in pages.text_of(page)
    assert "没有发布" in page.text


def test_the_length_of_a_notice_is_the_calls(browser: Client, one: Candidate) -> None:
    page = browser.submit(browser.get(address(one)), "保存期限", {"working_days": "4"})
    assert page.status_code == 422
    assert "working_days" in pages.errors_beside(page)
    page = browser.submit(page, "保存期限", {"working_days": "7"})
    assert "7个工作日" in pages.text_of(page)


def test_a_list_is_taken_down_with_a_reason(browser: Client, client: Client, one: Candidate) -> None:
    page = publish(browser, one)
    link = re.search(r'href="(/calls/[^"]+/notices/[0-9a-f-]{36})"', page.text)
    assert link
    page = browser.submit(page, "撤下公示", {"reason": "名单有误"})
    assert "公示已撤下" in page.text
    assert client.get(link[1]).status_code == 404


def test_others_look_or_do_not(app: Flask, session: Session, one: Candidate, browser: Client) -> None:
    shown = publish(browser, one).request.path
    supervisor = pages.sign_in(app, session, factories.staff(session, Role.SUPERVISOR))
    page = supervisor.get(shown)
    assert pages.buttons(page) == []
    elsewhere = pages.sign_in(app, session, factories.staff(session, Role.ADMIN, "511300"))
    assert elsewhere.get(shown).status_code == 404
    assert pages.rows_of(supervisor.get(address(one)))[0][1] == "全省"


def test_an_empty_call_says_so(browser: Client, session: Session) -> None:
    call = factories.call(session)
    session.commit()
    page = browser.get(f"/admin/calls/{call.slug}/notices/")
    assert "还没有公示名单" in pages.text_of(page)
    assert "准备名单" not in pages.buttons(page)
