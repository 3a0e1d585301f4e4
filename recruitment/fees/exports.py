"""The lists of payments and refunds as files, and the record of who took them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from recruitment.audit.operations import record
from recruitment.calls.models import Call
from recruitment.clock import local
from recruitment.fees import queries
from recruitment.fees.models import Payment
from recruitment.fees.queries import PaymentFilter
from recruitment.fees.words import OUTCOMES, REFUND_REASONS, SOURCES
from recruitment.lists.declaration import Column, ListDeclaration
from recruitment.lists.writing import xlsx_bytes
from recruitment.people.models import User
from recruitment.wording import official

ACTION = "payments.export"


@dataclass(frozen=True, slots=True)
class Row:
    """One line: its running number and the payment."""

    number: int
    payment: Payment


def _minute(moment: datetime | None) -> str:
    return f"{local(moment):%Y-%m-%d %H:%M:%S}" if moment else ""


def _name(row: Row) -> str:
    return row.payment.user.name if row.payment.user else ""


_COMMON = (
    Column("number", "序号", width=6),
    Column("name", "姓名", get=_name, width=10),
    Column("receipt_number", "回执号", get=lambda row: row.payment.receipt_number, width=16),
    Column("amount", "金额", get=lambda row: row.payment.amount, width=10),
    Column("paid_at", "缴费时间", get=lambda row: _minute(row.payment.paid_at), width=20),
    Column("bank_reference", "银行流水号", get=lambda row: row.payment.bank_reference, width=30),
)
PAYMENTS: ListDeclaration[Row] = ListDeclaration(
    name="缴费对账单",
    columns=(
        *_COMMON,
        Column("outcome", "情况", get=lambda row: str(OUTCOMES[row.payment.outcome][0]), width=14),
        Column("source", "来源", get=lambda row: str(SOURCES[row.payment.source]), width=12),
        Column("note", "说明", get=lambda row: row.payment.note, width=24),
        Column("refund", "退款流水号", get=lambda row: row.payment.refund_reference or "", width=24),
    ),
)
REFUNDS: ListDeclaration[Row] = ListDeclaration(
    name="退费名单",
    columns=(
        *_COMMON,
        Column("reason", "退费原因", get=lambda row: str(REFUND_REASONS[row.payment.outcome]), width=20),
        Column("refund", "退款流水号", get=lambda row: row.payment.refund_reference or "", width=24),
        Column("refunded_at", "退款时间", get=lambda row: _minute(row.payment.refunded_at), width=20),
    ),
)


@dataclass(frozen=True, slots=True)
class Made:
    """A file ready to be sent."""

    content: bytes
    filename: str


def export(
    session: Session, call: Call, chosen: PaymentFilter, person: User, now: datetime, *, purpose: str
) -> Made:
    """Write the payments that the filter shows, in the same order; the record stands in the same transaction.

    Raises:
        ValueError: no purpose.
    """
    if not purpose.strip():
        raise ValueError("an export needs a purpose")
    declaration = REFUNDS if chosen.outcome == "refund" else PAYMENTS
    filename = f"{declaration.name}-{call.slug}-{local(now):%Y%m%d-%H%M}.xlsx"
    with official():
        content, written = xlsx_bytes(
            declaration, _rows(session, chosen), created=local(now), title=f"{call.title}{declaration.name}"
        )
    detail: dict[str, Any] = {
        "outcome": chosen.outcome,
        "rows": written.rows,
        "sha256": written.sha256,
        "file": filename,
    }
    record(
        session,
        person,
        ACTION,
        at=now,
        subject_kind="call",
        subject_id=call.id,
        reason=purpose.strip(),
        detail=detail,
    )
    return Made(content, filename)


def _rows(session: Session, chosen: PaymentFilter) -> Iterator[Row]:
    for number, payment in enumerate(queries.every_payment(session, chosen), start=1):
        yield Row(number, payment)
