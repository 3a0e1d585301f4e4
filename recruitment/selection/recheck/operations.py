"""Decisions of the recheck, calling up substitutes, giving up, and closing what is left."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.calls.models import Call
from recruitment.candidates.models import Candidate
from recruitment.people.models import User
from recruitment.selection import plans
from recruitment.workflow import fire, fire_many
from workflows.terms import Fired

# What a reviewer may do with a candidate, and whether it asks for a reason.
DECISIONS: Mapping[str, bool] = {
    "pass_recheck": False,
    "fail_recheck": True,
    "call_up": False,
    "record_giving_up": True,
}
LEFT_OVER = ("reserve", "called_up", "interviewed")


def decide(
    session: Session,
    candidate: Candidate,
    trigger: str,
    person: User,
    now: datetime,
    *,
    reason: str = "",
    expected_version: int | None = None,
) -> Fired:
    """One of :data:`DECISIONS`.

    Raises:
        workflows.terms.Refused: with every reason; ``Stale`` when somebody decided in between.
    """
    if trigger not in DECISIONS:
        raise ValueError(f"{trigger} is no decision of the recheck")
    if trigger == "call_up":
        # Two reviewers calling up at once wait for each other, and the second sees what the first did.
        plans.lock(session, session.get_one(Call, candidate.call_id))
    form: dict[str, Any] | None = {"reason": reason.strip()} if DECISIONS[trigger] else None
    return fire(
        session,
        candidate,
        trigger,
        actor=person.actor(),
        now=now,
        form=form,
        expected_version=expected_version,
    )


def accept(session: Session, candidate: Candidate, person: User, now: datetime) -> Fired:
    """A substitute agrees. :raises Refused: the deadline is over."""
    return fire(session, candidate, "accept", actor=person.actor(), now=now)


def give_up(
    session: Session,
    candidate: Candidate,
    person: User,
    now: datetime,
    *,
    expected_version: int | None = None,
) -> Fired:
    """A cadre leaves for good."""
    return fire(
        session, candidate, "give_up", actor=person.actor(), now=now, expected_version=expected_version
    )


def left_over(session: Session, call: Call) -> dict[str, list[uuid.UUID]]:
    """Who would be closed, by state."""
    found: dict[str, list[uuid.UUID]] = {state: [] for state in LEFT_OVER}
    rows = session.execute(
        sa.select(Candidate.state, Candidate.id).where(
            Candidate.call_id == call.id, Candidate.state.in_(LEFT_OVER)
        )
    )
    for state, candidate_id in rows:
        found[state].append(candidate_id)
    return found


def close(session: Session, call: Call, person: User, now: datetime) -> int:
    """Tell everybody who is still waiting that the call has ended for them; returns how many.

    Raises:
        workflows.terms.Refused: the call is not the person's.
    """
    plans.check_in_charge(call, person)
    plans.lock(session, call)
    ids = [candidate_id for found in left_over(session, call).values() for candidate_id in found]
    if not ids:
        return 0
    return fire_many(session, "candidate", "close", ids, actor=person.actor(), now=now).moved
