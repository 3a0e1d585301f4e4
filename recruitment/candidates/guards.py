"""What the candidate workflow asks before a step."""

from recruitment.candidates.models import Candidate
from workflows.registry import Registry


def register(registry: Registry) -> None:
    """Bring the candidate's subject table to the engine."""
    registry.subject("candidate", Candidate)
