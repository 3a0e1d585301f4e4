"""Which money belongs back to who paid it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from recruitment.applications.models import SPENT, Application
from recruitment.calls.deadlines import closes_at_sql
from recruitment.candidates.models import Candidate
from recruitment.fees.models import Payment
from recruitment.fees.rules import Outcome


def to_refund_condition(now: datetime) -> sa.ColumnElement[bool]:
    """SQL condition over payments: the money belongs back to who paid it.

    A payment that counted goes back when the position was cancelled and the person neither has chosen another
    nor can any more.
    """
    gone = Candidate.__table__.alias("gone")
    again = Application.__table__.alias("again")
    displaced = sa.exists().where(
        gone.c.call_id == Payment.call_id,
        gone.c.owner_id == Payment.user_id,
        gone.c.state == "displaced",
        closes_at_sql(gone.c.call_id, gone.c.area_code, gone.c.owner_id) <= now,
    )
    chosen = sa.exists().where(
        again.c.call_id == Payment.call_id,
        again.c.owner_id == Payment.user_id,
        again.c.state.not_in(SPENT),
    )
    return sa.or_(
        Payment.outcome.in_((Outcome.WRONG_AMOUNT, Outcome.LATE, Outcome.DUPLICATE, Outcome.UNEXPECTED)),
        sa.and_(Payment.outcome == Outcome.COUNTED, displaced, ~chosen),
    )


def goes_back(session: Session, payment: Payment, now: datetime) -> bool:
    """Whether a payment is to be sent back."""
    return bool(
        session.scalar(sa.select(sa.exists().where(Payment.id == payment.id, to_refund_condition(now))))
    )
