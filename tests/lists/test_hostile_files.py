"""Files that are not what they seem: each is refused in words, and none hurts the process that reads it."""

import io
import resource
import struct
import zipfile
from collections.abc import Callable

import pytest

from recruitment.lists.files import DEFAULT_LIMITS, FileRefused, Limits, check
from recruitment.lists.reading import read_list
from tests.lists.test_reading import GOOD, PEOPLE, xlsx

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def parts(change: Callable[[dict[str, bytes]], None]) -> bytes:
    """A good .xlsx with some of its parts changed."""
    with zipfile.ZipFile(io.BytesIO(xlsx(GOOD))) as package:
        files = {name: package.read(name) for name in package.namelist()}
    change(files)
    return packed(files)


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return out.getvalue()


def refusal(data: bytes, limits: Limits = DEFAULT_LIMITS) -> str:
    result = read_list(PEOPLE, data, limits)
    assert result.rows == []
    assert len(result.errors) == 1
    assert result.errors[0].row is None
    return str(result.errors[0])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "文件是空的"),
        (b"  \r\n", "文件是空的"),
        (b"MZ\x90\x00\x03" + b"\x00" * 100, "这不是表格文件"),
        (b"\x7fELF" + b"\x01" * 100, "这不是表格文件"),
        (b"%PDF-1.7\n", "这不是表格文件"),
        (b"\x00\x01\x02\x03" * 50, "这不是表格文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 100, "另存为 .xlsx"),
        (b"PK\x03\x04broken", "文件已损坏"),
        (packed({"word/document.xml": b"<w/>", "[Content_Types].xml": b"<x/>"}), "这不是 .xlsx"),
        (b"\xff\xfe\x00", "这不是表格文件"),
        (b"<html><body>hello</body></html>", "没有找到名单的表头"),
    ],
)
def test_other_files_are_told_by_content(data: bytes, words: str) -> None:
    assert words in refusal(data)


def test_a_truncated_file_is_refused() -> None:
    whole = xlsx(GOOD)
    for length in (100, len(whole) // 2, len(whole) - 5):
        assert "损坏" in refusal(whole[:length])


def test_macros_are_refused() -> None:
    assert "宏" in refusal(parts(lambda files: files.update({"xl/vbaProject.bin": b"x"})))


def test_size_entries_and_ratio_are_checked_before_anything_is_unpacked() -> None:
    with pytest.raises(FileRefused, match="超过 1 MB"):
        check(b"a" * (2**20 + 1), Limits(file_bytes=2**20))
    with pytest.raises(FileRefused, match="部件太多"):
        check(parts(lambda files: files.update({f"xl/{n}": b"" for n in range(1001)})))
    bomb = parts(lambda files: files.update({"xl/sharedStrings.xml": b" " * 20 * 2**20}))
    assert len(bomb) < 100_000
    with pytest.raises(FileRefused, match="解压后太大"):
        check(bomb)
    large = parts(lambda files: files.update({"xl/sharedStrings.xml": b" " * 2**20}))
    with pytest.raises(FileRefused, match="解压后太大"):
        check(large, Limits(unpacked_bytes=2**19))


def test_sizes_that_the_directory_conceals_run_into_the_limit_of_the_process() -> None:
    """The directory says 100 bytes; the reader would unpack 120 MB."""
    name = b"xl/worksheets/sheet1.xml"
    data = bytearray(parts(lambda files: files.update({name.decode(): b" " * 120 * 2**20})))
    central = data.rindex(b"PK\x01\x02", 0, data.rindex(name))
    assert data[central + 46 : central + 46 + len(name)] == name
    struct.pack_into("<L", data, central + 24, 100)
    local = data.index(name) - 30
    struct.pack_into("<L", data, local + 22, 100)
    limits = Limits(memory_bytes=100 * 2**20, seconds=20)
    check(bytes(data), limits)
    assert "不能读取" in refusal(bytes(data), limits)


def test_two_cells_at_opposite_corners_do_not_take_the_memory() -> None:
    sheet = (
        f'<worksheet {MAIN}><sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row></sheetData></worksheet>'
    )
    data = parts(lambda files: files.update({"xl/worksheets/sheet1.xml": sheet.encode()}))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert "很远的行、列" in refusal(data)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_one_long_string_in_every_cell_does_not_take_the_memory() -> None:
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, 10_001))
    sheet = f"<worksheet {MAIN}><sheetData>{cells}</sheetData></worksheet>"
    strings = f"<sst {MAIN}><si><t>{'字' * 30_000}</t></si></sst>"
    data = parts(
        lambda files: files.update(
            {"xl/worksheets/sheet1.xml": sheet.encode(), "xl/sharedStrings.xml": strings.encode()}
        )
    )
    assert "不能读取" in refusal(data, Limits(memory_bytes=200 * 2**20))


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_growing_entities_do_no_harm(part: str) -> None:
    entities = '<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {name} "{f"&{inner};" * 10}">'
        for inner, name in zip("abcdefghi", "bcdefghij", strict=True)
    )
    xml = f"<!DOCTYPE x [{entities}]><worksheet {MAIN}><sheetData>&j;</sheetData></worksheet>"
    result = read_list(PEOPLE, parts(lambda files: files.update({part: xml.encode()})), Limits(seconds=20))
    assert not result.ok


def test_more_rows_or_columns_than_allowed_are_said() -> None:
    assert "最多 200000 行 4 列" in refusal(xlsx(GOOD), Limits(columns=4))
    assert "最多 10 行" in refusal(xlsx(*[GOOD] * 40), Limits(rows=10))
    assert "最多 10 行" in refusal(b"a,b\n" * 40, Limits(rows=10))


def test_a_csv_with_an_open_quote_is_refused() -> None:
    assert not read_list(PEOPLE, ('姓名,身份证号\n"' + "x" * 200_000).encode()).ok


def test_overlapping_merged_ranges_are_refused() -> None:
    def change(files: dict[str, bytes]) -> None:
        name = "xl/worksheets/sheet1.xml"
        ranges = '<mergeCell ref="A1:F2"/>' * 2_000
        end = f"</sheetData><mergeCells>{ranges}</mergeCells>".encode()
        files[name] = files[name].replace(b"</sheetData>", end)

    assert "互相重叠" in refusal(parts(change))
