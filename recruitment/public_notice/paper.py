"""The list on paper: A4 across, as an office posts it."""

import io
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, Spacer, TableStyle

from recruitment.clock import local
from recruitment.public_notice.content import PUBLIC_NOTICE, cells
from recruitment.public_notice.models import PublicNotice

FONT = "STSong-Light"
# Widths of the columns in the order of the list, as parts of the width.
PARTS = (11, 20, 8, 5, 8, 9, 12, 19, 7, 8, 11)


@cache
def _register() -> None:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))


def _style(size: float, **settings: Any) -> ParagraphStyle:
    return ParagraphStyle(
        f"s{size}", fontName=FONT, fontSize=size, leading=size * 1.4, wordWrap="CJK", **settings
    )


def period(notice: PublicNotice) -> str:
    """From when to when a published notice stands, in words; empty before it is published."""
    if notice.published_at is None or notice.ends_at is None:
        return ""
    first, last = local(notice.published_at), local(notice.ends_at)
    return (
        f"{first.year}年{first.month}月{first.day}日至{last.year}年{last.month}月{last.day}日"
        f"（{notice.working_days}个工作日，发布当日不计）"
    )


def pdf(notice: PublicNotice) -> bytes:
    """A published notice as PDF; the same notice gives the same bytes."""
    _register()
    buffer = io.BytesIO()
    page = landscape(A4)
    document = SimpleDocTemplate(
        buffer,
        pagesize=page,
        leftMargin=12 * mm,
        rightMargin=12 * mm,
        topMargin=14 * mm,
        bottomMargin=14 * mm,
        title=notice.title,
        author="",
        invariant=1,
    )
    small, head = _style(8.5), _style(8.5, alignment=1)
    titles = [column.title for column in PUBLIC_NOTICE.columns]
    table = [[Paragraph(escape(title), head) for title in titles]]
    table += [[Paragraph(escape(cell), small) for cell in cells(row).values()] for row in notice.rows]
    whole = page[0] - 24 * mm
    body: list[Any] = [
        Paragraph(escape(notice.title), _style(17, alignment=1, spaceAfter=6)),
        Paragraph(escape(f"公示时间：{period(notice)}"), _style(10.5)),
        Paragraph(escape(f"监督电话：{notice.call.hotline}"), _style(10.5)),
    ]
    if notice.introduction:
        body.append(
            Paragraph(escape(notice.introduction).replace("\n", "<br/>"), _style(10.5, spaceBefore=4))
        )
    body += [
        Spacer(1, 4 * mm),
        LongTable(
            table,
            colWidths=[whole * part / sum(PARTS) for part in PARTS],
            repeatRows=1,
            style=TableStyle(
                [
                    ("GRID", (0, 0), (-1, -1), 0.4, colors.black),
                    ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
                    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                    ("LEFTPADDING", (0, 0), (-1, -1), 3),
                    ("RIGHTPADDING", (0, 0), (-1, -1), 3),
                ]
            ),
        ),
    ]
    document.build(body, onFirstPage=_number, onLaterPages=_number)
    return buffer.getvalue()


def _number(canvas: Any, document: Any) -> None:
    canvas.setFont(FONT, 8.5)
    canvas.drawCentredString(landscape(A4)[0] / 2, 8 * mm, f"第{document.page}页")
