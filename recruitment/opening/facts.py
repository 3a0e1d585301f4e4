"""What the text about a cancelled position may name."""

from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from recruitment.candidates.models import Candidate
from recruitment.fees.queries import part_of
from recruitment.notices.context import about
from recruitment.opening.models import Opening
from recruitment.people.models import User
from recruitment.wording import moment


@about("candidate.displaced")
def _displaced(session: Session, row: Row[Any], user: User) -> dict[str, Any]:
    candidate = session.get_one(Candidate, row.subject_id)
    opening = session.get(Opening, candidate.call_id)
    part = part_of(session, candidate)
    closes_at = opening.rechoice_closes_at if opening else None
    return {
        "rechoice": moment(closes_at) if closes_at else "",
        "paid": str(part.counted.amount) if part and part.counted else "",
    }
