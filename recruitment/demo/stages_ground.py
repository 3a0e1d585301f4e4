"""What the stages of the earlier call share: its people, its positions, and days counted back from the present."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

from recruitment.applications import operations as applications
from recruitment.calls.models import Call, Position
from recruitment.candidates.models import Candidate
from recruitment.clock import SHANGHAI
from recruitment.demo.accounts import reviewer
from recruitment.people.models import Role, User
from recruitment.workflow import engine
from workflows import timers


@dataclass
class Play:
    """The call, the people who run it, and its applicants by position and place."""

    session: Session
    call: Call
    admin: User
    second: User
    county: User
    prefecture: User
    moment: datetime
    positions: list[Position] = field(default_factory=list)
    owners: dict[tuple[int, int], User] = field(default_factory=dict)

    def at(self, days: int, hour: int = 9, minute: int = 0) -> datetime:
        """So many days ago at that time of day, in Sichuan."""
        day = self.moment.astimezone(SHANGHAI).date() - timedelta(days=days)
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)

    def candidates(self) -> dict[tuple[int, int], Candidate]:
        """Where everybody stands, who chose again by their new position, under position and place."""
        self.session.expire_all()
        found = {
            row.owner_id: row
            for row in self.session.scalars(
                sa.select(Candidate)
                .where(Candidate.call_id == self.call.id)
                .order_by(Candidate.created_at, Candidate.id)
            )
        }
        return {key: found[user.id] for key, user in self.owners.items() if user.id in found}

    def reviewer(self, candidate: Candidate) -> User:
        """The county's reviewer for a candidate."""
        known = reviewer(self.session, Role.COUNTY_REVIEWER, candidate.area_code)
        return self.session.get_one(User, known)

    def ring(self, days: int, hour: int = 9) -> None:
        """Let the timers that were due by then fire, in the transaction of the demo."""
        self.session.flush()
        inside = sessionmaker(self.session.connection(), join_transaction_mode="create_savepoint")
        moment = self.at(days, hour)
        timers.run(engine(), inside, now=lambda: moment)
        self.session.expire_all()


def apply(ground: Play, user: User, position: Position, at: datetime) -> None:
    """Choose a position, hand in, and be found qualified by county and prefecture."""
    session, own = ground.session, user.actor()
    application = applications.choose_position(session, ground.call, position, user.id, own, at)
    applications.submit(session, application, own, at + timedelta(minutes=20))
    county = session.get_one(User, reviewer(session, Role.COUNTY_REVIEWER, position.county_code))
    later = at + timedelta(hours=5)
    applications.decide(session, application, "pass", county.actor(), later)
    applications.decide(
        session, application, "confirm", ground.prefecture.actor(), later + timedelta(hours=1)
    )
