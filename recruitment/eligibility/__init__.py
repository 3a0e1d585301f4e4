"""Eligibility rules as dated, cited data, and their evaluation."""
