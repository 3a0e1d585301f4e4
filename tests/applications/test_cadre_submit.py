"""Check the answers and hand in: once, in time, whole; and what is refused says every reason."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from recruitment.applications.models import Application
from recruitment.cadres.form import freeze
from recruitment.cadres.models import Tenure
from recruitment.cadres.operations import dossier_of
from recruitment.calls import operations as calls
from recruitment.people.models import Role, User
from tests import factories as make
from tests.client import Client, controls, tree
from tests.conftest import Clock
from tests.pages import counted, signed_in, text
from workflows.schema import event, outbox

SUBMIT = "提交报名"


@pytest.fixture
def draft(session: Session, person: User) -> Application:
    """A draft of somebody whose dossier is complete."""
    make.dossier(session, person)
    application = make.application(session, owner=person, state="draft")
    session.commit()
    return application


def sent(page: TestResponse) -> dict[str, Any]:
    """The fields of the check page's form with the undertaking ticked."""
    form = next(f for f in tree(page).iter("form") if (f.get("action") or "").endswith("/submit"))
    hidden = {f.get("name", ""): f.get("value", "") for f in controls(form) if f.get("type") == "hidden"}
    return {**hidden, "undertaking": "y"}


def events(session: Session, application: Application) -> list[str]:
    found = session.scalars(
        sa.select(event.c.transition).where(event.c.subject_id == application.id).order_by(event.c.seq)
    )
    return list(found)


def test_what_is_shown_is_what_is_handed_in(
    app: Flask, session: Session, person: User, draft: Application
) -> None:
    browser = signed_in(app, person)
    page = browser.get(f"/applications/{draft.id}/check")
    for words in (
        person.name,
        "汉族",
        "中共党员",
        "村（社区）党组织书记",
        "2019年3月1日至今",
        "县中学",
        "没有受过表彰",
        "2025年度",
        "是否受过刑事处罚？",
        "没有需要申报的",
        "照片.png",
        draft.position.code,
        "2026年12月02日（星期三）08:00，还剩9天20小时",
    ):
        assert words in text(page)
    assert person.id_number
    assert person.id_number not in text(page)
    page = browser.submit(page, SUBMIT, {"undertaking": True})
    assert page.request.path == f"/applications/{draft.id}/receipt"
    session.refresh(draft)
    assert draft.state == "submitted"
    assert draft.receipt_number
    assert draft.receipt_number in text(page)
    assert "请把这一页截图保存。" in text(page)
    dossier = dossier_of(session, person.id)
    assert dossier
    assert draft.form == freeze(dossier)
    assert draft.verdict_outcome == "eligible"
    agreed = session.scalar(
        sa.select(event.c.form).where(event.c.subject_id == draft.id, event.c.transition == "submit")
    )
    assert agreed == {"undertaking": "2026-1"}


def test_each_section_is_changed_from_here_and_comes_back(
    app: Flask, session: Session, person: User, draft: Application
) -> None:
    browser = signed_in(app, person)
    page = browser.get(f"/applications/{draft.id}/check")
    links = re.findall(r'href="(/dossier/[a-z]+\?check=[^"]+)"', text(page))
    assert len(links) == 8
    page = browser.get(f"/dossier/identity?check={draft.id}")
    page = browser.submit(page, "保存，回到核对页", {"ethnicity": "羌族"})
    assert page.request.path == f"/applications/{draft.id}/check"
    assert "羌族" in text(page)


def test_without_the_undertaking_nothing_is_handed_in(
    app: Flask, session: Session, person: User, draft: Application
) -> None:
    browser = signed_in(app, person)
    page = browser.submit(browser.get(f"/applications/{draft.id}/check"), SUBMIT)
    assert page.status_code == 422
    assert "请先阅读承诺并勾选，再提交。" in text(page)
    session.refresh(draft)
    assert (draft.state, draft.form, draft.receipt_number) == ("draft", None, None)


def test_a_double_tap_hands_in_once(
    app: Flask, session: Session, person: User, draft: Application, clock: Clock
) -> None:
    browser = signed_in(app, person)
    fields = sent(browser.get(f"/applications/{draft.id}/check"))
    address = f"/applications/{draft.id}/submit"
    first = browser.post(address, data=fields)
    session.refresh(draft)
    number, handed_in, form = draft.receipt_number, draft.submitted_at, draft.form
    clock.set(make.NOW + timedelta(minutes=1))
    second = browser.post(address, data=fields)
    assert first.location == second.location == f"/applications/{draft.id}/receipt"
    session.refresh(draft)
    assert (draft.receipt_number, draft.submitted_at, draft.form) == (number, handed_in, form)
    assert events(session, draft) == ["start", "submit"]
    notices = session.scalars(sa.select(outbox.c.notice).where(outbox.c.subject_id == draft.id)).all()
    assert notices == ["application.submitted"]


