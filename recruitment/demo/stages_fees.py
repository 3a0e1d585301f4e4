"""From the fee to the opening: the bank's file, who did not pay, positions reduced and cancelled, choosing again."""

from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from recruitment.cadres.models import DossierDocument
from recruitment.calls import operations as calls
from recruitment.candidates.models import Candidate
from recruitment.demo.stages_ground import Play, apply
from recruitment.fees import operations, payments, waivers
from recruitment.fees.payments import Paid
from recruitment.fees.rules import WAIVER_KINDS
from recruitment.opening import operations as opening
from recruitment.opening import queries as proposals
from recruitment.people.uploads import Document

FEE = Decimal("100.00")
NEVER_PAID, LATE, TWICE, LET_OFF = (3, 10), (2, 8), (0, 5), (1, 4)
CANCELLED, TARGET = 4, 5
CHOOSE_AGAIN = ((4, 0), (4, 1))


def play(ground: Play) -> None:
    _pay(ground)
    _open(ground)
    _choose_again(ground)


def _pay(ground: Play) -> None:
    session, call, admin = ground.session, ground.call, ground.admin
    closes = ground.at(348, 17)
    operations.save_plan(
        session, call, admin, {"closes_at": closes, "instructions": "请按缴费通知书上的方式缴费。"}
    )
    operations.open_payment(session, call, admin, ground.at(354))
    _enrol(ground, ground.at(354))
    people = ground.candidates()
    _waive(ground, people[LET_OFF])
    rows = []
    for number, (key, candidate) in enumerate(people.items()):
        if key in (NEVER_PAID, LET_OFF):
            continue
        paid_at = ground.at(347, 10) if key == LATE else ground.at(353 - number % 5, 11, number % 60)
        rows.append(_paid(candidate, paid_at, number))
        if key == TWICE:
            rows.append(_paid(candidate, ground.at(348, 12), 900 + number))
    payments.record_many(session, call, rows, admin.actor(), ground.at(346), source="bank_file")
    ground.ring(345)


def _paid(candidate: Candidate, paid_at: datetime, number: int) -> Paid:
    receipt = candidate.application.receipt_number or ""
    return Paid(receipt, FEE, paid_at, f"YH{paid_at:%Y%m%d}{number:05d}")


def _waive(ground: Play, candidate: Candidate) -> None:
    session = ground.session
    document = session.scalars(
        sa.select(Document)
        .join(DossierDocument, DossierDocument.document_id == Document.id)
        .where(Document.owner_id == candidate.owner_id, DossierDocument.kind == "tenure_proof")
    ).one()
    waiver = waivers.ask(session, candidate, ground.at(353), kind=WAIVER_KINDS[0], document=document)
    person = ground.reviewer(candidate)
    waivers.decide(session, waiver, person, ground.at(352), granted=True, reason="证明齐全，同意免缴。")


def _enrol(ground: Play, at: datetime) -> None:
    while operations.enrol_chunk(ground.session, ground.call.id, at):
        pass


def _open(ground: Play) -> None:
    session, call = ground.session, ground.call
    found = proposals.proposal(session, call)
    opening.decide(
        session, call, ground.admin, ground.at(344), token=found.token, rechoice_closes_at=ground.at(340, 17)
    )
    session.expire_all()


def _choose_again(ground: Play) -> None:
    for key in CHOOSE_AGAIN:
        apply(ground, ground.owners[key], ground.positions[TARGET], ground.at(343, 10, key[1]))
    _enrol(ground, ground.at(339))
    calls.advance(ground.session, ground.call, "begin_exam", ground.admin.actor(), ground.at(338))
