"""Fees on the pages of the admin, the cadre and the county."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.candidates.models import Candidate
from recruitment.fees import tasks
from recruitment.fees.models import FeePlan, Payment, Waiver
from recruitment.fees.payments import Paid
from recruitment.people.models import Role
from tests import factories, pages
from tests.conftest import Clock
from tests.fees import paying
from tests.fees.paying import DUE, FEE, OPENED


@pytest.fixture(autouse=True)
def today(clock: Clock) -> None:
    clock.set(OPENED + timedelta(hours=2))


def test_an_admin_sets_the_fee_and_opens_payment(app: Flask, session: Session) -> None:
    admin = factories.staff(session, Role.ADMIN)
    call = factories.call(session)
    application = factories.application(session, call, state="qualified")
    paying.closed(session, call)
    browser = paying.sign_in(app, session, admin)
    address = f"/admin/calls/{call.slug}/fees"

    page = browser.get(address)
    assert "还没有设置收费标准" in pages.text_of(page)
    page = browser.submit(browser.get(f"{address}/plan"), "保存", {"per_subject": "5o", "closes_at": ""})
    assert page.status_code == 422
    assert pages.errors_beside(page) == {
        "per_subject": "错误： 请填写金额，例如 50 或 50.00。",
        "closes_at": "错误： 请填写缴费截止时间。",
    }
    page = browser.submit(page, "保存", {"per_subject": "45.50", "closes_at": "2026-12-08T18:00"})
    assert "45.50元 × 2科 = 91.00元" in pages.text_of(page)
    page = browser.submit(page, "开始缴费")
    assert "已开始缴费" in page.text
    tasks.enrol(str(call.id))

    session.expire_all()
    candidate = paying.candidate_of(session, application)
    assert (candidate.state, candidate.owner_id) == ("awaiting_fee", application.owner_id)
    assert session.get_one(FeePlan, call.id).waiver_kinds


def test_the_banks_file_is_previewed_then_imported(app: Flask, session: Session) -> None:
    admin = factories.staff(session, Role.ADMIN)
    call, [first, second] = paying.call_with(session, 2, admin)
    good, strange = paying.paid(first), Paid("26-AAAA-AAAA", FEE, OPENED, "STRANGE1")
    browser = paying.sign_in(app, session, admin)
    address = f"/admin/calls/{call.slug}/fees"

    page = browser.submit(
        browser.get(f"{address}/import"), "上传并试读", {"table": paying.csv(good, strange)}
    )

    assert [row[-1] for row in pages.rows_of(page)] == ["回执号不明", "已确认"]
    session.expire_all()
    assert first.state == "awaiting_fee", "a dry run changes nothing"
    page = browser.submit(page, "确认导入2笔")
    assert "已导入2笔缴费，确认1人参加考试" in page.text
    assert "有1笔到账但没有确认" in page.text
    assert [row[0] for row in pages.rows_of(page)] == ["STRANGE1"]
    session.expire_all()
    assert (first.state, second.state) == ("confirmed", "awaiting_fee")
    payment = session.scalars(sa.select(Payment).where(Payment.bank_reference == "STRANGE1")).one()
    detail = browser.submit(browser.get(f"{address}/payments/{payment.id}"), "补认", {"reason": "核对"})
    assert pages.errors_beside(detail) == {"receipt_number": "错误： 本次招考没有这个回执号，请核对。"}
    detail = browser.submit(
        detail, "补认", {"reason": "核对", "receipt_number": second.application.receipt_number}
    )
    assert "已补认" in detail.text
    session.expire_all()
    assert second.state == "confirmed"
    export = browser.submit(browser.get(f"{address}/payments"), "导出为 .xlsx", {"purpose": "对账"})
    assert export.headers["Cache-Control"] == "no-store"
    assert export.data.startswith(b"PK")


def test_faults_of_the_file_stop_it_by_row(app: Flask, session: Session) -> None:
    admin = factories.staff(session, Role.ADMIN)
    call, [first] = paying.call_with(session, 1, admin)
    future = paying.paid(first, at=DUE)
    browser = paying.sign_in(app, session, admin)
    start = browser.get(f"/admin/calls/{call.slug}/fees/import")

    page = browser.submit(start, "上传并试读", {"table": paying.csv(future)})

    assert pages.rows_of(page) == [["第2行", "交易时间 C2", "缴费时间还没有到，应不晚于现在"]]
    assert "确认导入" not in page.text


def test_a_cadre_sees_what_to_pay_then_the_receipt(app: Flask, session: Session) -> None:
    call, [candidate] = paying.call_with(session, 1)
    browser = paying.sign_in(app, session, candidate.owner)
    address = f"/candidates/{candidate.id}/fee"

    text = pages.text_of(browser.get(address))
    assert "应缴 100.00元" in text
    assert "2026年12月08日（星期二）08:00" in text
    assert candidate.application.receipt_number in text  # type: ignore[operator]
    assert "演示" not in text
    paying.pay(session, call, paying.paid(candidate, reference="B0001"))
    session.commit()

    text = pages.text_of(browser.get(address))
    assert "已缴费" in text
    assert "B0001" in text


def test_asking_to_pay_nothing_and_the_answer(app: Flask, session: Session) -> None:
    _call, [candidate] = paying.call_with(session, 1)
    reviewer = factories.staff(session, Role.COUNTY_REVIEWER, factories.COUNTY)
    cadre = paying.sign_in(app, session, candidate.owner)
    county = paying.sign_in(app, session, reviewer)
    foreign = paying.sign_in(
        app, session, factories.staff(session, Role.COUNTY_REVIEWER, factories.OTHER_COUNTY)
    )
    address = f"/candidates/{candidate.id}/fee"

    page = cadre.submit(cadre.get(address), "提交免缴申请")
    assert set(pages.errors_beside(page)) == {"kind", "image"}
    page = cadre.submit(
        cadre.get(address),
        "提交免缴申请",
        {"kind": "最低生活保障家庭成员", "image": pages.upload(factories.image(), "证明.png")},
    )
    assert "免缴申请等待审核" in pages.text_of(page)
    waiver = session.scalars(sa.select(Waiver)).one()

    assert foreign.get(f"/fees/waivers/{waiver.id}").status_code == 404
    assert "没有等待审核" in pages.text_of(foreign.get("/fees/waivers"))
    for browser, image in (
        (cadre, f"{address}/waiver/{waiver.id}/image"),
        (county, f"/fees/waivers/{waiver.id}/image"),
    ):
        with browser.get(image) as shown:
            assert shown.mimetype == "image/jpeg"
    page = county.submit(
        county.get(f"/fees/waivers/{waiver.id}"),
        "提交审核意见",
        {"decision": "granted", "reason": "低保证有效"},
    )
    assert "没有等待审核" in pages.text_of(page)
    assert "低保证有效" in pages.text_of(cadre.get(address))
    session.expire_all()
    assert session.get_one(Candidate, candidate.id).state == "confirmed"
