"""What the texts about appeals read."""

from typing import Any

from flask import current_app
from sqlalchemy import Row
from sqlalchemy.orm import Session

from recruitment.appeals import queries
from recruitment.appeals.kinds import KINDS
from recruitment.appeals.models import Appeal
from recruitment.applications.models import Application
from recruitment.candidates.models import Candidate
from recruitment.notices.context import about, event_form
from recruitment.people.models import User
from recruitment.selection.models import Stage
from recruitment.selection.results.queries import line_of
from recruitment.wording import deadline


@about("appeal")
def _appeal(session: Session, row: Row[Any], user: User) -> dict[str, Any]:
    appeal = session.get_one(Appeal, row.subject_id)
    application = appeal.application
    call, position = application.call, application.position
    overdue = row.notice == "appeal.overdue"
    page = f"/review/appeals/{appeal.id}" if overdue else f"/appeals/{appeal.id}"
    return {
        "call": call.title,
        "hotline": call.hotline,
        "position": f"{position.organ}“{position.name}”（职位代码 {position.code}）",
        "kind": str(KINDS[appeal.kind].label),
        "reversed": KINDS[appeal.kind].reversal is not None,
        "told": event_form(session, row).get("told", ""),
        "decide_by": deadline(appeal.decide_by) if appeal.decide_by else "",
        "link": f"{current_app.config['SETTINGS'].site_url}{page}",
    }


@about("appeal.settled")
def _settled(session: Session, row: Row[Any], user: User) -> dict[str, Any]:
    """The result after the correction."""
    appeal = session.get_one(Appeal, row.subject_id)
    line = appeal.candidate and line_of(session, appeal.candidate, Stage.WRITTEN)
    return {
        "result": line.explanation if line else "",
        "link": f"{current_app.config['SETTINGS'].site_url}/candidates/{appeal.candidate_id}/scores",
    }


# The notices of decisions that may be appealed against, by kind.
DECISIONS = {
    "application.refused": "refusal",
    "candidate.recheck_failed": "recheck",
    "candidate.medical_failed": "medical",
    "candidate.inspection_failed": "inspection",
    "candidate.rejected": "rejection",
}


@about(*DECISIONS)
def _decision(session: Session, row: Row[Any], user: User) -> dict[str, Any]:
    """Until when a decision may be appealed against; empty while that is not known."""
    candidate = session.get_one(Candidate, row.subject_id) if row.workflow == "candidate" else None
    application = candidate.application if candidate else session.get_one(Application, row.subject_id)
    for decision in queries.decisions(session, application, candidate):
        if decision.kind == DECISIONS[row.notice] and decision.file_by:
            return {"appeal_until": deadline(decision.file_by)}
    return {"appeal_until": ""}
