"""The facts that the notices of the medical name. What was not met is never among them."""

from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from recruitment.candidates.models import Candidate
from recruitment.medical import queries
from recruitment.medical.guards import MEDICAL_CLAUSE, RETEST_CLAUSE
from recruitment.notices.context import about
from recruitment.people.models import User
from recruitment.wording import deadline, moment


@about("candidate.to_medical")
def _plan(session: Session, row: Row[Any], user: User) -> dict[str, Any]:
    candidate = session.get_one(Candidate, row.subject_id)
    plan = queries.plan_for(session, candidate.call_id, candidate.area_code)
    if plan is None:
        return {"plan": None}
    return {
        "plan": {
            "reports_at": moment(plan.reports_at),
            "hospital": plan.hospital,
            "address": plan.address,
            "note": plan.note,
        }
    }


@about("candidate.medical_passed")
def _passed(session: Session, row: Row[Any], user: User) -> dict[str, Any]:
    return {"clause": MEDICAL_CLAUSE}


@about("candidate.medical_unfit", "candidate.medical_retest", "candidate.medical_failed")
def _retest(session: Session, row: Row[Any], user: User) -> dict[str, Any]:
    until = queries.retest_until(session, row.subject_id)
    return {
        "clause": RETEST_CLAUSE,
        "retest_until": deadline(until) if until else "",
        "lapsed": queries.rounds(session, [row.subject_id]).get(row.subject_id, 0) == 1,
    }
