"""Reminders of what is about to be missed: who gets which, when, and the record that none goes twice."""
