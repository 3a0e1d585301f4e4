"""What the addresses of the pages from the approval to the appointment name."""

from tests.medical.routes import of_both
from tests.routes import Sample, of_candidate, of_candidate_call, plus

# The candidate of the world has not come as far as the approval.
_HERE = Sample(of_both, own=False, foreign=True)
SAMPLES = {
    "approvals.index": Sample(of_candidate_call),
    "approvals.set_terms": Sample(of_candidate_call),
    "approvals.preview": Sample(of_candidate_call),
    "approvals.approve": Sample(of_candidate_call),
    "approvals.forms": Sample(of_candidate_call),
    "approvals.form": Sample(plus(of_both, kind="docx"), own=False, foreign=True),
    "approvals.show": _HERE,
    "approvals.report": _HERE,
    "approvals.appoint": _HERE,
    "approvals.cancel": _HERE,
    "appointed.stages_of_calls": Sample(),
    "appointed.index": Sample(),
    "appointed.export": Sample(),
    "appointed.figures": Sample(),
    "appointed.office_figures": Sample(),
    "appointed.own": Sample(of_candidate, own=False, foreign=True),
}
