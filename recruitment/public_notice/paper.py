"""The list on paper: A4 across, as an office posts it."""

from collections.abc import Sequence

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from recruitment.clock import local
from recruitment.exam.paper import fonts, sheet
from recruitment.public_notice.content import PUBLIC_NOTICE, cells
from recruitment.public_notice.models import PublicNotice

WIDTH, HEIGHT = landscape(A4)
MARGIN = 12 * mm
# Widths of the columns in the order of the list, as parts of the width.
PARTS = (12, 21, 8, 5, 8, 10, 12, 20, 7, 9, 13)
SIZE = 9
LEAST_ROW = 9 * mm
HEAD = 10 * mm


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
    page, target = sheet.canvas(notice.title)
    page.setPageSize((WIDTH, HEIGHT))
    whole = WIDTH - 2 * MARGIN
    widths = [whole * part / sum(PARTS) for part in PARTS]
    y = HEIGHT - MARGIN
    y -= sheet.write(page, notice.title, MARGIN, y, whole, font=fonts.HEADING, size=17, align="center")
    for text in (
        f"公示时间：{period(notice)}",
        f"监督电话：{notice.call.hotline}",
        *notice.introduction.splitlines(),
    ):
        y -= sheet.write(page, text, MARGIN, y, whole, size=10.5)
    y -= 2 * mm
    pages = _paged([list(cells(row).values()) for row in notice.rows], widths, y - HEAD)
    for number, lines in enumerate(pages, start=1):
        if number > 1:
            page.showPage()
            page.setPageSize((WIDTH, HEIGHT))
            y = HEIGHT - MARGIN
        y = _head(page, widths, y)
        for texts, height in lines:
            sheet.row(page, texts, widths, MARGIN, y, height, size=SIZE)
            y -= height
        _foot(page, number, len(pages))
    page.save()
    return target.getvalue()


def _paged(
    rows: Sequence[Sequence[str]], widths: Sequence[float], y: float
) -> list[list[tuple[Sequence[str], float]]]:
    """Rows with their heights by page, the first of which has room from ``y`` on."""
    pages: list[list[tuple[Sequence[str], float]]] = [[]]
    for texts in rows:
        height = _height(texts, widths)
        if y - height < MARGIN + 6 * mm:
            pages.append([])
            y = HEIGHT - MARGIN - HEAD
        pages[-1].append((texts, height))
        y -= height
    return pages


def _head(page: Canvas, widths: Sequence[float], y: float) -> float:
    titles = [column.title for column in PUBLIC_NOTICE.columns]
    sheet.row(page, titles, widths, MARGIN, y, HEAD, font=fonts.HEADING, size=SIZE, fill=True)
    return y - HEAD


def _height(texts: Sequence[str], widths: Sequence[float]) -> float:
    """Room for the cell with the most lines."""
    lines = max(
        len(sheet.wrap(text, fonts.BODY, SIZE, width - 2 * mm - 2))
        for text, width in zip(texts, widths, strict=True)
    )
    return max(LEAST_ROW, lines * SIZE * 1.25 + 2 * mm)


def _foot(page: Canvas, number: int, of: int) -> None:
    sheet.write(
        page, f"第 {number} 页 共 {of} 页", MARGIN, MARGIN, WIDTH - 2 * MARGIN, size=8.5, align="center"
    )
