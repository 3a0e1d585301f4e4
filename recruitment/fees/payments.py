"""Payments come in: one by a signed call, or many by the bank's file. Nothing that came in is ever dropped."""

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from flask_babel import gettext as _
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from recruitment.applications.models import Application
from recruitment.applications.queries import canonical_receipt_number
from recruitment.calls.models import Call, Position
from recruitment.candidates.models import Candidate
from recruitment.database import among
from recruitment.fees import deadlines, guards
from recruitment.fees.models import FeePlan, Payment
from recruitment.fees.refunds import goes_back
from recruitment.fees.rules import Outcome, Situation, outcome
from recruitment.people.models import User
from recruitment.wording import N_, label, moment
from recruitment.workflow import fire, fire_many
from workflows.terms import Actor, Reason, Refused

OWING = ("awaiting_fee", "unpaid")
FOUND_LATER = "银行的记录说明已在截止前缴费"


_RECEIPT = re.compile(r"\d{2}-[0-9A-Z]{4}-[0-9A-Z]{4}", re.ASCII)


def receipt(text: str) -> str:
    """
    >>> receipt("26 k7m4 9qxd"), receipt("张三")
    ('26-K7M4-9QXD', '张三')
    """
    canonical = canonical_receipt_number(text)
    return canonical if _RECEIPT.fullmatch(canonical) else text.strip()


@dataclass(frozen=True, slots=True)
class Paid:
    """One payment as the bank tells of it."""

    receipt_number: str
    amount: Decimal
    paid_at: datetime
    bank_reference: str

    @property
    def receipt(self) -> str:
        """The receipt number as it is stored with an application; anything else as it came."""
        return receipt(self.receipt_number)


@dataclass(slots=True)
class Person:
    """Whose receipt number it is, and how they stand; ``candidate_id`` is none for who was never asked to pay."""

    user_id: uuid.UUID
    candidate_id: uuid.UUID | None
    state: str
    situation: Situation


@dataclass(frozen=True, slots=True)
class Judged:
    """A payment and what would become of it.

    Attributes:
        known_already: it had been recorded before, the same to the last digit.
        conflict: the bank's number is known with another receipt number, amount or time.
    """

    paid: Paid
    person: Person | None
    outcome: Outcome
    known_already: bool = False
    conflict: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """What an import did.

    Attributes:
        outcomes: how many new payments came to each outcome.
        confirmed: how many candidates may sit the exam because of it.
    """

    outcomes: dict[Outcome, int] = field(default_factory=dict)
    known_already: int = 0
    confirmed: int = 0


def _known(session: Session, call: Call, rows: Sequence[Paid]) -> dict[str, Payment]:
    """Recorded payments by the bank's number."""
    wanted = among(Payment.bank_reference, {row.bank_reference for row in rows})
    found = session.scalars(sa.select(Payment).where(Payment.call_id == call.id, wanted))
    return {payment.bank_reference: payment for payment in found}


def _same(before: Payment, row: Paid) -> bool:
    return (before.receipt_number, before.amount, before.paid_at) == (row.receipt, row.amount, row.paid_at)


def contradicting(session: Session, call: Call, rows: Sequence[Paid]) -> list[Paid]:
    """Payments whose number at the bank is known with another receipt number, amount or time."""
    known = _known(session, call, rows)
    return [row for row in rows if row.bank_reference in known and not _same(known[row.bank_reference], row)]


def judge(session: Session, call: Call, rows: Sequence[Paid], *, lock: bool = False) -> list[Judged]:
    """What would become of these payments, in the order of paying; four queries however many they are.

    Args:
        lock: hold the people concerned until the transaction ends, so that it stays true.
    """
    plan = session.get(FeePlan, call.id)
    if plan is None:
        raise Refused([Reason("no_fee_plan", _("这次招考还没有设置收费标准。"))])
    known = _known(session, call, rows)
    people = _people(session, call, plan, {row.receipt for row in rows}, lock)
    found = []
    for row in sorted(rows, key=lambda row: (row.paid_at, row.bank_reference)):
        person = people.get(row.receipt)
        if before := known.get(row.bank_reference):
            same = _same(before, row)
            found.append(Judged(row, person, Outcome(before.outcome), known_already=True, conflict=not same))
            continue
        judged = outcome(row.amount, row.paid_at, person.situation if person else None)
        if person and judged is Outcome.COUNTED:
            situation = person.situation
            person.situation = Situation(False, True, situation.amount, situation.due_at)
        found.append(Judged(row, person, judged))
    return found


