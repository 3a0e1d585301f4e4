"""Candidates: qualified applications on their way from the fee to the appointment."""
