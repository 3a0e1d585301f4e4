"""Until when somebody has to pay, as SQL over the columns of a candidate."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from recruitment.candidates.models import Candidate
from recruitment.fees.models import FeeExtension, FeePlan, Waiver

_HOUR: sa.ColumnElement[Any] = sa.literal_column("interval '1 hour'")


def due_at_sql(
    call_id: sa.ColumnElement[uuid.UUID],
    county_code: sa.ColumnElement[str],
    user_id: sa.ColumnElement[uuid.UUID],
    since: sa.ColumnElement[datetime],
    settled: bool = False,
) -> sa.ColumnElement[datetime]:
    """When paying ends for a candidate who was asked at ``since``; null without a fee plan.

    It is the latest of the call's deadline, its extensions, the least time after being asked, and the same
    time after a waiver was refused.

    Args:
        settled: the moment from which whoever has not paid has given up, when the bank's file had its time.
    """
    extended = (
        sa.select(sa.func.max(FeeExtension.closes_at))
        .where(
            FeeExtension.call_id == call_id,
            sa.or_(
                sa.and_(FeeExtension.county_code.is_(None), FeeExtension.user_id.is_(None)),
                FeeExtension.county_code == county_code,
                FeeExtension.user_id == user_id,
            ),
        )
        .scalar_subquery()
    )
    refused = (
        sa.select(sa.func.max(Waiver.decided_at))
        .where(Waiver.call_id == call_id, Waiver.user_id == user_id, Waiver.decision == "refused")
        .scalar_subquery()
    )
    least = FeePlan.late_hours * _HOUR
    due = sa.func.greatest(FeePlan.closes_at, extended, since + least, refused + least)
    if settled:
        due = due + FeePlan.settle_hours * _HOUR
    return sa.select(due).where(FeePlan.call_id == call_id).scalar_subquery()


def of_candidate(table: Any = Candidate, settled: bool = False) -> sa.ColumnElement[datetime]:
    """The same over the columns of ``table``: the class, an alias, or a workflow's scope."""
    return due_at_sql(table.call_id, table.area_code, table.owner_id, table.created_at, settled)
