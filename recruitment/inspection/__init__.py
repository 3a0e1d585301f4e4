"""The background inspection: a team, its report, the relatives check, and the decision."""
