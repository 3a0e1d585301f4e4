"""No list with an identity number, a phone number or a column that nobody asked for is ever let out."""

from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from recruitment.demo.people import id_number
from recruitment.lists.writing import xlsx_bytes
from recruitment.public_notice import privacy
from recruitment.public_notice.content import PUBLIC_NOTICE
from recruitment.public_notice.privacy import ALLOWED, ID_NUMBER, KNOWN, PHONE, kinds_in
from tests import factories

HOTLINE = "028-5550-0000"
TITLES = list(ALLOWED.values())
CLEAN = {
    "县（市、区）": "绵阳市三台县",
    "职位": "三台县某镇人民政府 综合岗位（00000017）",
    "姓名": "王小川",
    "性别": "女",
    "出生年月": "1988.05",
    "学历": "大专",
    "准考证号": "26070100112",
    "现任职务": "三台县北坝镇梓州社区村（社区）党组织书记",
    "任职年限（年）": "7",
    "总成绩": "66.4325",
    "监督电话": HOTLINE,
}
id_numbers = st.builds(
    id_number, st.dates(date(1966, 1, 1), date(2008, 12, 31)), st.integers(1, 900), male=st.booleans()
)
old_id_numbers = id_numbers.map(lambda number: number[:6] + number[8:17])
phones = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
# Words around a number; digits of their own would make another number of it.
words = st.text(
    st.characters(categories=["L", "P", "Z"], exclude_characters="xX()+-.·_"), max_size=12
).filter(lambda text: not any(character in "-‐‑–—" for character in text))


def wide(text: str) -> str:
    """As a Chinese keyboard types it."""
    return "".join(chr(ord(c) + 0xFEE0) if c.isascii() and c.isalnum() else c for c in text)


def spaced(number: str, places: set[int], gap: str) -> str:
    return "".join(c + (gap if i in places else "") for i, c in enumerate(number[:-1])) + number[-1]


@settings(deadline=None)
@given(
    id_numbers, words, words, st.sets(st.integers(0, 16), max_size=4), st.sampled_from(" -—·"), st.booleans()
)
def test_an_identity_number_is_found_wherever_and_however_it_stands(
    number: str, before: str, after: str, places: set[int], gap: str, full_width: bool
) -> None:
    typed = spaced(number, places, gap)
    text = before + (wide(typed) if full_width else typed.lower()) + after
    assert ID_NUMBER in kinds_in(text)
    row = CLEAN | {"现任职务": text}
    assert [leak.kind for leak in privacy.leaks_in_list(TITLES, [row])].count(ID_NUMBER) == 1


@settings(deadline=None)
@given(old_id_numbers, words, words)
def test_so_is_an_old_one_of_fifteen_digits(number: str, before: str, after: str) -> None:
    assert ID_NUMBER in kinds_in(before + number + after)


@settings(deadline=None)
@given(
    phones,
    words,
    words,
    st.sampled_from(["{}", "+86{}", "86 {}", "0086{}", "0{}", "({})"]),
    st.sampled_from([(11,), (3, 4, 4), (4, 3, 4), (3, 8), (3, 3, 5), (7, 4)]),
    st.sampled_from([" ", "-", "."]),
    st.booleans(),
)
def test_so_is_a_mobile_number(
    phone: str, before: str, after: str, form: str, groups: tuple[int, ...], gap: str, full_width: bool
) -> None:
    parts, start = [], 0
    for size in groups:
        parts.append(phone[start : start + size])
        start += size
    typed = form.format(gap.join(parts))
    assert PHONE in kinds_in(before + (wide(typed) if full_width else typed) + after)


@pytest.mark.parametrize(
    "text", ["0816-5550000", "(0816)5550000", "028 55500001", "02855500001", "０８１６－５５５００００"]
)
def test_so_is_a_landline(text: str) -> None:
    assert kinds_in(f"电话{text}") == {PHONE}


