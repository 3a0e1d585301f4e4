"""Pages of ``cadres``: the overview of the dossier, its sections, scans and photo."""

from recruitment.cadres.views import documents, photo, sections
from recruitment.cadres.views.base import blueprint

__all__ = ["blueprint", "documents", "photo", "sections"]
