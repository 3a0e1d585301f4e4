"""Reading the register and the violations of a call."""

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from recruitment.bars.models import Bar, Violation
from recruitment.bars.table import Entry
from recruitment.calls.models import Call, Position
from recruitment.candidates.models import Candidate
from recruitment.database import among
from recruitment.people.crypto import blind_index
from recruitment.people.models import User
from recruitment.selection import plans

PAGE = 50


@dataclass(frozen=True, slots=True)
class BarPage:
    """A slice of the register; ``after`` is the id of its last entry, empty on the last page."""

    rows: list[Bar]
    after: str = ""


def page(session: Session, after: str = "", limit: int = PAGE) -> BarPage:
    """The register, the latest first; raises ``ValueError`` for an ``after`` that is no id."""
    query = (
        sa.select(Bar)
        .options(joinedload(Bar.author).lazyload(User.grants))
        .order_by(Bar.starts_on.desc(), Bar.id.desc())
        .limit(limit + 1)
    )
    if after:
        place = sa.select(Bar.starts_on, Bar.id).where(Bar.id == uuid.UUID(after)).scalar_subquery()
        query = query.where(sa.tuple_(Bar.starts_on, Bar.id) < place)
    rows = list(session.scalars(query))
    return BarPage(rows[:limit], str(rows[limit - 1].id) if len(rows) > limit else "")


def of_number(session: Session, id_number: str) -> list[Bar]:
    """Every entry of an ID number in its normal form, those taken back too."""
    return list(
        session.scalars(
            sa.select(Bar)
            .options(joinedload(Bar.author).lazyload(User.grants))
            .where(Bar.id_number_index == blind_index("id_number", id_number))
            .order_by(Bar.starts_on.desc(), Bar.id)
        )
    )


def standing(session: Session, entries: Iterable[Entry]) -> set[tuple[str, str, date]]:
    """ID number, decision and first day of those entries that stand in the register already."""
    numbers = {blind_index("id_number", entry.id_number.value): entry.id_number.value for entry in entries}
    rows = session.execute(
        sa.select(Bar.id_number_index, Bar.source, Bar.starts_on).where(
            among(Bar.id_number_index, numbers), Bar.revoked_at.is_(None)
        )
    )
    return {(numbers[index], source, starts_on) for index, source, starts_on in rows}


def status(bar: Bar, today: date) -> str:
    """``revoked``, ``over`` or ``standing``."""
    if bar.revoked_at is not None:
        return "revoked"
    return "over" if bar.until is not None and bar.until < today else "standing"


def violations(session: Session, call: Call) -> list[tuple[Violation, Candidate]]:
    """Every violation recorded in a call, the latest first."""
    rows = session.execute(
        sa.select(Violation, Candidate)
        .join(Candidate, Candidate.id == Violation.candidate_id)
        .options(
            joinedload(Violation.author).lazyload(User.grants),
            joinedload(Violation.bar),
            joinedload(Candidate.owner).lazyload(User.grants),
            joinedload(Candidate.position).joinedload(Position.county),
        )
        .where(Candidate.call_id == call.id)
        .order_by(Violation.recorded_at.desc(), Violation.id)
    )
    return [(violation, candidate) for violation, candidate in rows]


def papers(session: Session, call: Call) -> dict[str, str]:
    """The papers of a call by code, with their names."""
    return {subject.code: subject.name for subject in plans.scheme_of(session, call).subjects}


def zero_papers(session: Session, call_id: uuid.UUID) -> dict[uuid.UUID, set[str]]:
    """Candidate → codes of the papers whose mark is 0 because of a violation."""
    found: dict[uuid.UUID, set[str]] = {}
    for candidate_id, subject in session.execute(
        sa.select(Violation.candidate_id, Violation.subject)
        .join(Candidate, Candidate.id == Violation.candidate_id)
        .where(
            Candidate.call_id == call_id,
            Violation.consequence == "paper_zero",
            Violation.revoked_at.is_(None),
        )
    ):
        found.setdefault(candidate_id, set()).add(str(subject))
    return found


def violation_of(session: Session, call: Call, violation_id: uuid.UUID) -> Violation | None:
    """One violation of a call."""
    return session.scalar(
        sa.select(Violation)
        .join(Candidate, Candidate.id == Violation.candidate_id)
        .where(Violation.id == violation_id, Candidate.call_id == call.id)
    )


def of_incidents(session: Session, incident_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Violation]:
    """The violation that each of these incidents led to, those taken back left out."""
    found = session.scalars(
        sa.select(Violation).where(Violation.incident_id.in_(incident_ids), Violation.revoked_at.is_(None))
    )
    return {violation.incident_id: violation for violation in found if violation.incident_id}


def find_candidate(session: Session, call: Call, person: User) -> Candidate | None:
    """The person's latest candidate in a call."""
    return session.scalar(
        sa.select(Candidate)
        .where(Candidate.call_id == call.id, Candidate.owner_id == person.id)
        .order_by(Candidate.created_at.desc())
        .limit(1)
    )
