"""Pages of ``calls``: what admins set up and look after, and supervisors read."""

from recruitment.calls.views import candidates, extensions, figures, overview, positions
from recruitment.calls.views.base import blueprint

__all__ = ["blueprint", "candidates", "extensions", "figures", "overview", "positions"]
