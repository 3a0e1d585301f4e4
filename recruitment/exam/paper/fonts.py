"""Chinese fonts for PDF files, embedded as the few glyphs that a file uses.

ReportLab embeds TrueType outlines only, and the open Chinese fonts have PostScript outlines. So this module gives
ReportLab a font of its own kind: text is written as CIDs (``Identity-H``), and when the file is finished HarfBuzz
cuts the font down to the glyphs that were written (PDF 32000-1, 9.7.4 and 9.9: CIDFontType0 with CIDFontType0C).
"""

import struct
from functools import cache, lru_cache
from importlib.resources import files
from itertools import groupby, pairwise
from typing import Any
from weakref import WeakKeyDictionary

import uharfbuzz
from reportlab.pdfbase import pdfdoc, pdfmetrics

HEADING, BODY = "HeiTi", "SongTi"
_FILES = {HEADING: "NotoSansSC-Regular.otf", BODY: "NotoSerifSC-Regular.otf"}
_MISSING = "〓"  # what typesetters put where they have no type for a character
_FLAGS = uharfbuzz.SubsetFlags.NO_LAYOUT_CLOSURE | uharfbuzz.SubsetFlags.NO_HINTING


@cache
def register() -> None:
    """Make :data:`HEADING` and :data:`BODY` known to ReportLab; once a process."""
    for name, file in _FILES.items():
        pdfmetrics.registerFont(OpenTypeFont(name, files("pylopdf_fonts_zh_cn").joinpath(file).read_bytes()))


class _Face:
    """What paragraphs ask: height above and below the line, in thousandths of the size."""

    ascent, descent = 880, -120

    def __init__(self, name: str) -> None:
        self.name = name
        self.builtIn = 0


class OpenTypeFont:
    """A CID-keyed OpenType font as ReportLab wants a dynamic font to be.

    Args:
        name: what ``Canvas.setFont`` calls it.
        data: an .otf file with a CID-keyed ``CFF`` table.
    """

    _dynamicFont = 1  # noqa: N815
    _multiByte = 1  # noqa: N815
    shapable = False
    substitutionFonts: tuple[Any, ...] = ()  # noqa: N815

    def __init__(self, name: str, data: bytes) -> None:
        self.fontName = name
        self.face = _Face(name)
        self._hb_face = uharfbuzz.Face(uharfbuzz.Blob(data))
        self._hb_font = uharfbuzz.Font(self._hb_face)
        self._cids = _charset(bytes(self._hb_face.reference_table("CFF ").data))
        # Documents in the making → CID → the character and its glyph.
        self._used: WeakKeyDictionary[Any, dict[int, tuple[str, int]]] = WeakKeyDictionary()
        self._glyph = lru_cache(maxsize=None)(self._look_up)

    def _look_up(self, character: str) -> tuple[int, int, int, str]:
        """Glyph, CID, advance in thousandths of the size, and the character that the glyph shows."""
        glyph = self._hb_font.get_nominal_glyph(ord(character))
        if glyph is None:
            return self._look_up(_MISSING)
        advance = self._hb_font.get_glyph_h_advance(glyph) * 1000 // self._hb_face.upem
        return glyph, self._cids[glyph], advance, character

    def has(self, character: str) -> bool:
        """Whether the font has a glyph of its own for a character."""
        return self._hb_font.get_nominal_glyph(ord(character)) is not None

    def stringWidth(self, text: str, size: float, encoding: str = "utf-8") -> float:  # noqa: N802
        return sum(self._glyph(character)[2] for character in text) * size / 1000

    def splitString(self, text: str, document: Any, encoding: str = "utf-8") -> list[tuple[int, bytes]]:  # noqa: N802
        """The text as big-endian CIDs; there is one subset only."""
        used = self._used.setdefault(document, {})
        codes = []
        for character in text:
            glyph, cid, _, shown = self._glyph(character)
            used.setdefault(cid, (shown, glyph))
            codes.append(cid)
        return [(0, struct.pack(f">{len(codes)}H", *codes))]

    def getSubsetInternalName(self, subset: int, document: Any) -> str:  # noqa: N802
        name: str | None = document.fontMapping.get(self.fontName)
        if name is None:
            name = f"/F{len(document.fontMapping) + 1}"
            document.fontMapping[self.fontName] = name
            document.delayedFonts.append(self)
        return name

    def addObjects(self, document: Any) -> None:  # noqa: N802
        """Write the font into a finished document."""
        used = self._used.pop(document, {})
        internal = document.fontMapping[self.fontName][1:]
        name = f"{_tag(used)}+{self.fontName}"
        program = document.Reference(_stream(self._subset(used), Subtype="CIDFontType0C"))
        descriptor = document.Reference(
            pdfdoc.PDFDictionary(
                {
                    "Type": pdfdoc.PDFName("FontDescriptor"),
                    "FontName": pdfdoc.PDFName(name),
                    "Flags": 4,
                    "FontBBox": pdfdoc.PDFArray([-1002, -1048, 2928, 1808]),
                    "ItalicAngle": 0,
                    "Ascent": _Face.ascent,
                    "Descent": _Face.descent,
                    "CapHeight": 733,
                    "StemV": 80,
                    "FontFile3": program,
                }
            )
        )
        descendant = document.Reference(
            pdfdoc.PDFDictionary(
                {
                    "Type": pdfdoc.PDFName("Font"),
                    "Subtype": pdfdoc.PDFName("CIDFontType0"),
                    "BaseFont": pdfdoc.PDFName(name),
                    "CIDSystemInfo": pdfdoc.PDFDictionary(
                        {
                            "Registry": pdfdoc.PDFString("Adobe"),
                            "Ordering": pdfdoc.PDFString("Identity"),
                            "Supplement": 0,
                        }
                    ),
                    "DW": 1000,
                    "W": self._widths(used),
                    "FontDescriptor": descriptor,
                }
            )
        )
        font = pdfdoc.PDFDictionary(
            {
                "Type": pdfdoc.PDFName("Font"),
                "Subtype": pdfdoc.PDFName("Type0"),
                "Name": pdfdoc.PDFName(internal),
                "BaseFont": pdfdoc.PDFName(name),
                "Encoding": pdfdoc.PDFName("Identity-H"),
                "DescendantFonts": pdfdoc.PDFArray([descendant]),
                "ToUnicode": document.Reference(_stream(_to_unicode(used))),
            }
        )
        document.Reference(font, internal)
        document.idToObject["BasicFonts"].dict[internal] = font

    def _subset(self, used: dict[int, tuple[str, int]]) -> bytes:
        wanted = uharfbuzz.SubsetInput()
        wanted.flags = _FLAGS
        for _, glyph in used.values():
            wanted.glyph_set.add(glyph)
        return bytes(uharfbuzz.subset(self._hb_face, wanted).reference_table("CFF ").data)

    def _widths(self, used: dict[int, tuple[str, int]]) -> Any:
        narrow = [
            (cid, self._glyph(character)[2])
            for cid, (character, _) in sorted(used.items())
            if self._glyph(character)[2] != 1000
        ]
        entries: list[Any] = []
        for _, run in groupby(enumerate(narrow), key=lambda item: item[1][0] - item[0]):
            together = [item for _, item in run]
            entries += [together[0][0], pdfdoc.PDFArray([width for _, width in together])]
        return pdfdoc.PDFArray(entries)


