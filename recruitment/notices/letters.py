"""Notices on paper: a list for an office, a PDF made on demand, and the note that they were posted."""

import io
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

import sqlalchemy as sa
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer
from sqlalchemy.orm import Session, joinedload, lazyload

from recruitment.areas.models import Community
from recruitment.audit.operations import record
from recruitment.clock import local
from recruitment.exam.paper import fonts
from recruitment.notices.models import Delivery, DeliveryStatus, Notice
from recruitment.people.models import User

LIMIT = 100
# The last line of notices/layout.txt; nobody answers a letter by pressing a button.
MAIL_ONLY = "这条通知由系统自动发出，请不要直接回复。"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to be posted.

    Attributes:
        place: the community that the person serves in, down from the county; empty if none is known.
    """

    delivery: Delivery
    place: str


def to_post(session: Session, areas: tuple[str, ...], ids: Sequence[uuid.UUID] = ()) -> list[Letter]:
    """Letters that wait, the oldest first, a hundred at most; with ids, of those only."""
    query = (
        sa.select(Delivery)
        .join(Delivery.notice)
        .where(
            Delivery.status == DeliveryStatus.TO_POST,
            sa.or_(sa.false(), *(Notice.area_code.startswith(area, autoescape=True) for area in areas)),
        )
        .options(
            joinedload(Delivery.notice).options(
                joinedload(Notice.user).options(lazyload(User.grants)), lazyload(Notice.deliveries)
            )
        )
        .order_by(Notice.decided_at, Delivery.id)
        .limit(LIMIT)
    )
    if ids:
        query = query.where(Delivery.id.in_(ids))
    rows = session.scalars(query).all()
    codes = {row.notice.user.community_code for row in rows}
    places = {
        community.code: community.full_name
        for community in session.scalars(sa.select(Community).where(Community.code.in_(codes)))
    }
    return [Letter(row, places.get(row.notice.user.community_code or "", "")) for row in rows]


def count(session: Session, areas: tuple[str, ...]) -> int:
    """How many wait."""
    here = sa.or_(sa.false(), *(Notice.area_code.startswith(area, autoescape=True) for area in areas))
    query = sa.select(sa.func.count(Delivery.id)).join(Delivery.notice)
    return session.scalar(query.where(Delivery.status == DeliveryStatus.TO_POST, here)) or 0


def note_printed(session: Session, actor: User, letters: Sequence[Letter], at: datetime) -> None:
    """Printing shows what many people were told, so it is on record."""
    record(
        session, actor, "letters.print", at=at, subject_kind="delivery", subject_id="many",
        detail={"rows": len(letters)},
    )  # fmt: skip


def mark_posted(session: Session, actor: User, letters: Sequence[Letter], at: datetime) -> int:
    """The letters are in the post; returns how many were not before."""
    posted = session.scalars(
        sa.update(Delivery)
        .where(
            Delivery.id.in_([letter.delivery.id for letter in letters]),
            Delivery.status == DeliveryStatus.TO_POST,
        )
        .values(status=DeliveryStatus.SENT, sent_at=at)
        .returning(Delivery.id)
    ).all()
    if posted:
        record(
            session, actor, "letters.post", at=at, subject_kind="delivery", subject_id="many",
            detail={"rows": len(posted)},
        )  # fmt: skip
    return len(posted)


def pdf(letters: Sequence[Letter]) -> bytes:
    """The letters, each beginning on a page of its own. The address stands where a window shows it (DL)."""
    fonts.register()
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        topMargin=22 * mm,
        bottomMargin=20 * mm,
        leftMargin=25 * mm,
        rightMargin=22 * mm,
        title="待寄信函",
        author="四川省定向考录平台",
    )
    flow: list[Flowable] = []
    for letter in letters:
        if flow:
            flow.append(PageBreak())
        flow += _pages(letter)
    document.build(flow)
    return buffer.getvalue()


_small = ParagraphStyle("small", fontName=fonts.BODY, fontSize=9, leading=13, wordWrap="CJK")
_address = ParagraphStyle("address", parent=_small, fontSize=12, leading=18)
_title = ParagraphStyle(
    "title", parent=_small, fontName=fonts.HEADING, fontSize=16, leading=24, alignment=1, spaceAfter=6 * mm
)
_text = ParagraphStyle("text", parent=_small, fontSize=12, leading=20, spaceAfter=4 * mm)


def _pages(letter: Letter) -> list[Flowable]:
    notice = letter.delivery.notice
    flow: list[Flowable] = [
        Paragraph(escape(letter.place or "（地址不详，请向所在乡镇核实）"), _address),
        Paragraph(escape(f"{notice.user.name}　收"), _address),
        Spacer(1, 22 * mm),
        Paragraph(escape(notice.subject), _title),
    ]
    for block in notice.body.replace(MAIL_ONLY, "").strip().split("\n\n"):
        flow.append(Paragraph("<br/>".join(escape(line) for line in block.splitlines()), _text))
    day = local(notice.decided_at)
    flow.append(Paragraph(f"{day:%Y年%m月%d日}", _text))
    flow.append(Paragraph(f"信函编号 {letter.delivery.id}", _small))
    return flow
