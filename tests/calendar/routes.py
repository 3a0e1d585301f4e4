"""What the calendar's addresses name."""

from tests.routes import NOWHERE, Sample

SAMPLES = {
    "calendar.index": Sample(),
    "calendar.set_day": Sample(),
    "calendar.remove_day": Sample(lambda world: {"day": "2027-01-01"}),
    "calendar.template": Sample(),
    "calendar.import_year": Sample(),
    "calendar.import_year_upload": Sample(lambda world: {"upload_id": NOWHERE}, own=False),
}
