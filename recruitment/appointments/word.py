"""The approval form (公务员录用审批表) as a Word document on one sheet of A4, with the same cells as the PDF."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from recruitment.appointments.paper import OPINIONS, TITLE, ApprovalForm

# What offices have on every computer; other programs take their own fonts for these names.
BODY, HEADING = "宋体", "黑体"
_WIDTHS = (Mm(26), Mm(61), Mm(26), Mm(61))
_OPINION, _NOTE, _FACT = Mm(32), Mm(14), Mm(7.5)
_SIZE = Pt(10)


def docx(form: ApprovalForm, made_at: datetime) -> bytes:
    """The form as .docx.

    Args:
        made_at: the time that the file names as that of its making.
    """
    document = Document()
    # Chinese of the mainland: it decides where programs put commas in their boxes.
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "zh-CN")
    language.set(qn("w:eastAsia"), "zh-CN")
    document.styles["Normal"].element.get_or_add_rPr().append(language)
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(18)
    page.top_margin, page.bottom_margin = Mm(14), Mm(12)
    page.header_distance = page.footer_distance = Mm(6)
    document.core_properties.title = f"{TITLE} {form.name}"
    document.core_properties.author = "四川省定向考录平台"
    document.core_properties.comments = ""
    document.core_properties.created = document.core_properties.modified = made_at.replace(tzinfo=None)
    _write(document.add_paragraph(), TITLE, font=HEADING, size=Pt(17), align=WD_ALIGN_PARAGRAPH.CENTER)
    _write(document.add_paragraph(), form.call, align=WD_ALIGN_PARAGRAPH.CENTER)
    _table(document, form)
    # A table is followed by a paragraph, which must not open a second page.
    _write(document.add_paragraph(), "", size=Pt(1))
    target = io.BytesIO()
    document.save(target)
    return target.getvalue()


def _table(document: Any, form: ApprovalForm) -> None:
    facts = [*form.facts, ("", "")] if len(form.facts) % 2 else list(form.facts)
    table = document.add_table(rows=0, cols=4)
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, _WIDTHS, strict=True):
        column.width = width
    for left, right in zip(facts[::2], facts[1::2], strict=True):
        _row(table, _FACT, (*left, *right))
    for heading, text in form.long:
        _row(table, _FACT, (heading, text))
    for heading in OPINIONS:
        note = heading == "备注"
        signed = "" if note else "（盖章）　　　　年　　月　　日"
        cells = _row(table, _NOTE if note else _OPINION, (heading, signed))
        cells[1].vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.BOTTOM
        cells[1].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _row(table: Any, height: Any, texts: Sequence[str]) -> Any:
    """Pairs of heading and value; a single pair takes the whole width."""
    row = table.add_row()
    row.height, row.height_rule = height, WD_ROW_HEIGHT_RULE.AT_LEAST
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    cells = list(row.cells)
    for cell, width in zip(cells, _WIDTHS, strict=True):
        cell.width = width
    if len(texts) == 2:
        cells = [cells[0], cells[1].merge(cells[3])]
    for index, (cell, text) in enumerate(zip(cells, texts, strict=True)):
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        align = WD_ALIGN_PARAGRAPH.LEFT if index % 2 else WD_ALIGN_PARAGRAPH.CENTER
        first, *others = text.split("\n")
        _write(cell.paragraphs[0], first, align=align)
        for line in others:
            _write(cell.add_paragraph(), line, align=align)
    return cells


def _write(
    paragraph: Any, text: str, *, font: str = BODY, size: Any = _SIZE, align: Any = WD_ALIGN_PARAGRAPH.LEFT
) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.name = size, font
    # Chinese has a font name of its own in a run.
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)
    paragraph.alignment = align
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(2) if size > Pt(1) else Pt(0)
    shape.line_spacing = 1.1
