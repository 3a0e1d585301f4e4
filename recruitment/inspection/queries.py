"""Reads of inspections."""

import uuid
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from recruitment.candidates.models import Candidate
from recruitment.inspection.models import Evidence, Inspection, Inspector, OrganStaff
from recruitment.inspection.relatives import Staff, Tie, ties
from recruitment.people.models import REVIEWERS, Grant, User

STATES = ("inspection", "cleared", "inspection_failed")


def of_candidate(session: Session, candidate: Candidate) -> Inspection | None:
    """The candidate's inspection with its team and evidence."""
    return session.scalar(
        sa.select(Inspection)
        .where(Inspection.candidate_id == candidate.id)
        .options(
            selectinload(Inspection.inspectors),
            selectinload(Inspection.evidence).joinedload(Evidence.document),
            joinedload(Inspection.candidate),
        )
    )


def progress(session: Session, candidate_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, tuple[int, str, bool]]:
    """How far each inspection is: size of the team, conclusion, and whether the report was handed in."""
    rows = session.execute(
        sa.select(
            Inspection.candidate_id, Inspection.conclusion, Inspection.submitted_at, _team_size()
        ).where(Inspection.candidate_id.in_(candidate_ids))
    )
    return {row.candidate_id: (row.team, row.conclusion or "", row.submitted_at is not None) for row in rows}


def _team_size() -> sa.Label[int]:
    return (
        sa.select(sa.func.count())
        .select_from(Inspector)
        .where(Inspector.inspection_id == Inspection.id)
        .scalar_subquery()
        .label("team")
    )


def staff_of(session: Session, candidate: Candidate) -> list[Staff] | None:
    """Who works in the organ of the candidate's position; ``None`` when nobody has said."""
    found = session.get(OrganStaff, (candidate.call_id, candidate.position.organ))
    return None if found is None else [Staff(**item) for item in found.staff]


def ties_of(session: Session, candidate: Candidate) -> list[Tie]:
    """The declared relatives of a candidate who seem to work where they would."""
    form = candidate.application.form or {}
    staff = staff_of(session, candidate) or []
    return ties(form.get("relatives", ()), candidate.position.organ, staff)


def evidence(session: Session, candidate: Candidate, evidence_id: uuid.UUID) -> Evidence | None:
    """A piece of evidence of the candidate's report."""
    return session.scalar(
        sa.select(Evidence)
        .join(Evidence.inspection)
        .where(Evidence.id == evidence_id, Inspection.candidate_id == candidate.id)
        .options(joinedload(Evidence.document))
    )


def reviewers(session: Session, areas: Sequence[str]) -> list[User]:
    """Reviewers of the areas, who may be put on a team."""
    there = sa.or_(sa.false(), *(Grant.area_code.startswith(area) for area in areas))
    return list(
        session.scalars(
            sa.select(User)
            .where(User.active, User.grants.any(sa.and_(Grant.role.in_(REVIEWERS), there)))
            .order_by(User.name, User.id)
        )
    )
