"""Reading fees: where a call stands, one person's part, and the lists for the bank and the books."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload, lazyload

from recruitment.applications.models import Application
from recruitment.areas.models import County
from recruitment.calls.models import Call, Position
from recruitment.candidates.models import Candidate
from recruitment.fees import deadlines
from recruitment.fees.models import FeeExtension, FeePlan, Payment, Waiver
from recruitment.fees.payments import receipt
from recruitment.fees.refunds import to_refund_condition
from recruitment.fees.rules import Outcome
from recruitment.people.models import User

PAGE = 50


def plan_of(session: Session, call: Call) -> FeePlan | None:
    return session.get(FeePlan, call.id)


# Who was asked


def unasked() -> sa.ColumnElement[bool]:
    """SQL condition over applications: qualified, and not asked to pay yet."""
    return sa.and_(
        Application.state == "qualified", ~sa.exists().where(Candidate.application_id == Application.id)
    )


def with_unasked(session: Session) -> list[uuid.UUID]:
    """Calls in which payment was opened and somebody qualified has not been asked."""
    return list(
        session.scalars(
            sa.select(FeePlan.call_id)
            .join(Call, Call.id == FeePlan.call_id)
            .where(
                FeePlan.opened_at.is_not(None),
                Call.state.not_in(("finished", "cancelled")),
                sa.exists().where(Application.call_id == FeePlan.call_id, unasked()),
            )
        )
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """The figures of a call's fees.

    Attributes:
        unasked: qualified, not asked to pay yet.
        by_state: candidates by state.
        paid: candidates whose payment counts.
        waived: candidates who were let off.
        payments: number and sum in yuan of the payments of each outcome.
        waivers: requests that wait for an answer.
        to_refund: payments that are to be sent back.
    """

    unasked: int
    by_state: dict[str, int]
    paid: int
    waived: int
    payments: dict[str, tuple[int, Decimal]]
    waivers: int
    to_refund: int

    @property
    def asked(self) -> int:
        return sum(self.by_state.values())

    @property
    def total(self) -> Decimal:
        return sum((amount for _, amount in self.payments.values()), Decimal(0))


def standing(session: Session, call: Call, now: datetime) -> Standing:
    """Count everything once."""
    count = sa.func.count()
    not_asked = session.scalar(
        sa.select(count).select_from(Application).where(Application.call_id == call.id, unasked())
    )
    by_state = dict(
        session.execute(
            sa.select(Candidate.state, count).where(Candidate.call_id == call.id).group_by(Candidate.state)
        ).all()
    )
    payments = {
        name: (number, total)
        for name, number, total in session.execute(
            sa.select(Payment.outcome, count, sa.func.sum(Payment.amount))
            .where(Payment.call_id == call.id)
            .group_by(Payment.outcome)
        )
    }
    waivers: dict[str | None, int] = dict(
        session.execute(
            sa.select(Waiver.decision, count).where(Waiver.call_id == call.id).group_by(Waiver.decision)
        ).all()
    )
    to_refund = session.scalar(
        sa.select(count)
        .select_from(Payment)
        .where(Payment.call_id == call.id, to_refund_condition(now), Payment.refunded_at.is_(None))
    )
    return Standing(
        not_asked or 0,
        by_state,
        payments.get(Outcome.COUNTED, (0, Decimal(0)))[0],
        waivers.get("granted", 0),
        payments,
        waivers.get(None, 0),
        to_refund or 0,
    )


# Payments


@dataclass(frozen=True, slots=True)
class PaymentFilter:
    """Which payments of a call a list, or the file made from it, shows.

    Attributes:
        outcome: one outcome, ``refund`` (to be sent back), ``unconfirmed`` (came in, but nobody may sit the exam
            because of it) or empty for all.
        text: part of a name, a receipt number or the bank's number.
        now: the moment at which the windows are looked at.
    """

    call_id: uuid.UUID
    now: datetime
    outcome: str = ""
    text: str = ""

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        found: list[sa.ColumnElement[bool]] = [Payment.call_id == self.call_id]
        if self.outcome == "refund":
            found.append(to_refund_condition(self.now))
        elif self.outcome == "unconfirmed":
            found.append(sa.and_(Payment.outcome != Outcome.COUNTED, Payment.refunded_at.is_(None)))
        elif self.outcome:
            found.append(Payment.outcome == self.outcome)
        if text := self.text.strip():
            found.append(
                sa.or_(
                    Payment.bank_reference == text,
                    Payment.receipt_number == receipt(text),
                    Payment.user_id.in_(sa.select(User.id).where(User.name.contains(text, autoescape=True))),
                )
            )
        return found


def _payments(chosen: PaymentFilter) -> sa.Select[Payment]:
    return (
        sa.select(Payment)
        .options(joinedload(Payment.user).lazyload(User.grants))
        .where(*chosen.conditions())
        .order_by(Payment.paid_at, Payment.id)
    )


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """A slice of the list; ``after`` is the id of its last payment, empty on the last page."""

    rows: list[Payment]
    after: str = ""


def payments_page(session: Session, chosen: PaymentFilter, after: str = "", limit: int = PAGE) -> PaymentPage:
    """One page, in the order of paying; raises ``ValueError`` for an ``after`` that is no id."""
    query = _payments(chosen).limit(limit + 1)
    if after:
        last = aliased(Payment)
        place = sa.select(last.paid_at, last.id).where(last.id == uuid.UUID(after)).scalar_subquery()
        query = query.where(sa.tuple_(Payment.paid_at, Payment.id) > place)
    rows = list(session.scalars(query))
    return PaymentPage(rows[:limit], str(rows[limit - 1].id) if len(rows) > limit else "")


def every_payment(session: Session, chosen: PaymentFilter) -> Iterator[Payment]:
    """All of them, a thousand at a time."""
    yield from session.scalars(_payments(chosen), execution_options={"yield_per": 1000})


def payment_totals(session: Session, chosen: PaymentFilter) -> tuple[int, Decimal]:
    """How many payments the filter shows in all, and their sum in yuan."""
    row = session.execute(
        sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(Payment.amount), 0)).where(
            *chosen.conditions()
        )
    ).one()
    return row[0], row[1]


def payment_of(session: Session, call: Call, payment_id: uuid.UUID) -> Payment | None:
    return session.scalar(sa.select(Payment).where(Payment.id == payment_id, Payment.call_id == call.id))


# One person


@dataclass(frozen=True, slots=True)
class Part:
    """What one candidate's own page shows.

    Attributes:
        due_at: until when they may pay.
        counted: the payment that counts.
        others: their other payments, the latest first.
        waivers: their requests, the latest first.
    """

    plan: FeePlan
    due_at: datetime
    counted: Payment | None
    others: list[Payment]
    waivers: list[Waiver] = field(default_factory=list)

    @property
    def waiver_open(self) -> bool:
        return any(waiver.decision is None for waiver in self.waivers)


def part_of(session: Session, candidate: Candidate) -> Part | None:
    """A candidate's part; none where the call asks for no fee."""
    row = session.execute(
        sa.select(FeePlan, deadlines.of_candidate())
        .join(Candidate, Candidate.call_id == FeePlan.call_id)
        .where(Candidate.id == candidate.id)
    ).one_or_none()
    if row is None:
        return None
    payments = session.scalars(
        sa.select(Payment)
        .where(Payment.call_id == candidate.call_id, Payment.user_id == candidate.owner_id)
        .order_by(Payment.paid_at.desc(), Payment.id)
    ).all()
    waivers = session.scalars(
        sa.select(Waiver)
        .where(Waiver.call_id == candidate.call_id, Waiver.user_id == candidate.owner_id)
        .order_by(Waiver.requested_at.desc(), Waiver.id)
    ).all()
    counted = next((payment for payment in payments if payment.outcome == Outcome.COUNTED), None)
    return Part(row[0], row[1], counted, [one for one in payments if one is not counted], list(waivers))


