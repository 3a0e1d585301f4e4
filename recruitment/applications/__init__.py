"""Applications: draft, submission, review and decision."""