def _people(
    session: Session, call: Call, plan: FeePlan, receipts: Iterable[str], lock: bool
) -> dict[str, Person]:
    """By receipt number; several of one person (who chose again) share what is known of them."""
    owners: dict[str, uuid.UUID] = {
        receipt: owner_id
        for receipt, owner_id in session.execute(
            sa.select(Application.receipt_number, Application.owner_id).where(
                Application.call_id == call.id, among(Application.receipt_number, set(receipts))
            )
        )
        if receipt and owner_id
    }
    mine = (Candidate.call_id == call.id, among(Candidate.owner_id, set(owners.values())))
    if lock:
        # In one order for everybody, so that nobody waits for each other.
        session.execute(sa.select(Candidate.id).where(*mine).order_by(Candidate.id).with_for_update())
    later = aliased(Candidate)
    standing = {
        row.owner_id: row
        for row in session.execute(
            sa.select(
                Candidate.owner_id,
                Candidate.id,
                Candidate.state,
                deadlines.of_candidate().label("due_at"),
                guards.waived(Candidate.call_id, Candidate.owner_id).label("waived"),
                Position.cancelled_at,
            )
            .join(Position, Position.id == Candidate.position_id)
            .where(
                *mine,
                # A person who chose again stands where their last choice stands.
                ~sa.exists().where(
                    later.call_id == Candidate.call_id,
                    later.owner_id == Candidate.owner_id,
                    later.created_at > Candidate.created_at,
                ),
            )
        )
    }
    paid = set(
        session.scalars(
            sa.select(Payment.user_id).where(
                Payment.call_id == call.id,
                among(Payment.user_id, set(owners.values())),
                Payment.outcome == Outcome.COUNTED,
            )
        )
    )
    people: dict[uuid.UUID, Person] = {}
    for owner_id in owners.values():
        row = standing.get(owner_id)
        people[owner_id] = Person(
            owner_id,
            row.id if row else None,
            row.state if row else "",
            Situation(
                owing=row is not None and row.state in OWING and not row.waived and row.cancelled_at is None,
                paid=owner_id in paid,
                amount=plan.amount,
                due_at=row.due_at if row else plan.closes_at,
            ),
        )
    return {receipt: people[owner_id] for receipt, owner_id in owners.items()}


def record_many(
    session: Session, call: Call, rows: Sequence[Paid], actor: Actor, now: datetime, *, source: str
) -> Recorded:
    """Record payments and confirm whoever has paid. The same payment twice has one effect.

    Raises:
        Refused: the call has no fee plan, or a payment contradicts one that is recorded under its bank's number;
            nothing is recorded then.
    """
    # One import of a call at a time.
    session.execute(sa.select(FeePlan.call_id).where(FeePlan.call_id == call.id).with_for_update())
    judged = judge(session, call, rows, lock=True)
    if conflicts := [row for row in judged if row.conflict]:
        raise Refused([contradiction(row.paid) for row in conflicts])
    new = [row for row in judged if not row.known_already]
    if new:
        session.execute(sa.insert(Payment), [_values(call, row, actor, now, source) for row in new])
    done = Recorded(known_already=len(judged) - len(new))
    for row in new:
        done.outcomes[row.outcome] = done.outcomes.get(row.outcome, 0) + 1
    return Recorded(done.outcomes, done.known_already, _confirm(session, new, actor, now))


def _values(call: Call, row: Judged, actor: Actor, now: datetime, source: str) -> dict[str, object]:
    return {
        "call_id": call.id,
        "user_id": row.person.user_id if row.person else None,
        "receipt_number": row.paid.receipt,
        "amount": row.paid.amount,
        "paid_at": row.paid.paid_at,
        "bank_reference": row.paid.bank_reference,
        "source": source,
        "outcome": str(row.outcome),
        "note": "",
        "recorded_at": now,
        "recorded_by": actor.id,
    }


def _confirm(session: Session, rows: Iterable[Judged], actor: Actor, now: datetime) -> int:
    waiting: list[uuid.UUID] = []
    lapsed: list[uuid.UUID] = []
    for row in rows:
        if row.outcome is Outcome.COUNTED and row.person and row.person.candidate_id:
            (lapsed if row.person.state == "unpaid" else waiting).append(row.person.candidate_id)
    if waiting:
        fire_many(session, "candidate", "confirm_fee", waiting, actor=actor, now=now)
    if lapsed:
        form = {"reason": FOUND_LATER}
        fire_many(session, "candidate", "reinstate", lapsed, actor=actor, now=now, form=form)
    return len(waiting) + len(lapsed)


