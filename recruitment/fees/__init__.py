"""Fees: what a candidate owes, what was paid, who need not pay, and who gets money back."""
