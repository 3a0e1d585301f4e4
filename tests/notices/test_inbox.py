"""The inbox as its owner opens it."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests import factories
from tests.cadres.browser import signed_in

ID = "00000000-0000-0000-0000-000000000001"


@pytest.mark.parametrize("after", ["x", "-1", "~", f"2026-01-01T00:00:00+00:00~{ID}x", ID])
def test_a_made_up_place_in_the_list_is_no_page(app: Flask, session: Session, after: str) -> None:
    cadre = factories.cadre(session)
    session.commit()
    browser = signed_in(app, cadre)
    assert browser.get("/inbox/", query_string={"after": after}).status_code == 404
    assert (
        browser.get("/inbox/", query_string={"after": f"2026-01-01T00:00:00+08:00~{ID}"}).status_code == 200
    )
