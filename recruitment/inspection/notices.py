"""The facts that the notices of the inspection name."""

from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from recruitment.inspection.vocabulary import CLAUSE, failure_reasons
from recruitment.notices.context import about, event_form
from recruitment.people.models import User


@about("candidate.inspection_passed")
def _passed(session: Session, row: Row[Any], user: User) -> dict[str, Any]:
    return {"clause": CLAUSE}


@about("candidate.inspection_failed")
def _failed(session: Session, row: Row[Any], user: User) -> dict[str, Any]:
    codes = event_form(session, row).get("codes", [])
    return {"reasons": [failure_reasons()[code] for code in codes if code in failure_reasons()]}
