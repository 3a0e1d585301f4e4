"""What the addresses of this room name: see :mod:`tests.routes`."""

from tests.routes import NOWHERE, Sample

SAMPLES = {
    "channels.show": Sample(),
    "channels.choose": Sample(),
    "channels.send_code": Sample(own=False),
    "channels.confirm_phone": Sample(),
    "hooks.sms": Sample(own=False),
    "deliveries.index": Sample(),
    "deliveries.show": Sample(lambda world: {"delivery_id": NOWHERE}, own=False),
    "deliveries.resend": Sample(),
    "deliveries.mend": Sample(lambda world: {"delivery_id": NOWHERE}, own=False),
    "deliveries.to_post": Sample(),
    "deliveries.print_letters": Sample(),
    "deliveries.posted": Sample(),
    "deliveries.dispatched": Sample(),
    "deliveries.dispatch": Sample(lambda world: {"dispatch_id": NOWHERE}, own=False),
    "deliveries.pause": Sample(lambda world: {"dispatch_id": NOWHERE}, own=False),
    "deliveries.resume": Sample(lambda world: {"dispatch_id": NOWHERE}, own=False),
    "deliveries.settle": Sample(lambda world: {"delivery_id": NOWHERE}, own=False),
    "texts.index": Sample(),
    "texts.show": Sample(lambda world: {"name": "application.refused"}),
    "texts.mail": Sample(lambda world: {"name": "application.refused"}),
}
