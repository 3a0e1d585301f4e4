"""What the texts about fees may name."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Row
from sqlalchemy.orm import Session

from recruitment.candidates.models import Candidate
from recruitment.fees import deadlines
from recruitment.fees.models import FeePlan
from recruitment.notices.context import about
from recruitment.people.models import User
from recruitment.wording import deadline

NOTICES = ("fee_due", "fee_confirmed", "fee_waived", "waiver_refused", "fee_lapsed", "fee_reopened")


@about(*(f"candidate.{name}" for name in NOTICES))
def _fee(session: Session, row: Row[Any], user: User) -> dict[str, Any]:
    found = session.execute(
        sa.select(FeePlan, deadlines.of_candidate())
        .join(Candidate, Candidate.call_id == FeePlan.call_id)
        .where(Candidate.id == row.subject_id)
    ).one_or_none()
    if found is None:
        return {"amount": "", "due": "", "instructions": "", "kinds": []}
    plan, due_at = found
    return {
        "amount": str(plan.amount) if plan.amount else "",
        "due": deadline(due_at),
        "instructions": plan.instructions,
        "kinds": list(plan.waiver_kinds),
    }
