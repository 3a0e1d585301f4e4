"""Reads of medicals."""

import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, defer

from recruitment.areas.catalogue import PROVINCE_CODE, prefecture_of
from recruitment.calls.models import Call
from recruitment.medical.models import ITEMS, MedicalPlan, MedicalResult, MedicalTerms
from recruitment.medical.window import DAYS

STATES = ("medical", "medical_retest", "medical_failed")


def terms(session: Session, call_id: uuid.UUID) -> MedicalTerms:
    """How the call holds its medicals; the defaults when nobody has set anything. Not to be written to."""
    found = session.get(MedicalTerms, call_id)
    if found is None:
        return MedicalTerms(call_id=call_id, retest_days=DAYS, items=list(ITEMS))
    return found


def plans(session: Session, call: Call) -> list[MedicalPlan]:
    """Every plan of the call, the province's first."""
    return list(
        session.scalars(
            sa.select(MedicalPlan).where(MedicalPlan.call_id == call.id).order_by(MedicalPlan.area_code)
        )
    )


def plan_for(session: Session, call_id: uuid.UUID, area_code: str) -> MedicalPlan | None:
    """When and where the candidates of a county report: its prefecture's plan, else the province's."""
    return session.scalar(
        sa.select(MedicalPlan)
        .where(
            MedicalPlan.call_id == call_id,
            MedicalPlan.area_code.in_((prefecture_of(area_code), PROVINCE_CODE)),
        )
        .order_by(MedicalPlan.area_code.desc())
        .limit(1)
    )


def results(session: Session, candidate_id: uuid.UUID) -> list[MedicalResult]:
    """The results of a candidate with their items, the first round first."""
    return list(
        session.scalars(
            sa.select(MedicalResult)
            .where(MedicalResult.candidate_id == candidate_id)
            .order_by(MedicalResult.round)
        )
    )


def rounds(session: Session, candidate_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, int]:
    """How many results each candidate has; who has none is missing."""
    query = (
        sa.select(MedicalResult.candidate_id, sa.func.count().label("number"))
        .where(MedicalResult.candidate_id.in_(candidate_ids))
        .group_by(MedicalResult.candidate_id)
    )
    return {row.candidate_id: row.number for row in session.execute(query)}


def latest(session: Session, candidate_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, MedicalResult]:
    """The last result of each candidate, without its item."""
    query = (
        sa.select(MedicalResult)
        .where(MedicalResult.candidate_id.in_(candidate_ids))
        .ext(distinct_on(MedicalResult.candidate_id))
        .order_by(MedicalResult.candidate_id, MedicalResult.round.desc())
        .options(defer(MedicalResult.item, raiseload=True))
    )
    return {result.candidate_id: result for result in session.scalars(query)}


def retest_until(session: Session, candidate_id: uuid.UUID) -> datetime | None:
    """Until when a re-exam may be asked for; none where there is nothing to ask for."""
    return session.scalar(
        sa.select(MedicalResult.retest_until).where(
            MedicalResult.candidate_id == candidate_id, MedicalResult.retest_until.is_not(None)
        )
    )
