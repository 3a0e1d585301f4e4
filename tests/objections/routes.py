"""What the addresses of objections name."""

from tests.routes import NOWHERE, Sample, of_candidate_call, plus

of_objection = {"objection_id": NOWHERE}

SAMPLES = {
    "objections.new": Sample(plus(of_candidate_call, notice_id=NOWHERE, number=1), own=False),
    "objections.follow": Sample(),
    "objections.mine": Sample(),
    "objections.add_evidence": Sample(),
    "objections.close": Sample(),
    "inquiries.queue": Sample(),
    "inquiries.show": Sample(lambda world: of_objection, own=False),
    "inquiries.decide": Sample(lambda world: of_objection | {"trigger": "investigate"}, own=False),
    "inquiries.reveal": Sample(lambda world: of_objection, own=False),
    "inquiries.evidence": Sample(lambda world: of_objection | {"evidence_id": NOWHERE}, own=False),
}
