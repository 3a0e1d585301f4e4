"""How the route test opens the pages about corrected rules."""

from tests.routes import Sample, of_call, plus

of_correction = plus(of_call, number="9")

SAMPLES = {
    "corrections.index": Sample(of_call),
    "corrections.propose": Sample(of_call),
    "corrections.show": Sample(of_correction, own=False),
    "corrections.confirm": Sample(of_correction, own=False),
    "corrections.again": Sample(of_correction, own=False),
    "corrections.discard": Sample(of_correction, own=False),
    "corrections.to_look_at": Sample(),
}
