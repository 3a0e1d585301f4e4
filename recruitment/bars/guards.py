"""What the candidate workflow says when somebody is put out, and what an appeal against that takes back."""

from datetime import datetime

from sqlalchemy.orm import Session

from recruitment.appeals.models import Appeal
from recruitment.appeals.operations import follows
from recruitment.appeals.queries import ruling
from recruitment.bars.operations import overturn
from workflows.registry import Registry
from workflows.terms import Actor


def register(registry: Registry) -> None:
    """Bring the notice to the engine."""
    registry.notice("candidate.void")


@follows("void")
def _take_back(session: Session, appeal: Appeal, actor: Actor, now: datetime) -> None:
    if appeal.candidate_id is not None:
        overturn(session, appeal.candidate_id, actor, now, f"申诉成立：{ruling(session, appeal)['told']}")
