"""From the approval to the end of the minimum service: forms, undertaking, probation, and figures over the years."""
