"""The cadre's own page of a candidacy."""

from flask import Flask
from sqlalchemy.orm import Session

from recruitment.candidates.models import Candidate
from tests import factories
from tests.calls import pages
from tests.client import tree
from tests.conftest import Clock


def buttons(app: Flask, session: Session, candidate: Candidate) -> dict[str, bool]:
    """The pages that are offered, in their order, and whether each stands out."""
    page = pages.sign_in(app, session, candidate.owner).get(f"/candidates/{candidate.id}")
    links = tree(page).iterfind(".//section[@aria-labelledby='standing']//a")
    return {"".join(link.itertext()).strip(): "btn-main" in link.get("class", "") for link in links}


def test_only_what_is_due_stands_out(app: Flask, session: Session, clock: Clock) -> None:
    clock.set(factories.NOW)
    waiting = factories.candidate(session, confirmed=False)
    paid = factories.candidate(session, of=waiting.call)
    session.commit()
    assert buttons(app, session, waiting)["缴费"]
    # Paid long ago: still to be looked up, but not what one comes for.
    assert buttons(app, session, paid)["缴费"] is False
