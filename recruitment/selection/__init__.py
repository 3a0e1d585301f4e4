"""Exam, ranking and selection."""
