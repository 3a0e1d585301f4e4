"""Calls and their position tables."""
