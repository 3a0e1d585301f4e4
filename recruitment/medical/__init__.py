"""Medicals: the plan, results, the one re-exam, and who moves up into a vacancy."""
