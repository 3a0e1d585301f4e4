"""Follow an application: where it stands, what to do, take it back, choose again; and shared browsers."""

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.applications import operations
from recruitment.applications.models import Application
from recruitment.cadres.operations import dossier_of
from recruitment.people.models import Role, User
from tests import factories as make
from tests.client import Client
from tests.conftest import Clock
from tests.pages import counted, signed_in, text


def opened(app: Flask, session: Session, person: User, state: str) -> tuple[Client, Application, str]:
    make.dossier(session, person)
    application = make.application(session, owner=person, state=state)
    session.commit()
    browser = signed_in(app, person)
    return browser, application, text(browser.get(f"/applications/{application.id}"))


def test_submitted(app: Flask, session: Session, person: User) -> None:
    _browser, application, page = opened(app, session, person, "submitted")
    assert "待县级初审" in page
    assert "一般在2026年11月24日（星期二）12:00前给出结果。" in page
    assert application.receipt_number
    assert application.receipt_number in page
    assert "您提交了报名" in page


def test_qualified(app: Flask, session: Session, person: User) -> None:
    _browser, _application, page = opened(app, session, person, "qualified")
    assert "资格初审合格。请留意后面的缴费和考试通知。" in page
    assert "市级确认，资格初审合格" in page
    assert "工作人员" not in page  # who decided is nobody's business here


def test_refused(app: Flask, session: Session, person: User, clock: Clock) -> None:
    _browser, application, page = opened(app, session, person, "refused")
    assert "任职年限不足" in page
    assert "任职时间不够。" in page
    assert "028-5550-0000" in page
    assert "您还可以选其他职位报名，2026年12月02日（星期三）08:00截止。" in page
    clock.set(make.CLOSES)
    page = text(signed_in(app, person).get(f"/applications/{application.id}"))
    assert "您还可以选其他职位报名" not in page


def test_withdraw_and_choose_again(app: Flask, session: Session, person: User) -> None:
    browser, application, _page = opened(app, session, person, "submitted")
    page = browser.get(f"/applications/{application.id}/withdraw")
    assert "这次报名作废，不能恢复。" in text(page)
    page = browser.submit(page, "确认撤回")
    assert "您已经撤回这次报名。" in text(page)
    session.refresh(application)
    assert application.state == "withdrawn"
    position = application.position
    page = browser.get(f"/calls/{application.call.slug}/choose")
    page = browser.submit(page, f"选这个职位{position.organ} · {position.name}")
    assert page.request.path.endswith("/check")
    states = session.scalars(sa.select(Application.state).order_by(Application.created_at)).all()
    assert states == ["withdrawn", "draft"]


def test_what_cannot_be_withdrawn_says_why(app: Flask, session: Session, person: User, clock: Clock) -> None:
    _browser, application, _page = opened(app, session, person, "submitted")
    clock.set(make.CLOSES - timedelta(minutes=10))
    browser = signed_in(app, person)
    page = browser.get(f"/applications/{application.id}/withdraw")
    clock.set(make.CLOSES)
    page = browser.submit(page, "确认撤回")
    assert page.status_code == 422
    assert "报名已于2026年12月02日（星期三）08:00截止。" in text(page)
    session.refresh(application)
    assert application.state == "submitted"
    assert "现在不能撤回" in text(browser.get(f"/applications/{application.id}"))


def test_withdrawing_what_has_moved_on_meanwhile(app: Flask, session: Session, person: User) -> None:
    browser, application, _page = opened(app, session, person, "submitted")
    page = browser.get(f"/applications/{application.id}/withdraw")
    reviewer = make.actor(make.staff(session, Role.COUNTY_REVIEWER, make.COUNTY))
    operations.decide(session, application, "pass", reviewer, make.NOW)
    session.commit()
    page = browser.submit(page, "确认撤回")
    assert page.status_code == 422
    assert "待市级确认" in text(page)
    session.refresh(application)
    assert application.state == "county_passed"


def test_the_list_asks_the_same_for_one_and_for_three(app: Flask, session: Session, person: User) -> None:
    browser, _application, _page = opened(app, session, person, "submitted")

    def ask() -> int:
        with counted(app) as asked:
            browser.get("/applications/")
        return len(asked)

    one = ask()
    for state in ("draft", "withdrawn"):
        make.application(session, owner=person, state=state)
    session.commit()
    assert ask() == one


def test_a_page_asks_the_same_after_every_step(app: Flask, session: Session, person: User) -> None:
    make.dossier(session, person)
    session.commit()
    browser = signed_in(app, person)
    counts = set()
    for state in ("submitted", "county_passed"):
        application = make.application(session, owner=person, state=state)
        session.commit()
        address = f"/applications/{application.id}"
        with counted(app) as asked:
            browser.get(address)
        counts.add(len(asked))
    assert len(counts) == 1


def test_a_shared_browser_shows_the_next_person_nothing(app: Flask, session: Session, person: User) -> None:
    make.dossier(session, person)
    application = make.application(session, owner=person)
    other = make.cadre(session)
    photo = dossier_photo(session, person)
    session.commit()
    browser = signed_in(app, person)
    page = browser.get("/dossier/identity")
    browser.submit(page, "保存并继续", {"address": "某路1号", "political_status": "none"})
    page = browser.submit(browser.get("/dossier/identity"), "退出")
    page = browser.get("/sign-in")
    browser.submit(page, "登录", {"identity": other.email, "password": make.PASSWORD})
    for path in ("/dossier/", "/dossier/identity", "/dossier/documents", "/applications/"):
        page = browser.get(path)
        assert page.headers["Cache-Control"] == "no-store"
        for private in (person.name, "某路1号", application.receipt_number, photo):
            assert str(private) not in text(page)
    assert browser.get(f"/dossier/documents/{photo}").status_code == 404
    assert browser.get(f"/applications/{application.id}").status_code == 404


def dossier_photo(session: Session, person: User) -> str:
    dossier = dossier_of(session, person.id)
    assert dossier
    return str(dossier.documents[0].document_id)
