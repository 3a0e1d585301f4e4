"""Notices as a file for disputes, and the record of it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from recruitment.audit.operations import record
from recruitment.calls.exports import Made
from recruitment.calls.models import Call
from recruitment.clock import local
from recruitment.lists.declaration import Column, ListDeclaration
from recruitment.lists.writing import xlsx_bytes
from recruitment.notices import catalogue
from recruitment.notices.models import Delivery, Notice
from recruitment.people.models import User
from recruitment.proof import queries
from recruitment.proof.words import ADDRESS, DELIVERY, STATES, mask_address
from recruitment.wording import official

ACTION = "notices.export"


@dataclass(frozen=True, slots=True)
class Line:
    """One row: a notice on one of its ways; a notice that went no further than the inbox has none."""

    number: int
    life: queries.Life
    delivery: Delivery | None

    @property
    def notice(self) -> Notice | None:
        return self.life.notice


def _at(moment: datetime | None) -> str:
    return f"{local(moment):%Y-%m-%d %H:%M:%S}" if moment else ""


def _of_notice(line: Line, name: str) -> Any:
    return getattr(line.notice, name) if line.notice else None


def _of_delivery(line: Line, name: str) -> Any:
    return getattr(line.delivery, name) if line.delivery else None


def _digest(line: Line) -> str:
    return hashlib.sha256(line.notice.body.encode()).hexdigest() if line.notice else ""


# Times to the second and in order, so that a dispute can be read from left to right.
NOTICES: ListDeclaration[Line] = ListDeclaration(
    name="通知送达明细",
    columns=(
        Column("number", "序号", get=lambda line: line.number, width=6),
        Column("name", "收件人", get=lambda line: line.life.name, width=10),
        Column("receipt", "回执号", get=lambda line: line.life.receipt_number, width=14),
        Column("kind", "通知", get=lambda line: catalogue.label(line.life.row.notice), width=14),
        Column("subject", "标题", get=lambda line: _of_notice(line, "subject") or "", width=20),
        Column("state", "情况", get=lambda line: str(STATES[line.life.state]), width=12),
        Column("decided", "决定时间", get=lambda line: _at(line.life.row.created_at), width=11),
        Column("released", "公布时间", get=lambda line: _at(line.life.row.released_at), width=11),
        Column("queued", "排队时间", get=lambda line: _at(line.life.row.queued_at), width=11),
        Column("inbox", "进入站内信", get=lambda line: _at(_of_notice(line, "created_at")), width=11),
        Column("read", "本人打开", get=lambda line: _at(_of_notice(line, "read_at")), width=11),
        Column(
            "channel",
            "方式",
            get=lambda line: (
                str(ADDRESS.get(line.delivery.channel, line.delivery.channel)) if line.delivery else ""
            ),
            width=6,
        ),
        Column(
            "address",
            "地址",
            get=lambda line: mask_address(line.delivery.address) if line.delivery else "",
            width=16,
        ),
        Column(
            "delivery",
            "发送情况",
            get=lambda line: (
                str(DELIVERY.get(line.delivery.status, line.delivery.status)) if line.delivery else ""
            ),
            width=12,
        ),
        Column("attempts", "尝试次数", get=lambda line: _of_delivery(line, "attempts"), width=6),
        Column("sent", "对方接收时间", get=lambda line: _at(_of_delivery(line, "sent_at")), width=11),
        Column("delivered", "送达时间", get=lambda line: _at(_of_delivery(line, "delivered_at")), width=11),
        Column("error", "最后的错误", get=lambda line: _of_delivery(line, "last_error") or "", width=16),
        Column("message_id", "邮件编号", get=lambda line: _of_delivery(line, "message_id") or "", width=14),
        Column("version", "文本版本", get=lambda line: _of_notice(line, "template_version") or "", width=12),
        Column("digest", "正文 SHA-256", get=_digest, width=18),
    ),
)


def export(
    session: Session, call: Call, chosen: queries.NoticeFilter, person: User, now: datetime, *, purpose: str
) -> Made:
    """Write the notices that the filter shows, in the same order, and who took them and why.

    The record stands in the caller's transaction: without it there is no file.

    Raises:
        ValueError: no purpose.
    """
    if not purpose.strip():
        raise ValueError("an export needs a purpose")
    filename = f"通知送达明细-{call.slug}-{local(now):%Y%m%d-%H%M}.xlsx"
    with official():
        content, written = xlsx_bytes(
            NOTICES,
            _lines(queries.every(session, chosen)),
            created=local(now),
            title=f"{call.title}{NOTICES.name}",
        )
    record(
        session,
        person,
        ACTION,
        at=now,
        subject_kind="call",
        subject_id=call.id,
        reason=purpose.strip(),
        detail={
            "filter": {"text": chosen.text} if chosen.text else {},
            "notice": chosen.notice,
            "state": chosen.state,
            "rows": written.rows,
            "sha256": written.sha256,
            "file": filename,
        },
    )
    return Made(content, filename, written.rows, written.sha256)


def _lines(lives: Iterator[queries.Life]) -> Iterator[Line]:
    number = 0
    for life in lives:
        carried: list[Delivery | None] = [*life.notice.deliveries] if life.notice else []
        for delivery in carried or [None]:
            number += 1
            yield Line(number, life, delivery)
