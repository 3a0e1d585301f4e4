"""Opening: whether enough have paid for a position to be examined, and what follows if not."""
