"""Inspections carried out as the product does."""

from typing import Any

from sqlalchemy.orm import Session

from recruitment.candidates.models import Candidate
from recruitment.inspection import operations
from recruitment.inspection.relatives import Staff
from recruitment.inspection.vocabulary import ITEMS
from recruitment.people.models import Role, User
from tests import factories
from tests.factories import NOW
from tests.medical.stages import in_inspection

GOOD: dict[str, Any] = {
    **{item: {"finding": "fit", "text": "走访群众、查阅档案，没有发现问题。"} for item in ITEMS},
    "summary": "各方面表现较好，同意进入下一环节。",
}
BAD: dict[str, Any] = {**GOOD, "integrity": {"finding": "issue", "text": "经核实，学历证书系伪造。"}}


def inspector(session: Session, candidate: Candidate) -> User:
    """A county reviewer in charge of the candidate."""
    return factories.staff(session, Role.COUNTY_REVIEWER, candidate.area_code)


def staffed(session: Session, candidate: Candidate) -> User:
    """A team of two and the organ's names; returns who wrote it down."""
    person = inspector(session, candidate)
    for name in ("赵某", "钱某"):
        operations.add_inspector(session, candidate, person, NOW, name=name, organ="县委组织部")
    operations.set_staff(
        session, candidate.call, candidate.position.organ, [Staff("孙某", "镇长", True)], person, NOW
    )
    return person


def reported(session: Session, candidate: Candidate, conclusion: str = "pass") -> User:
    """With a report handed in."""
    person = staffed(session, candidate)
    report = GOOD if conclusion == "pass" else BAD
    operations.save_report(session, candidate, person, NOW, report=report, conclusion=conclusion, submit=True)
    return person


def cleared(session: Session, *args: Any, **chosen: Any) -> Candidate:
    """Somebody who passed the inspection."""
    made = in_inspection(session, *args, **chosen)
    person = reported(session, made)
    operations.decide(session, made, "pass_inspection", person, NOW)
    return made
