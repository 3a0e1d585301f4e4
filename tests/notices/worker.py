"""``celery --app tests.notices.worker``: the product's worker and beat, with less patience.

What takes minutes there takes a second or two here, so that a test sees how it ends.
"""

from datetime import timedelta

from recruitment.app import create_app
from recruitment.notices import attempts, dispatches, operations, tasks

attempts.CLAIM_LIFE = timedelta(seconds=3)
attempts.DELAYS = (0.01,) * 50  # type: ignore[assignment]
operations.AGAIN = timedelta(seconds=2)
dispatches.STALLED = timedelta(seconds=2)
tasks.SWEEP_AGE = timedelta(seconds=1)
tasks.SCHEDULE["find notices that were not sent"]["schedule"] = 1.0

app = create_app().extensions["celery"]
