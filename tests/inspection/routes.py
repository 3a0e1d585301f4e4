"""What the addresses of the inspection's pages name."""

from tests.medical.routes import of_both
from tests.routes import NOWHERE, Sample, of_candidate_call, plus

# The candidate of the world has not come as far as the inspection.
_HERE = Sample(of_both, own=False, foreign=True)
SAMPLES = {
    "inspection.index": Sample(of_candidate_call),
    "inspection.show": _HERE,
    "inspection.add_inspector": _HERE,
    "inspection.remove_inspector": Sample(plus(of_both, inspector_id=NOWHERE), own=False, foreign=True),
    "inspection.set_staff": _HERE,
    "inspection.add_evidence": _HERE,
    "inspection.evidence": Sample(plus(of_both, evidence_id=NOWHERE), own=False, foreign=True),
    "inspection.report": _HERE,
    "inspection.reopen": _HERE,
    "inspection.decide": Sample(plus(of_both, trigger="pass_inspection"), own=False, foreign=True),
}
