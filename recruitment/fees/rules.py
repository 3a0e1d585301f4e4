"""What becomes of a payment. Pure: facts and moments are handed in."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

# Who pays nothing in the calls of recent years; a call may name others.
WAIVER_KINDS = ("最低生活保障家庭成员", "特困供养人员", "防止返贫监测对象家庭成员")


class Outcome(StrEnum):
    """What became of a payment. Only ``COUNTED`` lets somebody sit the exam; a person has at most one."""

    COUNTED = "counted"
    WRONG_AMOUNT = "wrong_amount"
    LATE = "late"
    DUPLICATE = "duplicate"
    UNEXPECTED = "unexpected"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Situation:
    """The person a payment is for, as they stood just before it.

    Attributes:
        owing: whether they were asked to pay and have neither paid nor been let off.
        paid: whether a payment of theirs counts already.
        amount: yuan asked of them.
        due_at: a payment at this moment or later is too late.
    """

    owing: bool
    paid: bool
    amount: Decimal
    due_at: datetime


def outcome(amount: Decimal, paid_at: datetime, person: Situation | None) -> Outcome:
    """What becomes of a payment; ``person`` is ``None`` when nobody in the call has the receipt number.

    The moment of paying counts, not the moment at which the bank tells of it.
    """
    if person is None:
        return Outcome.UNKNOWN
    if person.paid:
        return Outcome.DUPLICATE
    if not person.owing:
        return Outcome.UNEXPECTED
    if amount != person.amount:
        return Outcome.WRONG_AMOUNT
    if paid_at >= person.due_at:
        return Outcome.LATE
    return Outcome.COUNTED
