"""Samples of the pages about notices."""

from tests.routes import NOWHERE, Sample, of_application, of_call

SAMPLES = {
    "proof.of_application": Sample(of_application, foreign=True),
    "proof.show": Sample(lambda world: {"outbox_id": NOWHERE}, own=False),
    "proof.of_call": Sample(of_call),
    "proof.export": Sample(of_call),
}
