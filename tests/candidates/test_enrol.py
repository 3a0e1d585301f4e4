"""Who becomes a candidate."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.candidates.models import Candidate
from recruitment.candidates.operations import enrol
from recruitment.people.models import Role
from tests import factories


def test_qualified_applications_become_candidates_once(session: Session) -> None:
    call = factories.call(session)
    qualified = factories.application(session, call, state="qualified")
    factories.application(session, call, state="submitted")
    factories.application(session, factories.call(session), state="qualified")
    admin = factories.actor(factories.staff(session, Role.ADMIN))

    made = enrol(session, call, admin, factories.NOW)

    assert [(row.application_id, row.position_id, row.state) for row in made] == [
        (qualified.id, qualified.position_id, "awaiting_fee")
    ]
    assert enrol(session, call, admin, factories.NOW) == []
    assert session.scalar(sa.select(sa.func.count()).select_from(Candidate)) == 1