def _stream(content: bytes, **entries: str) -> Any:
    dictionary = pdfdoc.PDFDictionary({key: pdfdoc.PDFName(value) for key, value in entries.items()})
    return pdfdoc.PDFStream(dictionary, content, [pdfdoc.PDFZCompress])


def _tag(used: dict[int, Any]) -> str:
    """Six capitals before the name of a subset (9.6.4), the same for the same glyphs."""
    number = sum(cid * 31 + 7 for cid in used) % 26**6
    return "".join(chr(65 + number // 26**place % 26) for place in range(6))


def _to_unicode(used: dict[int, tuple[str, int]]) -> bytes:
    """So that text can be searched and copied."""
    pairs = [
        f"<{cid:04X}> <{character.encode('utf-16-be').hex().upper()}>"
        for cid, (character, _) in sorted(used.items())
    ]
    blocks = [pairs[start : start + 100] for start in range(0, len(pairs), 100)]
    lines = [
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap",
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def",
        "/CMapName /Adobe-Identity-UCS def /CMapType 2 def",
        "1 begincodespacerange <0000> <FFFF> endcodespacerange",
        *(line for block in blocks for line in (f"{len(block)} beginbfchar", *block, "endbfchar")),
        "endcmap CMapName currentdict /CMap defineresource pop end end",
    ]
    return "\n".join(lines).encode("ascii")


def _charset(cff: bytes) -> list[int]:
    """The CID of each glyph (Adobe Technical Note 5176, 13)."""
    position = _index(cff, cff[2])[1]
    start, end = _index(cff, position)[0][0]
    operands = _operands(cff[start:end])
    if (12, 30) not in operands:
        raise ValueError("the font is not CID-keyed")
    position = operands[15]
    count = struct.unpack_from(">H", cff, operands[17])[0]
    kind = cff[position]
    position += 1
    cids = [0]
    while len(cids) < count:
        (first,) = struct.unpack_from(">H", cff, position)
        more = int.from_bytes(cff[position + 2 : position + 2 + kind], "big")
        cids += range(first, first + more + 1)
        position += 2 + kind
    return cids


def _index(cff: bytes, position: int) -> tuple[list[tuple[int, int]], int]:
    """Where each object of an INDEX begins and ends, and where the INDEX ends."""
    (count,) = struct.unpack_from(">H", cff, position)
    if count == 0:
        return [], position + 2
    size = cff[position + 2]
    offsets = [
        int.from_bytes(cff[position + 3 + n * size : position + 3 + (n + 1) * size], "big")
        for n in range(count + 1)
    ]
    base = position + 2 + (count + 1) * size
    return [(base + a, base + b) for a, b in pairwise(offsets)], base + offsets[-1]


def _operands(top: bytes) -> dict[Any, int]:
    """The last whole number before each operator of a DICT."""
    found: dict[Any, int] = {}
    last = place = 0
    while place < len(top):
        byte = top[place]
        place += 1
        if byte <= 21:
            operator: Any = byte
            if byte == 12:
                operator = (12, top[place])
                place += 1
            found[operator] = last
        elif byte == 28:
            last = struct.unpack_from(">h", top, place)[0]
            place += 2
        elif byte == 29:
            last = struct.unpack_from(">i", top, place)[0]
            place += 4
        elif byte == 30:
            while top[place] & 0xF != 0xF:
                place += 1
            place += 1
        elif byte <= 246:
            last = byte - 139
        elif byte <= 250:
            last = (byte - 247) * 256 + top[place] + 108
            place += 1
        else:
            last = -(byte - 251) * 256 - top[place] - 108
            place += 1
    return found
