"""A candidate's own page, and the list of applications that leads there."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests import factories
from tests.client import tree, words
from tests.conftest import Clock
from tests.fees import paying


@pytest.fixture(autouse=True)
def today(clock: Clock) -> None:
    clock.set(paying.OPENED + timedelta(hours=2))


def main_links(page: TestResponse, class_: str = "") -> dict[str, str]:
    """Words → address of the links of a page's main part."""
    return {
        words(link): link.get("href") or ""
        for main in tree(page).iter("main")
        for link in main.iter("a")
        if class_ in (link.get("class") or "").split() or not class_
    }


def test_what_is_due_now_is_the_one_button(app: Flask, session: Session) -> None:
    waiting = factories.candidate(session, confirmed=False)
    confirmed = factories.candidate(session)
    session.commit()
    page = paying.sign_in(app, session, waiting.owner).get(f"/candidates/{waiting.id}")
    assert main_links(page, "btn-primary") == {"缴费": f"/candidates/{waiting.id}/fee"}
    page = paying.sign_in(app, session, confirmed.owner).get(f"/candidates/{confirmed.id}")
    assert main_links(page, "btn-primary") == {}, "the ticket is not out yet"
    assert "缴费" in main_links(page), "the receipt stays reachable"


def test_the_list_says_where_a_candidate_stands(app: Flask, session: Session) -> None:
    candidate = factories.candidate(session)
    session.commit()
    page = paying.sign_in(app, session, candidate.owner).get("/applications/")
    assert "您可以参加笔试" in page.text
    assert "资格初审合格" not in page.text
    position = f"{candidate.position.organ} · {candidate.position.name}"
    assert main_links(page)[position] == f"/candidates/{candidate.id}"
