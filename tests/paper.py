"""What every PDF of the house has in common."""

import re

import pypdfium2


def assert_fonts_embedded(pdf: bytes) -> None:
    """Every font that the file names is in it, cut down to what it uses: printers have no Chinese of their own."""
    named = set(re.findall(rb"/BaseFont /(\S+)", pdf))
    assert named
    assert all(re.match(rb"[A-Z]{6}\+", name) for name in named), named
    descriptors = len(re.findall(rb"/Type /FontDescriptor", pdf))
    assert descriptors == len(re.findall(rb"/FontFile[23]? ", pdf)) == len(named)


def words_of(pdf: bytes) -> str:
    """All text of a PDF, page by page."""
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def pages_of(pdf: bytes) -> int:
    with pypdfium2.PdfDocument(pdf) as document:
        return len(document)
