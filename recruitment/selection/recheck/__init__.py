"""The recheck before the interview: decided by the county, with substitutes for who drops out."""
