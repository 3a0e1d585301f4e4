"""Bars: who may not apply because of what they did in an exam or with their papers, and violations recorded here."""
