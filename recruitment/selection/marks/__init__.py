"""Marks: read from sheets twice, corrected with a reason, asked about by candidates."""
