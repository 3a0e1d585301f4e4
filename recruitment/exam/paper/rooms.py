"""What hangs at the door of a room, lies on its desks, and is signed in it."""

from collections.abc import Callable, Iterable, Sequence

from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from recruitment.exam.paper import fonts
from recruitment.exam.paper.sheet import HEIGHT, INK, LINE, WIDTH, canvas, row, write
from recruitment.exam.paper.ticket import day_of, times_of
from recruitment.exam.tickets import Ticket

_LEFT, _RIGHT = 15 * mm, WIDTH - 15 * mm
_TOP, _BOTTOM = HEIGHT - 14 * mm, 14 * mm
# Seats on one page: with more than that in a room, its list goes on on another.
_DOOR_ROWS, _SHEET_ROWS = 20, 30
_LABEL_COLUMNS, _LABEL_ROWS = 3, 8

Room = Sequence[Ticket]


def door_lists_pdf(rooms: Iterable[Room]) -> bytes:
    """For each room who sits there, large enough to be read from a step away."""
    return _pages(rooms, "考场座次表", _DOOR_ROWS * 2, _door_list)


def attendance_sheets_pdf(rooms: Iterable[Room]) -> bytes:
    """For each room the sheet that everybody signs at each paper."""
    return _pages(rooms, "考场签到表", _SHEET_ROWS, _attendance_sheet)


def labels_pdf(rooms: Iterable[Room]) -> bytes:
    """Labels for the desks, 24 to a page; a room begins a page of its own, so that it can be cut and handed over."""
    return _pages(rooms, "考生桌贴", _LABEL_COLUMNS * _LABEL_ROWS, _labels)


def _pages(rooms: Iterable[Room], title: str, most: int, draw: Callable[[Canvas, Room, str], None]) -> bytes:
    page, target = canvas(title)
    for people in rooms:
        parts = [people[start : start + most] for start in range(0, len(people), most)]
        for number, part in enumerate(parts, start=1):
            draw(page, part, f"（{number}/{len(parts)}）" if len(parts) > 1 else "")
            page.showPage()
    page.save()
    return target.getvalue()


def _heading(page: Canvas, ticket: Ticket, title: str, people: int) -> float:
    width = _RIGHT - _LEFT
    y = _TOP
    page.setFillColorRGB(*INK)
    y -= write(page, ticket.call_title, _LEFT, y, width, font=fonts.HEADING, size=13, align="center", most=2)
    y -= write(page, title, _LEFT, y, width, font=fonts.HEADING, size=20, align="center")
    y -= 2 * mm
    widths = [width * 0.5, width * 0.32, width * 0.18]
    room = f"第 {ticket.room} 考场" + (f"（{ticket.room_place}）" if ticket.room_place else "")
    row(page, [ticket.venue, room, f"{people} 人"], widths, _LEFT, y, 11 * mm, font=fonts.HEADING, size=14)
    return y - 11 * mm - 3 * mm


def _timetable(page: Canvas, ticket: Ticket, y: float) -> float:
    width = _RIGHT - _LEFT
    for item in ticket.timetable:
        text = f"{item.name}：{day_of(item.starts_at)}{times_of(item.starts_at, item.ends_at)}"
        y -= write(page, text, _LEFT, y, width, size=11, align="center", most=1)
    return y


def _door_list(page: Canvas, people: Room, part: str) -> None:
    first = people[0]
    y = _heading(page, first, f"考场座次表{part}", len(people))
    y = _timetable(page, first, y) - 3 * mm
    half = (_RIGHT - _LEFT - 4 * mm) / 2
    widths = [half * 0.17, half * 0.48, half * 0.35]
    rows = (len(people) + 1) // 2
    height = min((y - _BOTTOM) / (rows + 1), 12.5 * mm)
    for column, group in enumerate((people[:rows], people[rows:])):
        if not group:
            continue
        x, line = _LEFT + column * (half + 4 * mm), y
        row(page, ["座位", "准考证号", "姓名"], widths, x, line, height, font=fonts.HEADING, fill=True)
        for ticket in group:
            line -= height
            texts = [f"{ticket.seat:02d}", ticket.number, ticket.name]
            row(page, texts, widths, x, line, height, size=min(13, height * 0.42))


def _attendance_sheet(page: Canvas, people: Room, part: str) -> None:
    first = people[0]
    y = _heading(page, first, f"考场签到表{part}", len(people))
    subjects = first.timetable
    foot = 20 * mm
    signs = (_RIGHT - _LEFT) * 0.45 / max(len(subjects), 1)
    rest = (_RIGHT - _LEFT) * (0.55 if subjects else 1)
    widths = [rest * 0.1, rest * 0.3, rest * 0.2, rest * 0.4] + [signs] * len(subjects)
    titles = ["座位", "准考证号", "姓名", "身份证号", *(f"{item.name}\u3000签名" for item in subjects)]
    height = min((y - _BOTTOM - foot) / (len(people) + 1.3), 9 * mm)
    row(page, titles, widths, _LEFT, y, height * 1.3, font=fonts.HEADING, size=9, fill=True)
    y -= height * 1.3
    for ticket in people:
        texts = [f"{ticket.seat:02d}", ticket.number, ticket.name, ticket.id_number]
        row(page, [*texts, *[""] * len(subjects)], widths, _LEFT, y, height, size=9)
        y -= height
    y -= 3 * mm
    page.setFillColorRGB(*INK)
    for item in subjects:
        counts = f"应到 {len(people)} 人，实到＿＿＿人，缺考＿＿＿人"
        text = f"{item.name}：{counts}\u3000监考员签名：＿＿＿＿＿＿\u3000＿＿＿＿＿＿"
        y -= write(page, text, _LEFT, y, _RIGHT - _LEFT, size=10, most=1)
    write(page, "缺考的在签名处写“缺考”。", _LEFT, y, _RIGHT - _LEFT, size=9)


def _labels(page: Canvas, people: Room, part: str) -> None:
    width, height = (WIDTH - 16 * mm) / _LABEL_COLUMNS, (HEIGHT - 24 * mm) / _LABEL_ROWS
    for index, ticket in enumerate(people):
        x = 8 * mm + index % _LABEL_COLUMNS * width
        y = HEIGHT - 12 * mm - index // _LABEL_COLUMNS * height
        page.setStrokeColorRGB(*LINE)
        page.setDash(2, 2)
        page.rect(x, y - height, width, height)
        page.setDash()
        page.setFillColorRGB(*INK)
        page.setFont(fonts.HEADING, 30)
        page.drawCentredString(x + 11 * mm, y - height / 2 - 11, f"{ticket.seat:02d}")
        inner = width - 24 * mm
        top = y - (height - 52) / 2
        top -= write(page, ticket.name, x + 22 * mm, top, inner, font=fonts.HEADING, size=14, most=1)
        top -= write(page, ticket.number, x + 22 * mm, top, inner, size=10.5, most=1)
        write(page, f"第 {ticket.room} 考场", x + 22 * mm, top, inner, size=10, most=1)