def record(session: Session, call: Call, paid: Paid, now: datetime, *, source: str) -> Payment:
    """Record one payment that a gateway tells of, as the system; the same one again gives the same answer.

    Raises:
        Refused: the call has no fee plan, or the bank's number is known with other figures.
    """
    actor = Actor.system(f"fees.{source}")
    row = judge(session, call, [paid], lock=True)[0]
    if not row.known_already:
        values = _values(call, row, actor, now, source)
        # Told twice at the same moment, with nobody to hold: the database lets one in.
        added = session.scalar(insert(Payment).values(values).on_conflict_do_nothing().returning(Payment.id))
        if added is not None:
            _confirm(session, [row], actor, now)
        else:
            row = judge(session, call, [paid])[0]
    if row.conflict:
        raise Refused([contradiction(paid)])
    return session.scalars(
        sa.select(Payment).where(Payment.call_id == call.id, Payment.bank_reference == paid.bank_reference)
    ).one()


def contradiction(paid: Paid) -> Reason:
    return Reason(
        "payment_contradicts",
        _(
            "银行流水号%(bank_reference)s已经登记过，但回执号、金额或缴费时间不同（这次是%(receipt)s，%(amount)s元，%(moment)s）。请与银行核对。",
            bank_reference=paid.bank_reference,
            receipt=paid.receipt,
            amount=paid.amount,
            moment=moment(paid.paid_at),
        ),
    )


def recognise(
    session: Session, payment: Payment, person: User, now: datetime, *, reason: str, receipt_number: str = ""
) -> Payment:
    """Let a payment count that did not: one that was late, or whose receipt number was wrong.

    Args:
        person: the admin who answers for it.
        receipt_number: the right one, where the bank's was unknown.

    Raises:
        Refused: without a reason, or the payment cannot count: the amount is not the one asked for, the person
            has paid already, owes nothing, or the money was sent back.
    """
    session.refresh(payment, with_for_update={"of": Payment})
    call = session.get_one(Call, payment.call_id)
    reasons = []
    if not reason.strip():
        reasons.append(Reason("reason_missing", _("请写明理由。")))
    if payment.refunded_at is not None:
        reasons.append(Reason("refunded", _("这笔钱已经退回，不能再认定。")))
    if payment.outcome not in (Outcome.LATE, Outcome.UNKNOWN):
        reasons.append(Reason("not_open", _("只有逾期缴费和回执号不明的缴费可以补认。")))
    right = receipt(receipt_number) if receipt_number.strip() else payment.receipt_number
    plan = session.get_one(FeePlan, call.id)
    whose = _people(session, call, plan, {right}, lock=True).get(right)
    if whose is None:
        reasons.append(Reason("receipt_unknown", _("本次招考没有这个回执号，请核对。")))
    else:
        # Whether it was late is what the reason answers for; the rest is not.
        verdict = outcome(payment.amount, payment.paid_at, whose.situation)
        if verdict in CANNOT_COUNT:
            reasons.append(Reason(f"is_{verdict}", label(CANNOT_COUNT[verdict])))
    if reasons or whose is None:
        raise Refused(reasons)
    # The bank's own number stays: it will come again with the bank's next file, and is the same payment.
    put_right = f"（回执号应为{right}）" if right != payment.receipt_number else ""
    payment.user_id, payment.outcome, payment.note = (
        whose.user_id,
        Outcome.COUNTED,
        reason.strip() + put_right,
    )
    session.flush()
    subject = session.get_one(Candidate, whose.candidate_id)
    if whose.state == "unpaid":
        fire(session, subject, "reinstate", actor=person.actor(), now=now, form={"reason": reason.strip()})
    else:
        fire(session, subject, "confirm_fee", actor=person.actor(), now=now)
    return payment


CANNOT_COUNT = {
    Outcome.DUPLICATE: N_("这个人已经缴过费，这一笔应当退回。"),
    Outcome.UNEXPECTED: N_("这个人现在没有应缴的费用，这一笔应当退回。"),
    Outcome.WRONG_AMOUNT: N_("金额与应缴的不符，这一笔应当退回，请本人重新缴费。"),
}


def refund(session: Session, payment: Payment, person: User, now: datetime, *, reference: str) -> None:
    """Note that the money was sent back, under the bank's number of that; once.

    Raises:
        Refused: without the bank's number, it was noted before, or somebody sits the exam for it: the page may have
            been opened before the payment came to count.
    """
    session.refresh(payment, with_for_update={"of": Payment})
    if payment.refunded_at is not None:
        raise Refused(
            [
                Reason(
                    "refunded",
                    _(
                        "这一笔已经登记退款，退款流水号%(number)s。",
                        number=payment.refund_reference,
                    ),
                )
            ]
        )
    if payment.outcome != Outcome.UNKNOWN and not goes_back(session, payment, now):
        raise Refused([Reason("counts", _("这一笔已经算作报名费，不能退款。请刷新页面。"))])
    if not reference.strip():
        raise Refused([Reason("reference_missing", _("请填写退款流水号。"))])
    payment.refunded_at, payment.refunded_by = now, person.id
    payment.refund_reference = reference.strip()
    session.flush()
