"""A bank's file of a whole province: more rows than a statement has parameters."""

import time
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from recruitment.fees import payments
from recruitment.fees.models import Payment
from recruitment.fees.payments import Paid
from recruitment.lists import tasks
from recruitment.lists.models import ListUpload
from recruitment.people.models import Role
from tests import factories, pages
from tests.client import heading
from tests.conftest import Clock
from tests.fees import paying
from tests.fees.paying import FEE, OPENED

# What a worker may take for reading and for importing; a page says “two minutes”.
MOST_SECONDS = 60


def rows(number: int) -> list[Paid]:
    return [Paid(f"26-{n:04d}-AAAA", FEE, OPENED, f"B{n:012d}") for n in range(number)]


def test_more_payments_than_a_statement_has_parameters_are_judged(session: Session) -> None:
    call, [first] = paying.call_with(session, 1)
    judged = payments.judge(session, call, [*rows(70_000), paying.paid(first)])
    assert len(judged) == 70_001
    assert [row.person is not None for row in judged].count(True) == 1


@pytest.mark.full
def test_a_hundred_thousand_payments_are_imported_by_a_worker(
    app: Flask, session: Session, clock: Clock
) -> None:
    clock.set(OPENED + timedelta(hours=2))
    admin = factories.staff(session, Role.ADMIN)
    call, [first] = paying.call_with(session, 1, admin)
    session.commit()
    browser = paying.sign_in(app, session, admin)
    start = browser.get(f"/admin/calls/{call.slug}/fees/import")
    sent, name = paying.csv(*rows(100_000), paying.paid(first))
    page = browser.submit(start, "上传并试读", {"table": (sent, name)})
    assert heading(page) == "正在试读"
    upload = session.scalars(sa.select(ListUpload.id)).one()
    for button in ("确认导入100001笔", ""):
        session.rollback()
        began = time.monotonic()
        tasks.work(str(upload))
        assert time.monotonic() - began < MOST_SECONDS
        page = browser.get(page.request.path)
        if button:
            page = browser.submit(page, button)
            assert heading(page) == "正在导入"
    assert "已导入100001笔缴费，确认1人参加考试" in pages.text_of(page)
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(Payment)) == 100_001
