"""Objecting from a browser without an account, following it with a code, and inquiring into it."""

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from recruitment.candidates.models import Candidate
from recruitment.objections import operations
from recruitment.objections.models import Objection
from recruitment.people.models import Role
from tests import factories, pages
from tests.client import Client
from tests.conftest import Clock
from tests.objections import filing
from tests.objections.filing import INFORMER, TEXT
from tests.public_notice import board
from tests.public_notice.test_views import scan

NAMED = {"text": TEXT, "named": "yes", **INFORMER}


@pytest.fixture
def one(session: Session) -> Candidate:
    candidate = board.cleared(session)
    candidate.ticket_number = "26070100101"
    board.running(session, candidate)
    session.commit()
    return candidate


def board_page(client: Client, session: Session, one: Candidate) -> TestResponse:
    notice = filing.row_of(session, one).notice_id
    return client.get(f"/calls/{one.call.slug}/notices/{notice}")


def form_page(client: Client, session: Session, one: Candidate) -> TestResponse:
    link = re.search(r'href="([^"]+/objection)"', board_page(client, session, one).text)
    assert link
    return client.get(link[1])


def code_on(page: TestResponse) -> str:
    found = re.search(r"([0-9A-Z]{4}-){3}[0-9A-Z]{4}", pages.text_of(page))
    assert found
    return found[0]


def test_from_the_notice_to_the_code_and_back(
    app: Flask, client: Client, session: Session, one: Candidate
) -> None:
    page = form_page(client, session, one)
    scan(page, one)
    page = client.submit(page, "提交", {"text": TEXT, "named": "no"})
    code = code_on(page)
    assert "已收到" in pages.text_of(page)
    page = client.submit(page, "上传", {"image": pages.upload(factories.image(), "我家.png")})
    assert "已上传1张" in pages.text_of(page)
    page = client.submit(page, "记下了，退出")
    # On another telephone, typed by hand.
    other = pages.visitor(app)
    assert "查询异议结果" in other.get("/objections/mine", follow_redirects=True).text
    page = other.submit(other.get("/objections/"), "查询", {"code": code.lower().replace("-", " ")})
    assert "已收到" in pages.text_of(page)
    assert code not in page.text
    for private in (TEXT, one.owner.name):
        assert private not in page.text
    scan(page, one)


def test_a_wrong_code_shows_nothing(client: Client) -> None:
    page = client.submit(client.get("/objections/"), "查询", {"code": "AAAA-AAAA-AAAA-AAAA"})
    assert page.status_code == 422
    assert pages.errors_beside(page) == {"code": "错误： 没有这个查询码，请核对。"}


def test_what_is_missing_is_said_and_nothing_typed_is_lost(
    client: Client, session: Session, one: Candidate
) -> None:
    page = client.submit(
        form_page(client, session, one), "提交", {"text": TEXT, "named": "yes", "email": "a b"}
    )
    assert page.status_code == 422
    assert set(pages.errors_beside(page)) == {"name", "contact", "email"}
    assert TEXT in page.text
    page = client.submit(page, "提交", {"text": "太短", "named": ""})
    assert {"text"} <= set(pages.errors_beside(page))
    assert session.scalar(sa.select(sa.func.count()).select_from(Objection)) == 0


def test_a_second_press_makes_no_second_objection(client: Client, session: Session, one: Candidate) -> None:
    page = form_page(client, session, one)
    codes = {code_on(client.submit(page, "提交", {"text": TEXT, "named": "no"})) for _ in range(2)}
    assert len(codes) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(Objection)) == 1


def test_who_floods_is_stopped_kindly(client: Client, session: Session, one: Candidate) -> None:
    for _ in range(5):
        client.submit(form_page(client, session, one), "提交", {"text": TEXT, "named": "no"})
    page = client.submit(form_page(client, session, one), "提交", {"text": TEXT, "named": "no"})
    assert page.status_code == 429
    assert session.scalar(sa.select(sa.func.count()).select_from(Objection)) == 5


def test_after_the_notice_nobody_objects(
    client: Client, session: Session, one: Candidate, clock: Clock
) -> None:
    page = form_page(client, session, one)
    clock.set(datetime(2026, 11, 27, 16, 0, tzinfo=UTC))
    assert client.get(page.request.path).status_code == 404
    assert client.submit(page, "提交", {"text": TEXT, "named": "no"}).status_code == 404