@settings(deadline=None)
@given(id_numbers | phones, words, st.sampled_from(["", " ", "和", "/"]))
def test_a_number_of_somebody_on_the_list_is_found_however_it_is_cut(
    number: str, before: str, gap: str
) -> None:
    assert KNOWN in kinds_in(before + gap.join(number), known=[number])


def test_a_clean_list_passes_and_its_hotline_may_stand() -> None:
    assert privacy.leaks_in_list(TITLES, [CLEAN, CLEAN], hotlines=[HOTLINE]) == []
    assert privacy.leaks_in_text(f"有问题请打{HOTLINE}反映。", hotlines=[HOTLINE]) == []
    # The hotline elsewhere in the list, and another number in its place, are not.
    (leak,) = privacy.leaks_in_list(TITLES, [CLEAN | {"现任职务": HOTLINE}], hotlines=[HOTLINE])
    assert str(leak) == "第1行“现任职务”栏像是电话号码。"
    (leak,) = privacy.leaks_in_list(TITLES, [CLEAN | {"监督电话": "0816-5550001"}], hotlines=[HOTLINE])
    assert leak.kind == PHONE


@settings(deadline=None)
@given(
    st.decimals(0, 100, places=4), st.dates(date(1960, 1, 1), date(2008, 1, 1)), st.integers(0, 99_999_999)
)
def test_marks_months_and_codes_are_no_numbers_of_people(total: object, born: date, code: int) -> None:
    row = CLEAN | {"总成绩": str(total), "出生年月": f"{born:%Y.%m}", "职位": f"某镇 综合岗位（{code:08d}）"}
    assert privacy.leaks_in_list(TITLES, [row], hotlines=[HOTLINE]) == []


@settings(deadline=None)
@given(st.text(max_size=20))
def test_any_other_column_is_refused(title: str) -> None:
    assume(title not in TITLES)
    found = privacy.leaks_in_list([*TITLES, title], [CLEAN], hotlines=[HOTLINE])
    assert [leak.kind for leak in found] == [privacy.COLUMN]


@pytest.mark.parametrize(
    "title", ["身份证号", "身份证号（后四位）", "联系电话", "手机", "家庭住址", "序号", "姓名 "]
)
def test_columns_that_offices_are_tempted_to_add(title: str) -> None:
    assert [str(leak) for leak in privacy.leaks_in_list([*TITLES, title], [])] == [
        f"“{title}”不是公示允许的栏目。"
    ]


def test_what_is_found_is_never_repeated() -> None:
    number = id_number(date(1988, 5, 4), 7, male=False)
    rows = [CLEAN | {"姓名": number, number: number, "准考证号": "13800001234"}]
    said = " ".join(map(str, privacy.leaks_in_list([*TITLES, number], rows, known=["13800001234"])))
    assert number not in said
    assert "13800001234" not in said


@settings(deadline=None)
@given(id_numbers | phones)
def test_a_file_with_a_number_in_it_is_refused(number: str) -> None:
    content, _written = xlsx_bytes(PUBLIC_NOTICE, [_Row(note=number)], created=factories.NOW)
    assert privacy.leaks_in_file(content, hotlines=[HOTLINE]) != []
    assert privacy.leaks_in_file(f"<p>某人{number}</p>".encode()) != []
    assert privacy.leaks_in_file(f"姓名,电话\n某人,{number}\n".encode()) != []


def test_a_clean_file_passes_and_an_unreadable_one_does_not() -> None:
    content, _written = xlsx_bytes(PUBLIC_NOTICE, [_Row()], created=factories.NOW, title="公示")
    assert privacy.leaks_in_file(content, hotlines=[HOTLINE]) == []
    assert [leak.kind for leak in privacy.leaks_in_file(b"PK\x03\x04 broken")] == [privacy.UNREADABLE]
    assert [leak.kind for leak in privacy.leaks_in_file(b"\xff\xfe\x00")] == [privacy.UNREADABLE]


class _Row:
    """A row of the list with the cells of :data:`CLEAN`."""

    def __init__(self, note: str = "") -> None:
        for key, title in ALLOWED.items():
            setattr(self, key, CLEAN[title])
        if note:
            self.post = f"书记 {note}"
