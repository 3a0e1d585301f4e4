"""Objections of the public (异议·举报) to somebody on notice, and what comes of them."""
