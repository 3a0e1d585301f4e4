"""The facts that notices about results and what follows them may name."""

import uuid
from typing import Any

from flask import current_app
from sqlalchemy import Row
from sqlalchemy.orm import Session

from recruitment.candidates.models import Candidate
from recruitment.notices.context import about, timer_set
from recruitment.people.models import User
from recruitment.selection import plans
from recruitment.selection.marks.sheet import to_cell
from recruitment.selection.models import Recount, SelectionPlan, Stage
from recruitment.selection.numbers import plain
from recruitment.selection.results.queries import line_of, marks_of
from recruitment.wording import moment


@about("candidate.shortlisted", "candidate.reserve", "candidate.eliminated")
def _written(session: Session, row: Row[Any], user: User) -> dict[str, Any]:
    candidate = session.get_one(Candidate, row.subject_id)
    line = line_of(session, candidate, Stage.WRITTEN)
    plan = session.get(SelectionPlan, candidate.call_id)
    closes_at = plan.query_closes_at if plan else None
    return {
        "written": "" if line is None or line.written is None else plain(line.written),
        "written_rank": "" if line is None else line.written_rank or "",
        "result": "" if line is None else line.explanation,
        "query_closes_at": moment(closes_at) if closes_at else "",
    }


@about("candidate.called_up")
def _called_up(session: Session, row: Row[Any], user: User) -> dict[str, Any]:
    return {"consent_due": timer_set(session, row, "consent_deadline")}


@about("candidate.recount_answered")
def _recount(session: Session, row: Row[Any], user: User) -> dict[str, Any]:
    candidate = session.get_one(Candidate, row.subject_id)
    asked = session.get_one(Recount, uuid.UUID(row.data["recount"]))
    names = {item.code: item.name for item in plans.scheme_of(session, candidate.call).subjects}
    mark = marks_of(session, candidate).get(asked.subject)
    return {
        "subject_name": names.get(asked.subject, asked.subject),
        "corrected": asked.outcome == "corrected",
        "mark": to_cell(*mark) if mark else "",
        "answer": asked.answer or "",
        "link": f"{current_app.config['SETTINGS'].site_url}/candidates/{candidate.id}/scores",
    }
