"""Until when somebody has to pay, as SQL over the columns of a candidate."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

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
    # Under names of their own, so that the query around may read the same tables.
    plan, extension, waiver = aliased(FeePlan), aliased(FeeExtension), aliased(Waiver)
    extended = (
        sa.select(sa.func.max(extension.closes_at))
        .where(
            extension.call_id == call_id,
            sa.or_(
                sa.and_(extension.county_code.is_(None), extension.user_id.is_(None)),
                extension.county_code == county_code,
                extension.user_id == user_id,
            ),
        )
        # Two levels below the candidate, which nothing would bind by itself.
        .correlate_except(extension)
        .scalar_subquery()
    )
    refused = (
        sa.select(sa.func.max(waiver.decided_at))
        .where(waiver.call_id == call_id, waiver.user_id == user_id, waiver.decision == "refused")
        .correlate_except(waiver)
        .scalar_subquery()
    )
    least = plan.late_hours * _HOUR
    due: sa.ColumnElement[Any] = sa.func.greatest(plan.closes_at, extended, since + least, refused + least)
    if settled:
        due = due + plan.settle_hours * _HOUR
    return sa.select(due).where(plan.call_id == call_id).correlate_except(plan).scalar_subquery()


def of_candidate(table: Any = Candidate, settled: bool = False) -> sa.ColumnElement[datetime]:
    """The same over the columns of ``table``: the class, an alias, or a workflow's scope."""
    return due_at_sql(table.call_id, table.area_code, table.owner_id, table.created_at, settled)
