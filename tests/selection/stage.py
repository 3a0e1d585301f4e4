"""A call whose candidates wait for their marks, and the people who enter them."""

import csv
import hashlib
import io
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.applications.models import Application
from recruitment.calls.models import Call, Position
from recruitment.candidates.models import Candidate
from recruitment.lists.reading import read_list
from recruitment.people.models import Role, User
from recruitment.selection.marks import entry, operations
from recruitment.selection.models import CallRanking, MarkEntry, Stage
from recruitment.selection.results import operations as results
from recruitment.workflow import fire, start
from tests import factories
from tests.factories import COUNTY, NOW
from workflows.terms import Actor

HEADER = ["准考证号", "行测", "申论"]
LATER = NOW + timedelta(hours=2)


@dataclass
class Exam:
    """A call with its two admins and its candidates by ticket number."""

    call: Call
    admin: User
    other: User
    candidates: dict[str, Candidate] = field(default_factory=dict)

    def add(self, session: Session, position: Position, number: int) -> Candidate:
        made = candidate(session, self.call, position, f"5107{len(self.candidates) + 1:06d}")
        self.candidates[str(made.ticket_number)] = made
        return made

    @property
    def tickets(self) -> list[str]:
        return list(self.candidates)


def candidate(session: Session, call: Call, position: Position, ticket: str) -> Candidate:
    """Somebody who may sit the exam. The way there, which other tests walk, is cut short: it takes a second each."""
    owner = factories.cadre(session)
    application = Application(
        id=uuid.uuid4(),
        call_id=call.id,
        position_id=position.id,
        owner_id=owner.id,
        area_code=position.county_code,
        form={"identity": {"name": owner.name}},
        receipt_number=uuid.uuid4().hex,
        submitted_at=NOW,
        state="qualified",
        public_state="qualified",
        state_since=NOW,
        definition_version=1,
    )
    session.add(application)
    session.flush()
    made = Candidate(
        application_id=application.id,
        owner_id=owner.id,
        area_code=position.county_code,
        call_id=call.id,
        position_id=position.id,
        ticket_number=ticket,
    )
    system = Actor.system("test")
    start(session, made, actor=system, now=NOW)
    fire(session, made, "confirm_fee", actor=system, now=NOW)
    return made


def exam(session: Session, sizes: Sequence[int] = (4,), county: str = COUNTY) -> Exam:
    """A call with so many candidates on each of its positions in the county."""
    admin = factories.staff(session, Role.ADMIN, name="罗管理")
    made = Exam(factories.call(session), admin, factories.staff(session, Role.ADMIN, name="何管理"))
    # Registration is open, and positions may be added for the test.
    for number, size in enumerate(sizes):
        position = (
            factories.first_position(session, made.call, county)
            if number == 0
            else factories.position(session, made.call, county)
        )
        for _ in range(size):
            made.add(session, position, number)
    return made


def sheet(rows: Mapping[str, Sequence[str]], header: Sequence[str] = HEADER) -> bytes:
    """A file of marks as .csv."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([ticket, *cells] for ticket, cells in rows.items())
    return out.getvalue().encode()


def enter(session: Session, made: Exam, rows: Mapping[str, Sequence[str]], person: User) -> entry.Confirmed:
    """One person reads the sheet and stands by it."""
    content = sheet(rows)
    found = read_list(operations.sheet_of(session, made.call), content)
    assert found.ok, found.errors
    kept = entry.stage_entry(
        session,
        made.call,
        Stage.WRITTEN,
        person,
        LATER,
        filename="成绩.csv",
        sha256=hashlib.sha256(content).hexdigest(),
        rows={row.ticket: row.cells for row in found.rows},
    )
    return operations.confirm(session, made.call, kept.id, person, LATER)


def enter_twice(session: Session, made: Exam, rows: Mapping[str, Sequence[str]]) -> None:
    """Both people read the same."""
    assert not enter(session, made, rows, made.admin).agreed
    assert enter(session, made, rows, made.other).agreed


def publish(session: Session, made: Exam, stage: Stage = Stage.WRITTEN) -> CallRanking:
    """Compute and publish the ranking of a stage."""
    ranking = results.compute(session, made.call, stage, made.admin, LATER)
    results.publish(session, made.call, ranking.id, made.admin, LATER)
    return ranking


def states(session: Session, made: Exam) -> dict[str, str]:
    """Where everybody stands, by ticket number."""
    session.expire_all()
    rows = session.execute(
        sa.select(Candidate.ticket_number, Candidate.state)
        .where(Candidate.call_id == made.call.id)
        .order_by(Candidate.ticket_number)
    )
    return {str(ticket): state for ticket, state in rows}


def open_entries(session: Session) -> int:
    return session.scalars(
        sa.select(sa.func.count()).select_from(MarkEntry).where(MarkEntry.agreed_at.is_(None))
    ).one()
