"""Correcting the rules of a call that has been published, and judging its applications anew."""
