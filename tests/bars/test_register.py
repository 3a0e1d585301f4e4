"""Who is in the register may not apply, and who records what follows."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.applications import operations as applications
from recruitment.bars import operations, queries
from recruitment.bars.models import Bar
from recruitment.bars.table import Entry
from recruitment.people.id_number import parse
from recruitment.people.models import Role, User
from tests import factories, pages
from tests.conftest import Clock
from tests.factories import NOW, REFERENCE
from workflows.terms import Refused

TODAY = NOW.date()


@pytest.fixture(autouse=True)
def today(clock: Clock) -> None:
    clock.set(NOW)


def entry(user: User, **changes: Any) -> Entry:
    values: dict[str, Any] = {
        "name": user.name,
        "id_number": parse(user.id_number or ""),
        "kind": "exam_cheating",
        "source": "川考录〔2024〕12号",
        "clause": "第七条",
        "starts_on": date(2024, 3, 1),
        "until": date(2029, 2, 28),
    }
    return Entry(**(values | changes))


def apply(session: Session, user: User) -> Any:
    call = factories.call(session)
    return factories.application(session, call, user, state="submitted")


@pytest.fixture
def cadre(session: Session) -> User:
    user = factories.cadre(session)
    factories.dossier(session, user)
    return user


@pytest.fixture
def keeper(session: Session) -> User:
    return factories.staff(session, Role.ADMIN)


@pytest.mark.parametrize("until", [None, date(2029, 2, 28), REFERENCE])
def test_the_barred_cannot_submit_whatever_they_declare(
    session: Session, cadre: User, keeper: User, until: date | None
) -> None:
    operations.enter(session, [entry(cadre, until=until)], keeper, NOW)

    with pytest.raises(Refused) as refused:
        apply(session, cadre)

    (reason,) = refused.value.reasons
    assert reason.code == "bar.exam_barred"
    assert "川考录〔2024〕12号，第七条，2024年3月1日" in reason.words
    assert ("终身" in reason.words) == (until is None)


def test_a_bar_that_is_over_or_taken_back_or_of_somebody_else_stops_nobody(
    session: Session, cadre: User, keeper: User
) -> None:
    other = factories.cadre(session)
    over = entry(cadre, until=REFERENCE - timedelta(days=1))
    wrong = entry(cadre, source="列错了")
    operations.enter(session, [over, wrong, entry(other)], keeper, NOW)
    bar = session.scalars(sa.select(Bar).where(Bar.source == "列错了")).one()
    operations.revoke(session, bar, keeper, NOW, reason="同名")

    assert apply(session, cadre).state == "submitted"


def test_a_decision_is_entered_once(session: Session, cadre: User, keeper: User) -> None:
    done = operations.enter(session, [entry(cadre), entry(cadre)], keeper, NOW)

    assert (done.new, done.known) == (1, 1)


@pytest.mark.parametrize(
    ("role", "area"),
    [
        (Role.ADMIN, factories.COUNTY),
        (Role.COUNTY_REVIEWER, factories.COUNTY),
        (Role.SUPERVISOR, factories.PROVINCE),
    ],
)
def test_only_the_province_keeps_the_register(session: Session, cadre: User, role: Role, area: str) -> None:
    with pytest.raises(Refused, match="not_allowed"):
        operations.enter(session, [entry(cadre)], factories.staff(session, role, area), NOW)


def test_a_bar_of_five_years_ends_the_day_before() -> None:
    assert operations.bar_ends(date(2026, 11, 22)) == date(2031, 11, 21)
    assert operations.bar_ends(date(2028, 2, 29)) == date(2033, 2, 27)


def test_consequences_of_a_violation(session: Session, keeper: User) -> None:
    call = factories.call(session)
    zero, void, barred, gone = (factories.candidate(session, call) for _ in range(4))
    operations.record_violation(
        session, call, gone, keeper, NOW, TODAY, consequence="void", facts="替考", clause="第六条"
    )

    def record(candidate: Any, consequence: str, **more: Any) -> Any:
        return operations.record_violation(
            session,
            call,
            candidate,
            keeper,
            NOW,
            TODAY,
            consequence=consequence,
            facts="带手机进场",
            clause="第六条",
            **more,
        )

    record(zero, "paper_zero", subject="shenlun")
    record(void, "void")
    entered = record(barred, "bar")
    record(gone, "bar", for_life=True)

    session.expire_all()
    assert [one.state for one in (zero, void, barred, gone)] == ["confirmed", "void", "void", "void"]
    assert queries.zero_papers(session, call.id) == {zero.id: {"shenlun"}}
    assert entered.bar.until == date(2031, 11, 21)
    with pytest.raises(Refused, match="recorded_already"):
        record(zero, "paper_zero", subject="shenlun")
    with pytest.raises(Refused, match="subject_unknown"):
        record(zero, "paper_zero", subject="申论")
    with pytest.raises(Refused, match="subject_missing"):
        record(zero, "paper_zero")
    with pytest.raises(Refused, match="exam_barred"):
        apply(session, barred.owner)


def test_the_keepers_pages(app: Flask, session: Session, cadre: User, keeper: User) -> None:
    browser = pages.sign_in(app, session, keeper)
    page = browser.submit(browser.get("/admin/bars/new"), "列入禁考名单", {"id_number": "510722198805041234"})
    assert set(pages.errors_beside(page)) == {"name", "id_number", "source", "starts_on", "until"}
    values = {
        "name": cadre.name,
        "id_number": cadre.id_number,
        "source": "川考录〔2026〕1号",
        "starts_on": "2026-01-01",
        "for_life": True,
    }
    page = browser.submit(page, "列入禁考名单", values)
    assert [row[-2:] for row in pages.rows_of(page)] == [["2026年1月1日 – 终身", "禁考中"]]
    assert (cadre.id_number or "") not in page.text

    found = browser.submit(page, "查询", {"id_number": cadre.id_number})
    assert "查询结果" in found.text
    page = browser.get(f"/admin/bars/{session.scalars(sa.select(Bar.id)).one()}")
    page = browser.submit(page, "撤销这一条", {"reason": "复核撤销"})
    assert "复核撤销" in pages.text_of(page)


def test_a_list_is_previewed_then_imported(app: Flask, session: Session, cadre: User, keeper: User) -> None:
    browser = pages.sign_in(app, session, keeper)
    head = "姓名,身份证号,情形,决定文号,依据条款,起始日期,截止日期\n"
    good = f"{cadre.name},{cadre.id_number},恶意报名,川考录〔2026〕2号,第五条,2026-01-01,"

    def upload(text: str) -> Any:
        file = (io.BytesIO((head + text).encode()), "bars.csv")
        return browser.submit(browser.get("/admin/bars/import"), "上传并试读", {"table": file})

    page = upload(good + "2025-12-31\n")
    assert "截止日期早于起始日期" in pages.text_of(page)
    page = upload(good + "终身\n")
    assert session.scalar(sa.select(sa.func.count()).select_from(Bar)) == 0
    page = browser.submit(page, "确认列入1条")
    assert "已列入1人" in page.text
    assert session.scalars(sa.select(Bar.kind)).one() == "malicious_registration"


def test_recording_a_violation_on_the_page(app: Flask, session: Session, keeper: User) -> None:
    call = factories.call(session)
    candidate = factories.candidate(session, call)
    browser = pages.sign_in(app, session, keeper)
    address = f"/admin/calls/{call.slug}/violations"

    page = browser.submit(
        browser.get(address), "登记", {"person": "26-AAAA-AAAA", "consequence": "void", "facts": "替考"}
    )
    assert set(pages.errors_beside(page)) == {"person"}
    page = browser.submit(page, "登记", {"person": candidate.application.receipt_number})
    assert [row[2] for row in pages.rows_of(page)] == ["取消本次资格"]
    session.expire_all()
    assert candidate.state == "void"
    assert applications.failing_rules(candidate.application) == []
