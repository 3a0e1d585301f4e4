"""Accounts, roles, jurisdiction, sign-in and personal data."""
