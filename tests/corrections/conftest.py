"""An admin, a call, and three who have applied to it."""

from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy.orm import Session

from recruitment.applications.models import Application
from recruitment.cadres.models import Tenure
from recruitment.calls.models import Call
from tests import factories
from tests.desk import browser, counted, person, supervisor, today

__all__ = ["browser", "counted", "person", "supervisor", "today"]


@dataclass(frozen=True)
class Round:
    """``young`` may apply by every rule; ``late`` has served two years of three; ``refused`` too, and was refused
    for it."""

    call: Call
    young: Application
    late: Application
    refused: Application


def short_served(session: Session, call: Call, state: str) -> Application:
    owner = factories.cadre(session)
    made = factories.dossier(session, owner)
    community = made.tenures[0].community_code
    made.tenures = [Tenure(post="party_secretary", community_code=community, started_on=date(2024, 3, 1))]
    session.flush()
    return factories.application(session, call, owner=owner, state=state)


@pytest.fixture
def round_(session: Session) -> Round:
    call = factories.call(session, slug="2026")
    found = Round(
        call,
        young=factories.application(session, call),
        late=short_served(session, call, "submitted"),
        refused=short_served(session, call, "refused"),
    )
    session.commit()
    return found
