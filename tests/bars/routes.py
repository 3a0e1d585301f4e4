"""What the addresses of bars name."""

from tests.routes import NOWHERE, Sample, of_call, plus

_BAR = {"bar_id": NOWHERE}
_FILE = {"upload_id": NOWHERE}

SAMPLES = {
    "bars.register": Sample(),
    "bars.search": Sample(),
    "bars.enter": Sample(),
    "bars.show": Sample(lambda world: _BAR, own=False),
    "bars.revoke": Sample(lambda world: _BAR, own=False),
    "bars.import_list": Sample(),
    "bars.import_list_upload": Sample(lambda world: _FILE, own=False),
    "bars.violations": Sample(of_call),
    "bars.record_violation": Sample(of_call),
    "bars.revoke_violation": Sample(plus(of_call, violation_id=NOWHERE), own=False),
}
