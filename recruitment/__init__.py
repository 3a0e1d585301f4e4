"""Directed recruitment of township civil servants from serving community and village cadres."""
