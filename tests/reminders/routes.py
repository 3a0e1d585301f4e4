"""Samples of the pages about reminders."""

from tests.routes import Sample, of_call

SAMPLES = {"reminders.index": Sample(of_call), "reminders.save": Sample(of_call)}
