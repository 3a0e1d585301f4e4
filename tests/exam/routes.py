"""What the addresses of the exam day name."""

from tests.routes import NOWHERE, Sample, of_call, of_candidate, plus

SAMPLES: dict[str, Sample] = {
    "exam.index": Sample(of_call),
    "exam.plan": Sample(of_call),
    "exam.venues": Sample(of_call),
    "exam.add_venue": Sample(of_call),
    "exam.edit_venue": Sample(plus(of_call, venue_id=NOWHERE), own=False),
    "exam.venues_template": Sample(of_call),
    "exam.import_venues": Sample(of_call),
    "exam.try_venues": Sample(plus(of_call, name=NOWHERE), own=False),
    "exam.confirm_venues": Sample(plus(of_call, name=NOWHERE), own=False),
    "exam.seats": Sample(of_call),
    "exam.assign": Sample(of_call),
    "exam.latecomers": Sample(of_call),
    "exam.release": Sample(of_call),
    "exam.seats_table": Sample(plus(of_call, table="rooms"), own=False),
    "tickets.show": Sample(of_candidate, foreign=True),
    "tickets.print_ticket": Sample(plus(of_candidate, kind="pdf"), own=False, foreign=True),
    "tickets.page": Sample(of_candidate, own=False, foreign=True),
    "tickets.pdf": Sample(of_candidate, own=False, foreign=True),
    "tickets.photo": Sample(of_candidate, own=False, foreign=True),
    "tickets.code": Sample(of_candidate, own=False, foreign=True),
    "tickets.check": Sample(),
}