def test_a_page_of_yesterday_hands_in_nothing_new(
    app: Flask, session: Session, person: User, draft: Application
) -> None:
    browser = signed_in(app, person)
    address = f"/applications/{draft.id}/submit"
    old = sent(browser.get(f"/applications/{draft.id}/check"))
    browser.post(address, data=sent(browser.get(f"/applications/{draft.id}/check")))
    page = browser.post(address, data=old, follow_redirects=True)
    assert page.request.path == f"/applications/{draft.id}"
    assert "这份报名已经提交过了。" in text(page)
    assert events(session, draft) == ["start", "submit"]


def test_what_changed_since_it_was_read_is_read_again(
    app: Flask, session: Session, person: User, draft: Application
) -> None:
    browser = signed_in(app, person)
    fields = sent(browser.get(f"/applications/{draft.id}/check"))
    browser.submit(browser.get("/dossier/identity"), "保存并继续", {"ethnicity": "羌族"})
    page = browser.post(f"/applications/{draft.id}/submit", data=fields)
    assert page.status_code == 422
    assert "资料又有改动" in text(page)
    page = browser.submit(page, SUBMIT)
    assert page.request.path.endswith("/receipt")


@pytest.mark.parametrize(("before", "handed_in"), [(timedelta(milliseconds=1), True), (timedelta(0), False)])
def test_the_closing_minute(
    app: Flask,
    session: Session,
    person: User,
    draft: Application,
    clock: Clock,
    before: timedelta,
    handed_in: bool,
) -> None:
    clock.set(make.CLOSES - timedelta(minutes=10))
    browser = signed_in(app, person)
    page = browser.get(f"/applications/{draft.id}/check")
    clock.set(make.CLOSES - before)
    page = browser.submit(page, SUBMIT, {"undertaking": True})
    session.refresh(draft)
    assert (draft.state == "submitted") is handed_in
    if not handed_in:
        assert page.status_code == 422
        assert "报名已于2026年12月02日（星期三）08:00截止。" in text(page)
        ticked = [f for f in tree(page).iter("input") if f.get("name") == "undertaking"]
        assert ticked[0].get("checked") is not None


@pytest.mark.parametrize("scope", ["everyone", "county", "person"])
def test_an_extension_is_honoured(
    app: Flask, session: Session, person: User, clock: Clock, scope: str
) -> None:
    make.dossier(session, person)
    admin = make.actor(make.staff(session, Role.ADMIN))
    call = make.call(session, admin)
    draft = make.application(session, call, person, "draft")
    until = make.CLOSES + timedelta(hours=4)
    calls.extend(
        session,
        call,
        admin,
        make.NOW,
        closes_at=until,
        reason="网站故障",
        county_code=make.COUNTY if scope == "county" else None,
        user_id=person.id if scope == "person" else None,
    )
    session.commit()
    clock.set(until - timedelta(milliseconds=1))
    browser = signed_in(app, person)
    page = browser.get(f"/applications/{draft.id}/check")
    assert "2026年12月02日（星期三）12:00，还剩不到1分钟" in text(page)
    page = browser.submit(page, SUBMIT, {"undertaking": True})
    assert page.request.path.endswith("/receipt")


def test_every_reason_at_once_and_nothing_lost(
    app: Flask, session: Session, person: User, clock: Clock
) -> None:
    """Too old, photo and an answer missing, and past the deadline: all of it is said."""
    person.birth_date = date(1975, 1, 1)
    make.dossier(session, person, documents=[], has_relatives=None)
    draft = make.application(session, owner=person, state="draft")
    session.commit()
    clock.set(make.CLOSES - timedelta(minutes=10))
    browser = signed_in(app, person)
    page = browser.get(f"/applications/{draft.id}/check")
    assert "还缺这些，填好才能提交" in text(page)
    clock.set(make.CLOSES)
    page = browser.submit(page, SUBMIT, {"undertaking": True})
    assert page.status_code == 422
    summary = next(d for d in tree(page).iter("div") if d.get("class") == "error-summary")
    said = "".join(summary.itertext())
    for words in (
        "报名已于2026年12月02日（星期三）08:00截止。",
        "照片和材料：请上传证件照",
        "家庭成员：请说明有没有需要申报的家庭成员",
        "1975年1月1日出生",
    ):
        assert words in said
    session.refresh(draft)
    assert (draft.state, draft.form) == ("draft", None)
    ticked = [f for f in tree(page).iter("input") if f.get("name") == "undertaking"]
    assert ticked[0].get("checked") is not None


