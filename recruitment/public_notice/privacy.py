"""What must not be in a published list: numbers that identify or reach a person, and columns nobody asked for. Pure.

Refusing one list too many costs a look; publishing one number too many cannot be undone. So everything that may be an
identity or phone number counts as one, however it is spaced or typed. What is found is named by its place, never
repeated.
"""

import re
import unicodedata
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from recruitment.people.id_number import checksum
from recruitment.words import Words

# What a public notice shows (Call 2021 and the practice of the province), in this order and nothing else.
ALLOWED = {
    "county": "县（市、区）",
    "position": "职位",
    "name": "姓名",
    "sex": "性别",
    "birth_month": "出生年月",
    "education": "学历",
    "ticket_number": "准考证号",
    "post": "现任职务",
    "years": "任职年限（年）",
    "total": "总成绩",
    "hotline": "监督电话",
}
ID_NUMBER = "id_number"
PHONE = "phone"
KNOWN = "known_number"
COLUMN = "column"
MISSING_COLUMN = "missing_column"
UNREADABLE = "unreadable"
WORDS = {
    ID_NUMBER: Words("像是身份证号"),
    PHONE: Words("像是电话号码"),
    KNOWN: Words("含有名单中某人的身份证号或电话号码"),
    COLUMN: Words("不是公示允许的栏目"),
    MISSING_COLUMN: Words("缺少这一栏"),
    UNREADABLE: Words("文件无法检查"),
}

_GAP = r"[ \u3000\t\-‐‑–—_.·]"
_ID_18 = re.compile(rf"(?=((?:[0-9]{_GAP}?){{17}}[0-9Xx]))")
_ID_15 = re.compile(rf"(?<![0-9])[0-9]{{6}}{_GAP}?[0-9]{{6}}{_GAP}?[0-9]{{3}}(?![0-9Xx])")
_PREFIX = rf"(?<![0-9])(?:\(?\+?(?:00)?86\)?{_GAP}?|0)?\(?"
_GROUPS = [
    (11,),
    (3, 4, 4),
    (4, 3, 4),
    (4, 4, 3),
    (3, 3, 5),
    (3, 8),
    (5, 6),
    (7, 4),
    (1,) * 11,
]
_BROKEN = rf"\)?{_GAP}{{1,3}}\(?"
_MOBILE = [
    re.compile(
        _PREFIX
        + r"(?=1\)?[ \u3000\t\-‐‑–—_.·]{0,3}[3-9])"
        + _BROKEN.join(f"[0-9]{{{size}}}" for size in sizes)
        + r"(?![0-9])"
    )
    for sizes in _GROUPS
]
# An area code and a number, as 0816-5550000, (0816)5550000 or 02855500000.
_LANDLINE = re.compile(
    rf"(?<![0-9])\(?0[1-9][0-9]{{1,2}}\)?{_GAP}{{0,3}}[1-9][0-9]{{3}}{_GAP}?[0-9]{{3,4}}(?![0-9])"
)
# Within a spreadsheet's or a page's markup, what stands between two tags.
_BETWEEN_TAGS = re.compile(r">([^<>]+)<")


@dataclass(frozen=True, slots=True)
class Leak:
    """Something that must not be published.

    Attributes:
        kind: one of the constants above.
        where: for people: a place in the list or text. Never the value itself.
    """

    kind: str
    where: str

    def __str__(self) -> str:
        return str(self.words)

    @property
    def words(self) -> Words:
        return Words("%(where)s%(what)s。", where=self.where, what=WORDS[self.kind])


