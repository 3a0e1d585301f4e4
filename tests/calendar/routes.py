"""What the calendar's addresses name."""

from tests.routes import NOWHERE, Sample

SAMPLES = {
    "calendar.index": Sample(),
    "calendar.set_day": Sample(),
    "calendar.remove_day": Sample(lambda world: {"day": "2027-01-01"}),
    "calendar.template": Sample(),
    "calendar.upload": Sample(),
    "calendar.dry_run": Sample(lambda world: {"year": 2027, "name": NOWHERE}, own=False),
    "calendar.confirm_import": Sample(lambda world: {"year": 2027, "name": NOWHERE}, own=False),
}