def test_what_is_unknown_does_not_stop(app: Flask, session: Session, person: User) -> None:
    make.dossier(session, person, appraisals=[])
    draft = make.application(session, owner=person, state="draft")
    session.commit()
    browser = signed_in(app, person)
    page = browser.get(f"/applications/{draft.id}/check")
    assert "这些由审核人核实，不影响提交：" in text(page)
    page = browser.submit(page, SUBMIT, {"undertaking": True})
    assert page.request.path.endswith("/receipt")
    session.refresh(draft)
    assert draft.verdict_outcome == "unverified"


def test_an_expired_session_comes_back_to_this_page(
    app: Flask, session: Session, person: User, draft: Application
) -> None:
    browser = signed_in(app, person)
    page = browser.get(f"/applications/{draft.id}/check")
    browser.delete_cookie("session")
    page = browser.submit(page, SUBMIT, {"undertaking": True})
    assert "重新登录后会自动恢复" in text(page)
    page = browser.submit(page, "登录", {"identity": person.email, "password": make.PASSWORD})
    assert page.request.path == f"/applications/{draft.id}/check"
    page = browser.submit(page, SUBMIT)
    assert page.request.path.endswith("/receipt")


def test_return_edit_resubmit(app: Flask, session: Session, person: User) -> None:
    make.dossier(session, person)
    application = make.application(session, owner=person, state="returned")
    session.commit()
    before, number = application.form, application.receipt_number
    browser = signed_in(app, person)
    page = browser.get(f"/applications/{application.id}")
    assert "请上传盖章的任职证明。" in text(page)
    assert "补正截止：2026年11月24日（星期二）12:00，还剩2天0小时" in text(page)
    page = browser.submit(
        browser.get(f"/dossier/identity?check={application.id}"), "保存，回到核对页", {"ethnicity": "羌族"}
    )
    session.refresh(application)
    # Editing the dossier changes nothing that was handed in; handing in again does.
    assert application.form == before
    page = browser.submit(page, "重新提交", {"undertaking": True})
    assert page.request.path.endswith("/receipt")
    session.refresh(application)
    assert application.state == "submitted"
    assert application.form
    assert application.form["identity"]["ethnicity"] == "羌族"
    assert application.receipt_number == number
    assert events(session, application) == ["start", "submit", "return", "resubmit"]


def test_too_late_to_correct(app: Flask, session: Session, person: User, clock: Clock) -> None:
    make.dossier(session, person)
    application = make.application(session, owner=person, state="returned")
    session.commit()
    clock.set(make.NOW + timedelta(hours=47))
    browser = signed_in(app, person)
    page = browser.get(f"/applications/{application.id}/check")
    clock.set(make.NOW + timedelta(hours=48))
    page = browser.submit(page, "重新提交", {"undertaking": True})
    assert page.status_code == 422
    assert "补正已于2026年11月24日（星期二）12:00截止。" in text(page)


def test_questions_do_not_grow_with_the_form(app: Flask, session: Session, person: User) -> None:
    dossier = make.dossier(session, person)
    draft = make.application(session, owner=person, state="draft")
    session.commit()
    browser = signed_in(app, person)
    address = f"/applications/{draft.id}/check"

    def ask() -> int:
        with counted(app) as asked:
            browser.get(address)
        return len(asked)

    one = ask()
    for code, year in ((make.OTHER_COUNTY, 2010), ("510104", 2014)):
        dossier.tenures.append(
            Tenure(
                post="committee_director",
                community_code=make.community_of(session, code),
                started_on=date(year, 1, 1),
                ended_on=date(year + 2, 1, 1),
            )
        )
    session.commit()
    assert ask() == one


def test_the_application_of_somebody_else_is_not_there(app: Flask, session: Session, browser: Client) -> None:
    application = make.application(session, state="draft")
    session.commit()
    for page in ("", "/check", "/receipt", "/withdraw"):
        assert browser.get(f"/applications/{application.id}{page}").status_code == 404