# Extensions


@dataclass(frozen=True, slots=True)
class ExtensionRow:
    """An extension with the names of whom it is for and who granted it."""

    extension: FeeExtension
    county: County | None
    person: User | None
    author: User | None


def extensions(session: Session, call: Call) -> list[ExtensionRow]:
    """Every later deadline of a call, the newest first."""
    person, author = aliased(User), aliased(User)
    rows = session.execute(
        sa.select(FeeExtension, County, person, author)
        .outerjoin(County, County.code == FeeExtension.county_code)
        .outerjoin(person, person.id == FeeExtension.user_id)
        .outerjoin(author, author.id == FeeExtension.created_by)
        .options(lazyload(person.grants), lazyload(author.grants))
        .where(FeeExtension.call_id == call.id)
        .order_by(FeeExtension.created_at.desc(), FeeExtension.id)
    )
    return [ExtensionRow(*row) for row in rows]


# Waivers


def waiver_queue(
    session: Session, areas: tuple[str, ...], open_only: bool = True, limit: int = 200
) -> list[tuple[Waiver, Candidate]]:
    """Requests of candidates within the areas (prefixes of county codes), the oldest first."""
    inside = sa.or_(sa.false(), *(Candidate.area_code.startswith(area) for area in areas))
    query = (
        sa.select(Waiver, Candidate)
        .join(Candidate, Candidate.id == Waiver.candidate_id)
        .options(
            joinedload(Waiver.user).lazyload(User.grants),
            joinedload(Candidate.position).joinedload(Position.county),
            joinedload(Candidate.call),
        )
        .where(inside)
        .order_by(Waiver.requested_at, Waiver.id)
        .limit(limit)
    )
    if open_only:
        query = query.where(Waiver.decision.is_(None))
    return [(waiver, candidate) for waiver, candidate in session.execute(query)]


def waiver_of(
    session: Session, areas: tuple[str, ...], waiver_id: uuid.UUID
) -> tuple[Waiver, Candidate] | None:
    """One request within the areas, with its candidate."""
    inside = sa.or_(sa.false(), *(Candidate.area_code.startswith(area) for area in areas))
    row: Any = session.execute(
        sa.select(Waiver, Candidate)
        .join(Candidate, Candidate.id == Waiver.candidate_id)
        .options(joinedload(Waiver.document))
        .where(Waiver.id == waiver_id, inside)
    ).one_or_none()
    return None if row is None else (row[0], row[1])
