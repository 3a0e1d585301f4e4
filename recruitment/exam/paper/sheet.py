"""A4 pages with Chinese text: what tickets, lists and labels have in common."""

import io
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from recruitment.exam.paper import fonts

WIDTH, HEIGHT = A4
INK, SOFT, LINE = (0.11, 0.14, 0.19), (0.38, 0.42, 0.47), (0.45, 0.47, 0.5)
# These may not begin a line.
_CLOSING = frozenset("，。、；：？！）》〉”’】〕％%,.;:?!)]}—…")
_LEADING = 1.5


def canvas(title: str) -> tuple[Canvas, io.BytesIO]:
    """An empty file, and where it is written to when it is saved. The same content gives the same bytes."""
    fonts.register()
    # Photos as they are, not as text a quarter longer.
    rl_config.useA85 = 0
    target = io.BytesIO()
    # The stubs take a font's name for a size. Without it each page would name a font that is not embedded.
    made = Canvas(target, pagesize=A4, pageCompression=1, invariant=1, initialFontName=fonts.BODY)  # type: ignore[arg-type]
    made.setTitle(title)
    made.setAuthor("四川省定向考录平台")
    made.setCreator("四川省定向考录平台")
    return made, target


class PaperCanvas(Canvas):
    """For documents that ReportLab lays out: ``build(…, canvasmaker=PaperCanvas)``. Its pages name no other font."""

    def __init__(self, *given: Any, **settings: Any) -> None:
        super().__init__(*given, **settings | {"initialFontName": fonts.BODY})


def paragraph(text: str) -> str:
    """Text as ReportLab takes it for a paragraph: line ends stay, and wide spaces do not become one narrow one."""
    return escape(text).replace("\n", "<br/>").replace("　", "\u00a0" * 4)


@lru_cache(maxsize=4096)
def wrap(text: str, font: str, size: float, width: float) -> tuple[str, ...]:
    """The text in lines no wider than so many points; words of Latin letters and figures stay whole."""
    lines: list[str] = []
    line, used = "", 0.0
    for word in _words(text):
        long = stringWidth(word, font, size)
        if line and used + long > width and word[0] not in _CLOSING:
            lines.append(line)
            line, used = "", 0.0
            word = word.lstrip()
            long = stringWidth(word, font, size)
        while long > width and len(word) > 1:
            fits = max(
                (n for n in range(1, len(word)) if stringWidth(word[:n], font, size) <= width), default=1
            )
            lines.append(word[:fits])
            word = word[fits:]
            long = stringWidth(word, font, size)
        line, used = line + word, used + long
    return (*lines, line) if line or not lines else tuple(lines)


def _words(text: str) -> list[str]:
    """Each Chinese character for itself, runs of others together."""
    words: list[str] = []
    for character in text:
        if words and character.isascii() and not character.isspace() and words[-1][-1].isascii():
            words[-1] += character
        else:
            words.append(character)
    return words


def write(
    page: Canvas,
    text: str,
    x: float,
    y: float,
    width: float,
    *,
    font: str = fonts.BODY,
    size: float = 11,
    align: str = "left",
    most: int = 0,
) -> float:
    """Write text whose first line has its top at ``y``; returns the height that it took.

    Args:
        align: ``left`` or ``center`` within the width.
        most: so many lines at most; the letters become smaller until they fit. 0: as many as it takes.
    """
    lines = wrap(text, font, size, width)
    while most and len(lines) > most and size > 6:
        size -= 0.5
        lines = wrap(text, font, size, width)
    if align == "center" and len(lines) > 1:
        lines = _balanced(text, font, size, width, len(lines))
    leading = size * _LEADING
    page.setFont(font, size)
    for number, line in enumerate(lines):
        baseline = y - number * leading - size
        if align == "center":
            page.drawCentredString(x + width / 2, baseline, line)
        else:
            page.drawString(x, baseline, line)
    return len(lines) * leading


@lru_cache(maxsize=64)
def _balanced(text: str, font: str, size: float, width: float, number: int) -> tuple[str, ...]:
    """The same number of lines, about equally long: a title must not leave one character on its last line."""
    narrower = max(stringWidth(text, font, size) / number, 1)
    while len(wrap(text, font, size, narrower)) > number and narrower < width:
        narrower += size / 2
    return wrap(text, font, size, min(narrower, width))


def cell(
    page: Canvas,
    text: str,
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    font: str = fonts.BODY,
    size: float = 10.5,
    align: str = "left",
    fill: bool = False,
) -> None:
    """A box with its top left corner at (x, y) and the text in the middle of its height, made to fit."""
    if fill:
        page.setFillColorRGB(0.94, 0.94, 0.93)
        page.rect(x, y - height, width, height, stroke=0, fill=1)
    page.setFillColorRGB(*INK)
    page.setStrokeColorRGB(*LINE)
    page.setLineWidth(0.6)
    page.rect(x, y - height, width, height, stroke=1, fill=0)
    inner = width - 2 * mm - 2
    lines = wrap(text, font, size, inner)
    while size > 5 and len(lines) * size * 1.25 > height - 2:
        size -= 0.5
        lines = wrap(text, font, size, inner)
    leading = size * 1.25
    # The letters of a line reach from about 0.12 below its baseline to 0.88 above.
    top = y - (height - len(lines) * leading) / 2 - (leading - size) / 2
    page.setFont(font, size)
    for number, line in enumerate(lines):
        baseline = top - number * leading - size * 0.88
        if align == "center":
            page.drawCentredString(x + width / 2, baseline, line)
        else:
            page.drawString(x + mm + 1, baseline, line)


def row(
    page: Canvas,
    texts: Sequence[str],
    widths: Sequence[float],
    x: float,
    y: float,
    height: float,
    *,
    font: str = fonts.BODY,
    size: float = 10.5,
    align: str = "center",
    fill: bool = False,
) -> None:
    """A row of cells side by side."""
    for text, width in zip(texts, widths, strict=True):
        cell(page, text, x, y, width, height, font=font, size=size, align=align, fill=fill)
        x += width
