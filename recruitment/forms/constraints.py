"""Which rule of the database an operation ran into."""

from sqlalchemy.exc import IntegrityError


def violated(error: IntegrityError) -> str:
    """Name of the constraint; empty if the driver does not say."""
    diagnosis = getattr(error.orig, "diag", None)
    return str(getattr(diagnosis, "constraint_name", None) or "")
