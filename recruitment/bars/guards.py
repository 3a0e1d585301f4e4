"""What the candidate workflow says when somebody is put out."""

from workflows.registry import Registry


def register(registry: Registry) -> None:
    registry.notice("candidate.void")
