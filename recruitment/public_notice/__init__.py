"""The public notice (公示): who is to be appointed, for everybody to see and to object to."""
