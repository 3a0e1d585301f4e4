"""What the pages of selection have in common."""

import io
from collections.abc import Callable
from typing import Any, NamedTuple

import sqlalchemy as sa
from flask import Blueprint, abort, send_file
from werkzeug.wrappers import Response

from recruitment.calls.models import Call
from recruitment.calls.views.base import READERS, Page, call_to_change, call_to_read, may_change, words_of
from recruitment.calls.views.candidates import XLSX
from recruitment.candidates.models import Candidate
from recruitment.clock import local, now
from recruitment.database import db
from recruitment.lists.declaration import ListDeclaration
from recruitment.lists.writing import xlsx_bytes
from recruitment.selection.models import CallRanking, InterviewPlan
from recruitment.selection.numbers import as_entered, plain
from recruitment.selection.results.queries import in_force
from recruitment.selection.scheme import Scheme
from recruitment.wording import official
from workflows.terms import Refused

__all__ = [
    "READERS",
    "Page",
    "blueprint",
    "call_to_change",
    "call_to_read",
    "candidate_of_call",
    "done_or_refused",
    "may_change",
    "spreadsheet",
    "words_of",
]

blueprint = Blueprint("selection", __name__)

# How an exclusion is said in a table.
EXCLUSIONS = {
    "absent": "缺考",
    "violation": "违纪",
    "subject_line": "低于单科合格线",
    "recheck": "复审未通过或者放弃",
    "not_interviewed": "没有面试成绩",
    "interview_line": "低于面试合格线",
    "too_few_line": "低于最低总成绩",
}


class Attempt(NamedTuple):
    """What became of an operation: its result, or why it was refused."""

    result: Any
    refused: tuple[str, ...]

    @property
    def done(self) -> bool:
        return not self.refused


def done_or_refused(operation: Callable[[], Any]) -> Attempt:
    """Run an operation and commit, or take everything back and say every reason."""
    try:
        result = operation()
        db.session.commit()
    except Refused as refused:
        db.session.rollback()
        return Attempt(None, tuple(words_of(reason) for reason in refused.reasons))
    return Attempt(result, ())


def candidate_of_call(call: Call, ticket: str) -> Candidate:
    """A call's candidate by ticket number; 404 when there is none."""
    found = db.session.scalar(
        sa.select(Candidate).where(Candidate.call_id == call.id, Candidate.ticket_number == ticket)
    )
    if found is None:
        abort(404)
    return found


def spreadsheet(declaration: ListDeclaration[Any], rows: Any, filename: str, title: str = "") -> Response:
    """A list as a file to be downloaded."""
    with official():
        content, _written = xlsx_bytes(declaration, rows, created=local(now()), title=title)
    return send_file(io.BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=filename)


def formulas(scheme: Scheme) -> tuple[str, str]:
    """How the written result and the total are made, as one would write it by hand."""
    terms = [f"{subject.name} × {as_entered(subject.weight)}" for subject in scheme.subjects]
    written = "笔试折合成绩 = " + " + ".join(terms) + " + 政策性加分"
    return written, f"总成绩 = 笔试折合成绩 + 面试 × {as_entered(scheme.interview.weight)}"


@blueprint.app_template_filter("exact")
def exact(value: Any) -> str:
    """A mark or result in full, without trailing zeros; a dash where there is none."""
    return "—" if value is None else plain(value)


@blueprint.app_context_processor
def _helpers() -> dict[str, Any]:
    return {"formulas": formulas, "exclusions": EXCLUSIONS, "selection_results": selection_results}


class Shown(NamedTuple):
    """What the public may read of a call's selection; ``draw`` is none before its seed is published."""

    rankings: list[CallRanking]
    draw: InterviewPlan | None


def selection_results(call: Call) -> Shown:
    """For the call's own page."""
    plan = db.session.get(InterviewPlan, call.id)
    return Shown(in_force(db.session, call), plan if plan is not None and plan.seed else None)
