"""What the addresses of opening name."""

from tests.routes import Sample, of_call

SAMPLES = {
    "opening.proposal": Sample(of_call),
    "opening.set_ratio": Sample(of_call, own=False),
    "opening.decide": Sample(of_call, own=False),
}
