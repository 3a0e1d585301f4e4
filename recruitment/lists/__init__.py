"""Formal lists and imports, each declared once."""
