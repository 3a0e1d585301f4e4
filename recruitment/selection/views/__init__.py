"""Pages of ``selection``: what admins compute and publish, what the public checks, what cadres are told."""

from recruitment.selection import notices
from recruitment.selection.views import bonuses, cadre, marks, public, recounts, results, scheme
from recruitment.selection.views.base import blueprint

__all__ = ["blueprint", "bonuses", "cadre", "marks", "notices", "public", "recounts", "results", "scheme"]
