"""What the addresses of the medical's pages name."""

from typing import Any

from tests.routes import NOWHERE, Sample, World, of_candidate, of_candidate_call, plus


def of_both(world: World) -> dict[str, Any]:
    return of_candidate_call(world) | of_candidate(world)


# The candidate of the world has not come as far as the medical.
SAMPLES = {
    "medical.index": Sample(of_candidate_call),
    "medical.enter": Sample(of_both, own=False, foreign=True),
    "medical.reveal": Sample(of_both, own=False, foreign=True),
    "medical.order_retest": Sample(of_both, own=False, foreign=True),
    "medical.plan": Sample(of_candidate_call),
    "medical.set_plan": Sample(of_candidate_call),
    "medical.drop_plan": Sample(plus(of_candidate_call, area_code="511300"), own=False),
    "medical.set_terms": Sample(of_candidate_call),
    "medical_files.results": Sample(of_candidate_call),
    "medical_files.results_upload": Sample(plus(of_candidate_call, upload_id=NOWHERE), own=False),
    "medical_files.names": Sample(of_candidate_call),
    "substitutes.index": Sample(of_candidate_call),
    "substitutes.propose": Sample(of_both, own=False, foreign=True),
    "substitutes.decide": Sample(plus(of_candidate_call, proposal_id=NOWHERE), own=False),
    "own_medical.show": Sample(of_candidate, own=False, foreign=True),
}
