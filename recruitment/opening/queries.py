"""Reading the proposal: every position with who has paid."""

import hashlib
import json
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.calls.models import Call, Position
from recruitment.calls.rules import parameters_of
from recruitment.candidates.models import Candidate
from recruitment.opening.models import RATIO, RATIO_AUTONOMOUS, Opening
from recruitment.opening.ratio import Line


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the ratio makes of a call's positions.

    Attributes:
        lines: every position that was not cancelled before, by county and code.
        waiting: how many are still to pay; until then it is not known who will.
    """

    lines: list[tuple[Position, Line]]
    waiting: int

    def of(self, outcome: str) -> list[tuple[Position, Line]]:
        return [(position, line) for position, line in self.lines if line.outcome == outcome]

    @property
    def changed(self) -> list[tuple[Position, Line]]:
        """Positions that would be reduced or cancelled, cancelled ones first."""
        return [*self.of("cancelled"), *self.of("reduced")]

    @property
    def token(self) -> str:
        """Stands for exactly this: whoever confirms hands it in, and anything else is refused."""
        rows = [[line.code, line.openings, line.paid, line.ratio] for _, line in self.lines]
        return hashlib.sha256(json.dumps([rows, self.waiting]).encode()).hexdigest()


def opening_of(session: Session, call: Call) -> Opening:
    """The call's ratios and decision; the defaults, not stored, where nothing was set."""
    found = session.get(Opening, call.id)
    return found or Opening(call_id=call.id, ratio=RATIO, ratio_autonomous=RATIO_AUTONOMOUS)


def proposal(session: Session, call: Call) -> Proposal:
    """The proposal as things stand: two queries."""
    opening = opening_of(session, call)
    autonomous = parameters_of(call).counties("age.autonomous_counties")
    paid = sa.func.count().filter(Candidate.state == "confirmed")
    waiting = sa.func.count().filter(Candidate.state == "awaiting_fee")
    counts = {
        position_id: (confirmed, due)
        for position_id, confirmed, due in session.execute(
            sa.select(Candidate.position_id, paid, waiting)
            .where(Candidate.call_id == call.id)
            .group_by(Candidate.position_id)
        )
    }
    positions = session.scalars(
        sa.select(Position)
        .where(Position.call_id == call.id, Position.cancelled_at.is_(None))
        .order_by(Position.county_code, Position.code)
    )
    lines = [
        (
            position,
            Line(
                position.code,
                position.openings,
                counts.get(position.id, (0, 0))[0],
                opening.ratio_autonomous if position.county_code in autonomous else opening.ratio,
            ),
        )
        for position in positions
    ]
    return Proposal(lines, sum(due for _, due in counts.values()))
