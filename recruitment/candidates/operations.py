"""How somebody becomes a candidate. Each stage after that has operations of its own, in its room."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.applications.models import Application
from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.workflow import start
from workflows.terms import Actor


def enrol(
    session: Session, call: Call, actor: Actor, now: datetime, limit: int | None = None
) -> list[Candidate]:
    """Make candidates of the call's qualified applications that are none yet. Doing so again does no harm.

    Args:
        limit: at most so many, for callers that commit in chunks.

    Returns:
        The new candidates.

    Raises:
        workflows.terms.Refused: the actor is not in charge of the area.
    """
    known = sa.select(Candidate.application_id)
    qualified = session.scalars(
        sa.select(Application)
        .where(Application.call_id == call.id, Application.state == "qualified", Application.id.not_in(known))
        .order_by(Application.id)
        .limit(limit)
    )
    made = []
    for application in qualified:
        candidate = Candidate(
            application_id=application.id,
            owner_id=application.owner_id,
            area_code=application.area_code,
            call_id=application.call_id,
            position_id=application.position_id,
            created_at=now,
        )
        start(session, candidate, actor=actor, now=now)
        made.append(candidate)
    return made
