"""The admission ticket on one A4 page."""

import io
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import groupby

import qrcode
from PIL import Image, UnidentifiedImageError
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from recruitment.clock import local
from recruitment.exam.paper import fonts
from recruitment.exam.paper.sheet import HEIGHT, INK, LINE, SOFT, WIDTH, canvas, cell, row, wrap, write
from recruitment.exam.tickets import Ticket

# An office photo, at 214 dots per inch: a face is plain, and a thousand of them are still small.
PHOTO_WIDTH, PHOTO_HEIGHT = 35 * mm, 49 * mm
_PHOTO_PIXELS = (295, 413)
_LEFT, _RIGHT = 20 * mm, WIDTH - 20 * mm
_WEEKDAYS = "一二三四五六日"
_SEXES = {"male": "男", "female": "女"}

Photo = Callable[[Ticket], bytes | None]


def tickets_pdf(tickets: Iterable[Ticket], photo: Photo, check_url: str) -> bytes:
    """One page for each ticket.

    Args:
        photo: the JPEG of a ticket's photo; none when it is missing.
        check_url: address of the page that checks a ticket, to which its code is added.
    """
    page, target = canvas("准考证")
    for ticket in tickets:
        _draw(page, ticket, photo(ticket), check_url)
        page.showPage()
    page.save()
    return target.getvalue()


def print_photo(content: bytes) -> bytes | None:
    """The photo at the size that a ticket needs, cut to its shape; none if it cannot be read."""
    try:
        with Image.open(io.BytesIO(content)) as opened:
            # Lets the decoder work at a reduced size.
            opened.draft("RGB", _PHOTO_PIXELS)
            small = _cut(opened.convert("RGB")).resize(_PHOTO_PIXELS, Image.Resampling.BILINEAR)
    except (OSError, UnidentifiedImageError):
        return None
    buffer = io.BytesIO()
    small.save(buffer, "JPEG", quality=80)
    return buffer.getvalue()


class _Jpeg(ImageReader):
    """A JPEG that goes into the file as it is. ReportLab would decode each only to tell it from others."""

    def __init__(self, content: bytes) -> None:
        super().__init__(io.BytesIO(content))
        self._content = content
        self._dataA = None  # no transparency

    def getRGBData(self) -> bytes:  # noqa: N802
        return self._content


def _cut(image: Image.Image) -> Image.Image:
    """The middle of the image in the shape of the frame; heads are above the middle, so more goes below."""
    wide, high = _PHOTO_PIXELS
    if image.width * high > image.height * wide:
        width = image.height * wide // high
        left = (image.width - width) // 2
        return image.crop((left, 0, left + width, image.height))
    height = image.width * high // wide
    top = (image.height - height) // 3
    return image.crop((0, top, image.width, top + height))


def day_of(moment: datetime) -> str:
    """``2026年12月19日（星期六）``."""
    day = local(moment)
    return f"{day.year}年{day.month}月{day.day}日（星期{_WEEKDAYS[day.weekday()]}）"


def times_of(starts_at: datetime, ends_at: datetime) -> str:
    """``09:00—11:00``; with the day when it ends on another."""
    first, last = local(starts_at), local(ends_at)
    end = f"{last:%H:%M}" if first.date() == last.date() else f"{last.month}月{last.day}日{last:%H:%M}"
    return f"{first:%H:%M}—{end}"


def _draw(page: Canvas, ticket: Ticket, photo: bytes | None, check_url: str) -> None:
    width = _RIGHT - _LEFT
    y = HEIGHT - 18 * mm
    page.setFillColorRGB(*INK)
    y -= write(page, ticket.call_title, _LEFT, y, width, font=fonts.HEADING, size=15, align="center", most=2)
    y -= 1.5 * mm
    y -= write(page, "准　考　证", _LEFT, y, width, font=fonts.HEADING, size=24, align="center")
    y -= 3 * mm
    y = _facts(page, ticket, photo, y)
    y -= 6 * mm
    y = _timetable(page, ticket, y)
    y -= 5 * mm
    _rules(page, ticket, y)
    _foot(page, ticket, check_url)


def _facts(page: Canvas, ticket: Ticket, photo: bytes | None, top: float) -> float:
    label, side = 24 * mm, 47 * mm
    value = _RIGHT - _LEFT - label - side
    room = f"第 {ticket.room} 考场" + (f"（{ticket.room_place}）" if ticket.room_place else "")
    y = top
    lines: list[tuple[str, str, float, float, str]] = [
        ("准考证号", ticket.number, 10 * mm, 15, fonts.HEADING),
        ("姓名", ticket.name, 10 * mm, 14, fonts.BODY),
        ("性别", _SEXES.get(ticket.sex, ""), 8 * mm, 11, fonts.BODY),
        ("身份证号", ticket.id_number, 8 * mm, 11, fonts.BODY),
        ("报考单位", ticket.organ, 11 * mm, 11, fonts.BODY),
        ("报考职位", f"{ticket.position}（{ticket.position_code}）", 11 * mm, 11, fonts.BODY),
    ]
    for name, text, height, size, font in lines:
        cell(page, name, _LEFT, y, label, height, size=10.5, align="center", fill=True)
        cell(page, text, _LEFT + label, y, value, height, font=font, size=size)
        y -= height
    _portrait(page, photo, top, top - y, side)
    wide = _RIGHT - _LEFT - label
    lines = [
        ("考点", ticket.venue, 10 * mm, 13, fonts.HEADING),
        ("考点地址", ticket.address, 10 * mm, 11, fonts.BODY),
    ]
    if ticket.directions:
        lines.append(("交通", ticket.directions, 10 * mm, 10.5, fonts.BODY))
    for name, text, height, size, font in lines:
        cell(page, name, _LEFT, y, label, height, size=10.5, align="center", fill=True)
        cell(page, text, _LEFT + label, y, wide, height, font=font, size=size)
        y -= height
    height = 12 * mm
    cell(page, "考场", _LEFT, y, label, height, size=10.5, align="center", fill=True)
    cell(page, room, _LEFT + label, y, wide - label - 26 * mm, height, font=fonts.HEADING, size=15)
    cell(page, "座位号", _RIGHT - label - 26 * mm, y, label, height, size=10.5, align="center", fill=True)
    cell(
        page,
        f"{ticket.seat:02d}",
        _RIGHT - 26 * mm,
        y,
        26 * mm,
        height,
        font=fonts.HEADING,
        size=18,
        align="center",
    )
    return y - height


