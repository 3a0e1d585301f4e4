"""What the candidate workflow asks before a step of selection, and the notices it raises there."""

from workflows.registry import Registry

NOTICES = ("shortlisted", "reserve", "eliminated", "unranked")


def register(registry: Registry) -> None:
    """Bring the notices, guards and deadlines of selection to the engine."""
    for name in NOTICES:
        registry.notice(f"candidate.{name}")
