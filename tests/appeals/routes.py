"""What the addresses of appeals name."""

from tests.routes import NOWHERE, Sample, of_candidate, of_candidate_call, plus

of_appeal = {"appeal_id": NOWHERE}

SAMPLES = {
    "appeals.index": Sample(),
    "appeals.of_candidate": Sample(of_candidate, own=False, foreign=True),
    "appeals.new": Sample(
        lambda world: {"kind": "refusal", "application_id": world.application}, own=False, foreign=True
    ),
    "appeals.show": Sample(lambda world: of_appeal, own=False),
    "appeals.add_document": Sample(lambda world: of_appeal, own=False),
    "appeals.document": Sample(lambda world: of_appeal | {"document_id": NOWHERE}, own=False),
    "appeals.withdraw": Sample(lambda world: of_appeal, own=False),
    "appeal_review.queue": Sample(),
    "appeal_review.show": Sample(lambda world: of_appeal, own=False),
    "appeal_review.decide": Sample(lambda world: of_appeal | {"trigger": "accept"}, own=False),
    "appeal_review.document": Sample(lambda world: of_appeal | {"document_id": NOWHERE}, own=False),
    "appeal_review.terms": Sample(of_candidate_call),
    "appeal_review.set_term": Sample(plus(of_candidate_call, kind="refusal")),
}