def _portrait(page: Canvas, photo: bytes | None, top: float, height: float, side: float) -> None:
    left = _RIGHT - side
    cell(page, "", left, top, side, height)
    x, y = left + (side - PHOTO_WIDTH) / 2, top - (height + PHOTO_HEIGHT) / 2
    if photo is None:
        page.setFont(fonts.BODY, 10)
        page.setFillColorRGB(*SOFT)
        page.drawCentredString(left + side / 2, y + PHOTO_HEIGHT / 2, "照片缺失")
        page.setFillColorRGB(*INK)
    else:
        page.drawImage(_Jpeg(photo), x, y, PHOTO_WIDTH, PHOTO_HEIGHT)
    page.setStrokeColorRGB(*LINE)
    page.rect(x, y, PHOTO_WIDTH, PHOTO_HEIGHT)


def _timetable(page: Canvas, ticket: Ticket, y: float) -> float:
    widths = [(_RIGHT - _LEFT) * part for part in (0.4, 0.34, 0.26)]
    row(page, ["科目", "日期", "时间"], widths, _LEFT, y, 8 * mm, font=fonts.HEADING, fill=True)
    y -= 8 * mm
    for item in ticket.timetable:
        texts = [item.name, day_of(item.starts_at), times_of(item.starts_at, item.ends_at)]
        row(page, texts, widths, _LEFT, y, 9 * mm, size=11)
        y -= 9 * mm
    return y


def _rules(page: Canvas, ticket: Ticket, y: float) -> None:
    if not ticket.rules:
        return
    y -= write(page, "考生须知", _LEFT, y, 60 * mm, font=fonts.HEADING, size=12)
    width, size, floor = _RIGHT - _LEFT - 7 * mm, 10.0, 47 * mm
    while size > 6 and y - floor < _height(ticket.rules, width, size):
        size -= 0.5
    for number, rule in enumerate(ticket.rules, start=1):
        page.setFont(fonts.BODY, size)
        page.drawString(_LEFT, y - size, f"{number}.")
        y -= write(page, rule, _LEFT + 7 * mm, y, width, size=size)


def _height(rules: tuple[str, ...], width: float, size: float) -> float:
    return sum(len(wrap(rule, fonts.BODY, size, width)) for rule in rules) * size * 1.5


def _foot(page: Canvas, ticket: Ticket, check_url: str) -> None:
    side, bottom = 26 * mm, 15 * mm
    page.setStrokeColorRGB(*LINE)
    page.line(_LEFT, bottom + side + 3 * mm, _RIGHT, bottom + side + 3 * mm)
    draw_code(page, f"{check_url}?code={ticket.code}", _RIGHT - side, bottom, side)
    width = _RIGHT - _LEFT - side - 5 * mm
    y = bottom + side
    page.setFillColorRGB(*INK)
    for text in (
        f"核验：扫右边的二维码，或打开 {check_url} 输入核验码。",
        f"核验码：{ticket.code}",
        f"咨询电话：{ticket.hotline}",
    ):
        y -= write(page, text, _LEFT, y, width, size=9.5, most=2)


def draw_code(page: Canvas, text: str, x: float, y: float, side: float) -> None:
    """A QR code as vectors, its lower left corner at (x, y)."""
    modules = _modules(text)
    size = len(modules)
    drawn = [f"q {side / size:.4f} 0 0 {side / size:.4f} {x:.2f} {y:.2f} cm 0 0 0 rg"]
    drawn += [f"{place} {size - line - 1} {long} 1 re" for place, line, long in _runs(modules)]
    page.addLiteral("\n".join([*drawn, "f Q"]))


def code_svg(text: str) -> str:
    """The same as a picture for a page, with the quiet zone around it."""
    modules = _modules(text)
    size = len(modules) + 8
    path = "".join(f"M{place + 4} {line + 4}h{long}v1h-{long}z" for place, line, long in _runs(modules))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path d="{path}"/></svg>'
    )


def _modules(text: str) -> list[list[bool]]:
    # One mask is as legible as another; to try all eight takes longer than the rest of the ticket.
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, border=0, mask_pattern=2)
    code.add_data(text)
    code.make()
    return [[bool(module) for module in line] for line in code.modules]


def _runs(modules: list[list[bool]]) -> Iterator[tuple[int, int, int]]:
    """Column, line and length of each dark stretch."""
    for line, row_of_modules in enumerate(modules):
        place = 0
        for dark, run in groupby(row_of_modules):
            long = len(list(run))
            if dark:
                yield place, line, long
            place += long
