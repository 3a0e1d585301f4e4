"""Notices to people: rendering, delivery and proof."""