def test_inquiry_to_release_in_the_browser(
    app: Flask, session: Session, client: Client, one: Candidate
) -> None:
    page = client.submit(form_page(client, session, one), "提交", NAMED)
    code = code_on(page)
    finder, second = filing.reviewer(session), filing.reviewer(session)
    first = pages.sign_in(app, session, finder)
    queue = first.get("/review/objections/")
    assert pages.rows_of(queue)[0][0] == f"{one.owner.name} 署名"
    link = re.search(r'href="(/review/objections/[0-9a-f-]{36})"', queue.text)
    assert link
    page = first.get(link[1])
    assert TEXT in pages.text_of(page)
    assert INFORMER["name"] not in page.text
    page = first.submit(page, "查看反映人", {"reason": "核实账目"})
    assert INFORMER["name"] in pages.text_of(page)
    assert INFORMER["name"] not in first.get(link[1]).text
    page = first.submit(first.get(link[1]), "开始核查")
    page = first.submit(page, "暂缓录用", {"reason": "一时查不清。", "told": ""})
    assert page.status_code == 422
    assert "请填写告知当事人的内容" in pages.text_of(page)
    page = first.submit(page, "暂缓录用", {"reason": "一时查不清。", "told": "正在进一步核实。"})
    assert "待公布" in pages.text_of(page)
    # Not before a second person: neither the informer nor the candidate knows.
    assert "核查中" in pages.text_of(client.get("/objections/mine"))
    own = pages.sign_in(app, session, one.owner)
    assert "正在核实，暂缓录用" not in pages.text_of(own.get(f"/candidates/{one.id}"))
    other = pages.sign_in(app, session, second)
    page = other.submit(other.get(link[1]), "公布核查结果")
    assert "暂难查实" in pages.text_of(page)
    shown = client.submit(client.get("/objections/"), "查询", {"code": code})
    assert "正在进一步核实。" in pages.text_of(shown)
    assert "一时查不清" not in shown.text
    own_page = own.get(f"/candidates/{one.id}")
    assert "正在核实，暂缓录用" in pages.text_of(own_page)
    for private in (TEXT, "一时查不清", *INFORMER.values()):
        assert private not in own_page.text


def test_other_eyes_see_less(app: Flask, session: Session, one: Candidate) -> None:
    made = filing.objection(session, one, informer=INFORMER)
    operations.add_evidence(session, made, factories.image(), filing.LATER)
    session.commit()
    path = f"/review/objections/{made.id}"
    picture = f"{path}/evidence/{made.evidence[0].id}"
    supervisor = pages.sign_in(app, session, factories.staff(session, Role.SUPERVISOR))
    page = supervisor.get(path)
    assert TEXT in pages.text_of(page)
    assert pages.buttons(page) == []
    assert supervisor.get(picture).mimetype == "image/jpeg"
    elsewhere = pages.sign_in(app, session, filing.reviewer(session, area="511300"))
    assert elsewhere.get(path).status_code == 404
    assert elsewhere.get(picture).status_code == 404
    county = pages.sign_in(app, session, filing.reviewer(session, Role.COUNTY_REVIEWER, "510722"))
    assert county.get(path).status_code == 403
    neighbour = filing.reviewer(session)
    neighbour.community_code = one.owner.community_code
    away = pages.sign_in(app, session, neighbour)
    shown = away.get(path)
    assert "您应当回避" in pages.text_of(shown)
    assert TEXT not in shown.text
    assert away.get(picture).status_code == 404


def test_two_reviewers_at_once(app: Flask, session: Session, one: Candidate) -> None:
    made = filing.objection(session, one)
    session.commit()
    path = f"/review/objections/{made.id}"
    first = pages.sign_in(app, session, filing.reviewer(session))
    second = pages.sign_in(app, session, filing.reviewer(session))
    seen = second.get(path)
    first.submit(first.get(path), "开始核查")
    page = second.submit(seen, "开始核查")
    assert "核查中" in pages.text_of(page)
    session.expire_all()
    assert made.state_version == 2


def test_a_queue_is_as_many_queries_at_one_as_at_three(
    app: Flask, session: Session, one: Candidate, counted: pages.Counter
) -> None:
    person = pages.sign_in(app, session, filing.reviewer(session))
    filing.objection(session, one)
    session.commit()
    at_one = counted(lambda: person.get("/review/objections/"))
    for _ in range(2):
        other = board.cleared(session)
        board.running(session, other)
        filing.objection(session, other)
    session.commit()
    assert counted(lambda: person.get("/review/objections/")) == at_one
