"""The totals that stand beside the names: those of the published final ranking, exactly as they were computed."""

import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.selection.models import CallRanking, RankedCandidate, Stage


def of(session: Session, candidate_ids: Sequence[uuid.UUID]) -> Mapping[uuid.UUID, Decimal]:
    """Totals of the candidates that have one in a final ranking in force; one query."""
    rows = session.execute(
        sa.select(RankedCandidate.candidate_id, RankedCandidate.total)
        .join(RankedCandidate.ranking)
        .where(
            RankedCandidate.candidate_id.in_(candidate_ids),
            RankedCandidate.total.is_not(None),
            CallRanking.stage == Stage.FINAL,
            CallRanking.published_at.is_not(None),
            CallRanking.withdrawn_at.is_(None),
        )
    )
    return {candidate_id: total for candidate_id, total in rows if total is not None}
