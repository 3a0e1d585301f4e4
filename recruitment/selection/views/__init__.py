"""Pages of ``selection``: what admins compute and publish, what the public checks, what cadres are told."""

from recruitment.selection import notices
from recruitment.selection.views import (
    attendance,
    bonuses,
    cadre,
    corrections,
    examiners,
    interview,
    interview_corrections,
    interview_setup,
    leaving,
    marks,
    public,
    recheck,
    recounts,
    results,
    scheme,
)
from recruitment.selection.views.base import blueprint

__all__ = [
    "attendance",
    "blueprint",
    "bonuses",
    "cadre",
    "corrections",
    "examiners",
    "interview",
    "interview_corrections",
    "interview_setup",
    "leaving",
    "marks",
    "notices",
    "public",
    "recheck",
    "recounts",
    "results",
    "scheme",
]
