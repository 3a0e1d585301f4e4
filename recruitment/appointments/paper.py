"""The approval form (公务员录用审批表) as PDF, one person on one sheet of A4."""

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, SimpleDocTemplate, Table, TableStyle

from recruitment.exam.paper import fonts
from recruitment.exam.paper.sheet import PaperCanvas, paragraph

TITLE = "公务员录用审批表"
# Boxes that are signed by hand, each with room for a seal.
OPINIONS = ("招录机关意见", "县（市、区）公务员主管部门意见", "市（州）公务员主管部门审批意见", "备注")


@dataclass(frozen=True, slots=True)
class ApprovalForm:
    """What one form says, all of it text.

    Attributes:
        facts: pairs of heading and value, printed two pairs a line.
        long: pairs of heading and value that take the whole width.
    """

    name: str
    position_code: str
    call: str
    facts: tuple[tuple[str, str], ...]
    long: tuple[tuple[str, str], ...]

    @property
    def filename(self) -> str:
        """Safe in any file system; the code of the position and the name, without an ending."""
        return re.sub(r"[^\w（）·-]", "_", f"{self.position_code}-{self.name}")


def _style(size: float, **settings: Any) -> ParagraphStyle:
    return ParagraphStyle(
        f"s{size}", fontName=fonts.BODY, fontSize=size, leading=size * 1.35, wordWrap="CJK", **settings
    )


def pdf(form: ApprovalForm) -> bytes:
    """The form as PDF; the same form gives the same bytes."""
    fonts.register()
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer,
        pagesize=A4,
        leftMargin=18 * mm,
        rightMargin=18 * mm,
        topMargin=14 * mm,
        bottomMargin=12 * mm,
        title=f"{TITLE} {form.name}",
        author="",
        invariant=1,
    )
    document.build(
        [
            Paragraph(TITLE, _style(17, alignment=1, spaceAfter=5 * mm)),
            Paragraph(paragraph(form.call), _style(9.5, alignment=1, spaceAfter=3 * mm)),
            _table(form),
        ],
        canvasmaker=PaperCanvas,
    )
    return buffer.getvalue()


def _table(form: ApprovalForm) -> Table:
    head, body = _style(9.5, alignment=1), _style(9.5)

    def cells(pairs: Iterable[tuple[str, str]]) -> list[Any]:
        return [
            Paragraph(paragraph(text), style)
            for pair in pairs
            for text, style in zip(pair, (head, body), strict=True)
        ]

    facts = [*form.facts, ("", "")] if len(form.facts) % 2 else list(form.facts)
    rows = [cells(facts[index : index + 2]) for index in range(0, len(facts), 2)]
    spans = []
    for heading, text in form.long:
        spans.append(len(rows))
        rows.append([*cells([(heading, text)]), "", ""])
    for heading in OPINIONS:
        spans.append(len(rows))
        signed = "" if heading == "备注" else "（盖章）　　　　年　　月　　日"
        rows.append(
            [Paragraph(heading, head), Paragraph(paragraph(signed), _style(9.5, alignment=2)), "", ""]
        )
    heights = [None] * (len(rows) - len(OPINIONS)) + [34 * mm] * (len(OPINIONS) - 1) + [16 * mm]
    table = Table(rows, colWidths=[26 * mm, 61 * mm, 26 * mm, 61 * mm], rowHeights=heights)
    first_opinion = len(rows) - len(OPINIONS)
    table.setStyle(
        TableStyle(
            [
                # For the empty cells beneath a wide one.
                ("FONTNAME", (0, 0), (-1, -1), fonts.BODY),
                ("GRID", (0, 0), (-1, -1), 0.6, colors.black),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("VALIGN", (1, first_opinion), (-1, -1), "BOTTOM"),
                *(("SPAN", (1, row), (3, row)) for row in spans),
            ]
        )
    )
    return table
