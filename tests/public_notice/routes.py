"""What the addresses of public notices name."""

from tests.routes import NOWHERE, Sample, of_candidate_call, plus

of_notice = plus(of_candidate_call, notice_id=NOWHERE)

SAMPLES = {
    "public_notice.index": Sample(of_candidate_call),
    "public_notice.prepare": Sample(of_candidate_call, own=False),
    "public_notice.set_term": Sample(of_candidate_call),
    "public_notice.show": Sample(of_notice, own=False),
    "public_notice.act": Sample(plus(of_notice, act="publish"), own=False),
    "public_notice.withdraw": Sample(of_notice, own=False),
    "notice_board.index": Sample(of_candidate_call),
    "notice_board.show": Sample(of_notice, own=False),
    "notice_board.file": Sample(plus(of_notice, kind="pdf"), own=False),
}
