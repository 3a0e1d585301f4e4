"""What the addresses of this room name: see :mod:`tests.routes`."""

from tests.routes import NOWHERE, Sample

SAMPLES = {
    "deliveries.index": Sample(),
    "deliveries.show": Sample(lambda world: {"delivery_id": NOWHERE}, own=False),
    "deliveries.resend": Sample(),
    "deliveries.mend": Sample(lambda world: {"delivery_id": NOWHERE}, own=False),
    "deliveries.settle": Sample(lambda world: {"delivery_id": NOWHERE}, own=False),
}