def plain(text: str) -> str:
    """The text as it reads: full-width and other digits as ordinary ones, invisible characters dropped."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(
        str(digit) if (digit := unicodedata.decimal(character, None)) is not None else character
        for character in folded
        if unicodedata.category(character) not in ("Cf", "Cc") or character in "\n\t"
    )


def kinds_in(
    text: str, *, hotlines: Collection[str] = (), known: Collection[str] = (), landlines: bool = True
) -> set[str]:
    """What kinds of numbers a text holds.

    Args:
        hotlines: numbers that may be shown, as they are written.
        known: identity and phone numbers of the people concerned; found however they are spaced.
        landlines: whether numbers with an area code are looked for.
    """
    shown = plain(text)
    found = set()
    bare = re.sub(r"[^0-9A-Za-z]", "", shown).upper()
    if any(number and number.upper() in bare for number in known):
        found.add(KNOWN)
    for hotline in sorted(map(plain, hotlines), key=len, reverse=True):
        if hotline:
            shown = re.sub(rf"(?<![0-9\-]){re.escape(hotline)}(?![0-9\-])", "\n", shown)
    if any(_is_id_18(match[1]) for match in _ID_18.finditer(shown)) or any(
        _is_id_15(match[0]) for match in _ID_15.finditer(shown)
    ):
        found.add(ID_NUMBER)
    if any(pattern.search(shown) for pattern in _MOBILE) or (landlines and _LANDLINE.search(shown)):
        found.add(PHONE)
    return found


def _is_id_18(text: str) -> bool:
    digits = re.sub(r"[^0-9Xx]", "", text).upper()
    return _is_day(digits[6:10], digits[10:14]) and checksum(digits[:17]) == digits[17]


def _is_id_15(text: str) -> bool:
    digits = re.sub(r"[^0-9]", "", text)
    return _is_day("19" + digits[6:8], digits[8:12])


def _is_day(year: str, month_day: str) -> bool:
    try:
        return date(int(year), int(month_day[:2]), int(month_day[2:])).year >= 1900
    except ValueError:
        return False


def leaks_in_list(
    titles: Sequence[str],
    rows: Iterable[Mapping[str, str]],
    *,
    hotlines: Collection[str] = (),
    known: Collection[str] = (),
) -> list[Leak]:
    """Everything about a list that must not be published.

    Args:
        titles: its headers as they will be shown.
        rows: for each row the text of its cells by header.
    """
    allowed = list(ALLOWED.values())
    found = [Leak(COLUMN, f"“{_name(title)}”") for title in titles if title not in allowed]
    found += [Leak(MISSING_COLUMN, f"“{title}”") for title in allowed if title not in titles]
    for number, row in enumerate(rows, start=1):
        for title, cell in row.items():
            if title not in titles:
                found.append(Leak(COLUMN, f"第{number}行“{_name(title)}”"))
            permitted = hotlines if title == ALLOWED["hotline"] else ()
            # A ticket number may begin with a nought and be long; a mobile or identity number it must not be.
            landlines = title != ALLOWED["ticket_number"]
            where = Words("第%(number)s行“%(title)s”栏", number=number, title=_name(title))
            kinds = kinds_in(cell, hotlines=permitted, known=known, landlines=landlines)
            found += [Leak(kind, where) for kind in sorted(kinds)]
    return found


def _name(title: str) -> str:
    """A header as it may be repeated: a number typed into it is no header."""
    return "（数字）" if kinds_in(title) else title[:20]


def leaks_in_text(
    text: str, *, hotlines: Collection[str] = (), known: Collection[str] = (), where: str = Words("文字")
) -> list[Leak]:
    """Everything in a free text that must not be published."""
    return [Leak(kind, where) for kind in sorted(kinds_in(text, hotlines=hotlines, known=known))]


def leaks_in_file(
    content: bytes, *, hotlines: Collection[str] = (), known: Collection[str] = (), where: str = Words("文件")
) -> list[Leak]:
    """Everything in an .xlsx file, or in a text or markup file in UTF-8, that must not be published.

    A file that cannot be read counts as a leak: what was not looked at is not published.
    """
    try:
        texts = list(_texts(content))
    except (zipfile.BadZipFile, UnicodeDecodeError, ValueError):
        return [Leak(UNREADABLE, where)]
    return leaks_in_text("\n".join(texts), hotlines=hotlines, known=known, where=where)


def _texts(content: bytes) -> Iterator[str]:
    if not content.startswith(b"PK"):
        yield _between_tags(content.decode())
        return
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for member in archive.infolist():
            yield member.filename
            if member.filename.endswith((".xml", ".rels", ".vml", ".txt")):
                yield _between_tags(archive.read(member).decode())
            elif not member.is_dir():
                # Nothing that we write has pictures or macros in it.
                raise ValueError(member.filename)


def _between_tags(text: str) -> str:
    return "\n".join(_BETWEEN_TAGS.findall(text)) if text.lstrip().startswith("<") else text
