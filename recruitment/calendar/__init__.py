"""Which days are working days: what a package knows, under a table of announced holidays that people keep."""
