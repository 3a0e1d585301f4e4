"""Reading lists: every cell without loss, every error by row and column, and no row when there is one."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recruitment.lists import parsers
from recruitment.lists.declaration import Column, Fault, ListDeclaration, RowWrong, Sound
from recruitment.lists.parsers import Wrong
from recruitment.lists.reading import read_list
from recruitment.lists.results import ImportResult
from recruitment.lists.writing import write_csv, xlsx_bytes


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    id_number: str
    born: date
    seats: int
    mark: Decimal
    note: str = ""


def agree(values: Mapping[str, Any]) -> None:
    if values["note"] == "不行" and values["seats"] == 1:
        raise RowWrong([("note", Wrong("与名额矛盾", "应另写原因"))])


def known(sound: Sound[Person]) -> Iterator[Fault]:
    for number, row in sound:
        if row.name == "某人":
            yield Fault(number, "name", Wrong("名册里没有“某人”"))
        if row.note == "待查":
            yield Fault(number, "note", Wrong("请核对"), doubt=True)
    if sound.complete and len(sound.rows) > 4:
        yield Fault(None, None, Wrong("人太多", "应不超过4人"))


PEOPLE: ListDeclaration[Person] = ListDeclaration(
    "名单",
    (
        Column("name", "姓名", parsers.text(20), ("名字",)),
        Column(
            "id_number",
            "身份证号",
            parsers.code(r"\d{17}[\dX]", "应为 18 位身份证号"),
            ("身份证",),
            unique=True,
        ),
        Column("born", "出生日期（年月日）", parsers.day(), ("出生年月日",)),
        Column("seats", "名额", parsers.whole(1, 99)),
        Column("mark", "成绩", parsers.number("0", "100", 2)),
        Column("note", "备注", parsers.text(50), required=False, absent_ok=True),
    ),
    lambda values: Person(**values),
    (agree,),
    known,
)
HEADER = ["姓名", "身份证号", "出生日期（年月日）", "名额", "成绩", "备注"]
GOOD = ["何平", "510722198001010012", date(1980, 1, 1), 3, 66.5, ""]


def xlsx(*rows: list[Any], header: list[Any] | None = None, merge: tuple[str, ...] = ()) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in ([HEADER] if header is None else [header]) if header != [] else []:
        sheet.append(row)
    for row in rows:
        sheet.append(row)
    for area in merge:
        sheet.merge_cells(area)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(*rows: list[Any], **more: Any) -> ImportResult[Person]:
    return read_list(PEOPLE, xlsx(*rows, **more))


def said(result: ImportResult[Person]) -> list[str]:
    assert result.rows == []
    assert not result.ok
    return [str(error) for error in result.errors]


def changed(column: str, value: Any) -> list[Any]:
    return [value if name == column else old for name, old in zip(HEADER, GOOD, strict=True)]


def test_reads_a_row_of_every_kind_of_cell() -> None:
    result = read(GOOD)
    assert result.rows == [Person("何平", "510722198001010012", date(1980, 1, 1), 3, Decimal("66.5"))]
    assert (result.numbers, result.read, result.ok) == ([2], 1, True)


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("名额", 3.0, 3),
        ("名额", "3", 3),
        ("名额", " ３\u3000", 3),
        ("成绩", 0.1 + 0.2, Decimal("0.3")),
        ("成绩", "６６．５", Decimal("66.5")),
        ("成绩", 100, Decimal(100)),
        ("身份证号", " 510722 19800101 001x ".upper(), "51072219800101001X"),
        ("身份证号", "５１０７２２１９８００１０１００１２", "510722198001010012"),
        ("出生日期（年月日）", "1980年1月1日", date(1980, 1, 1)),
        ("出生日期（年月日）", "1980.01.01", date(1980, 1, 1)),
        ("出生日期（年月日）", 19800101, date(1980, 1, 1)),
        ("出生日期（年月日）", datetime(1980, 1, 1), date(1980, 1, 1)),  # noqa: DTZ001
        ("姓名", "\u200b何\u3000平\ufeff ", "何\u3000平"),
        ("备注", 5, "5"),
        ("备注", True, "TRUE"),
        ("备注", "（全角）,（不变）", "（全角）,（不变）"),
        ("备注", "两\n行", "两 行"),
    ],
)
def test_reads_what_people_type_without_loss(column: str, cell: Any, value: Any) -> None:
    key = next(one.key for one in PEOPLE.columns if one.title == column)
    result = read(changed(column, cell))
    assert result.errors == []
    assert getattr(result.rows[0], key) == value


@pytest.mark.parametrize(
    ("column", "cell", "sentence"),
    [
        ("身份证号", 510722198001010012, "超过 15 位的数字，末尾几位已经丢失，应先把这一列设为“文本”格式"),
        ("身份证号", "51072219800101001", "“51072219800101001”不符合格式，应为 18 位身份证号"),
        ("身份证号", "", "没有填写，这一列每行都要填"),
        ("身份证号", "  ", "没有填写"),
        ("名额", 0, "“0”不在范围内，应为 1 到 99 的整数"),
        ("名额", 2.5, "“2.5”不是整数，应为 1 到 99 的整数"),
        ("名额", "二", "“二”不是整数"),
        ("名额", "=1+1", "是公式或者出错的公式，应为填好的内容"),
        ("成绩", "6o", "“6o”不是数字，应为 0 到 100 的数，最多 2 位小数"),
        ("成绩", 66.125, "小数位太多"),
        ("成绩", 100.5, "不在范围内"),
        ("成绩", "1e1", "不是数字"),
        ("备注", "#N/A", "是公式或者出错的公式"),
        ("备注", "字" * 51, "有 51 个字，应不超过 50 个字"),
        ("出生日期（年月日）", "1980-02-30", "没有“1980-02-30”这一天"),
        ("出生日期（年月日）", "80-1-1", "不是日期，应为日期，如 2026-11-22"),
        ("姓名", "何\x7f平", "含有看不见的字符"),
    ],
)
def test_names_the_cell_what_is_wrong_and_what_is_expected(column: str, cell: Any, sentence: str) -> None:
    result = read(GOOD, changed("身份证号", "510722198001010020"), changed(column, cell))
    errors = [error for error in said(result) if sentence in error]
    letter = "ABCDEF"[HEADER.index(column)]
    assert len(errors) == 1
    assert errors[0].startswith(f"第 4 行“{column}”列（{letter}4）：")


def test_lists_every_error_of_a_row_and_of_the_file_and_returns_no_row() -> None:
    bad = ["", "x", "y", 100, 66.5, ""]
    result = read(GOOD, bad, changed("身份证号", "510722198001010020"), GOOD)
    assert [(error.row, error.column) for error in result.errors] == [
        (3, "姓名"),
        (3, "身份证号"),
        (3, "出生日期（年月日）"),
        (3, "名额"),
        (5, "身份证号"),
    ]
    assert "“510722198001010012”与第 2 行重复" in said(result)[4]
    assert result.read == 4


def test_what_only_the_row_as_a_whole_shows_is_named_by_its_column() -> None:
    row = changed("备注", "不行")
    row[3] = 1
    assert said(read(row)) == ["第 2 行“备注”列（F2）：与名额矛盾，应另写原因。"]


def test_wrong_cells_a_wrong_row_and_an_unknown_one_are_said_together() -> None:
    contradiction = changed("备注", "不行")
    contradiction[1], contradiction[3], contradiction[4] = "510722198001010021", 1, "6o"
    unknown = changed("姓名", "某人")
    unknown[1] = "510722198001010022"
    no_seats = changed("备注", "不行")
    no_seats[1], no_seats[3] = "510722198001010023", "x"
    assert [line.split("：")[0] for line in said(read(contradiction, unknown, no_seats))] == [
        "第 2 行“成绩”列（E2）",
        "第 2 行“备注”列（F2）",
        "第 3 行“姓名”列（A3）",
        # Its rule needs the number of seats, which is wrong itself.
        "第 4 行“名额”列（D4）",
    ]


def test_a_doubt_is_said_and_stops_nothing() -> None:
    result = read(changed("备注", "待查"))
    assert result.ok
    assert [str(warning) for warning in result.warnings] == ["第 2 行“备注”列（F2）：请核对。"]


def test_what_concerns_the_list_as_a_whole_is_asked_of_whole_lists_only() -> None:
    rows = [changed("身份证号", f"51072219800101003{number}") for number in range(5)]
    assert said(read(*rows)) == ["人太多，应不超过4人。"]
    assert len(said(read(*rows, changed("名额", "x")))) == 1


# Where the list stands on the sheet


def test_title_empty_rows_totals_and_notes_are_no_data() -> None:
    header: list[Any] = []
    result = read(
        ["某某名单"],
        [],
        ["", *HEADER],
        ["", *GOOD],
        [],
        ["", None, "  ", ""],
        ["", *changed("身份证号", "510722198001010020")],
        ["合  计", "", "", "", 6],
        ["注：本表由演示机关填写"],
        header=header,
        merge=("A1:G1", "A9:G9"),
    )
    assert [str(error) for error in result.errors] == []
    assert result.numbers == [4, 7]


def test_a_header_in_two_rows_with_merged_cells() -> None:
    result = read(
        ["姓名", "证件", "", "名额", "成绩"],
        ["", "身份证号", "出生日期（年月日）", "", ""],
        GOOD[:5],
        header=[],
        merge=("A1:A2", "B1:C1", "D1:D2", "E1:E2"),
    )
    assert [str(error) for error in result.errors] == []
    assert result.numbers == [3]


def test_a_merged_cell_counts_for_every_row_it_covers() -> None:
    second = changed("身份证号", "510722198001010020")
    second[0] = None
    result = read(GOOD, second, merge=("A2:A3",))
    assert [person.name for person in result.rows] == ["何平", "何平"]


def test_headers_by_their_synonyms_in_any_order_and_unknown_ones_named() -> None:
    header = ["备注", "身份证（必填）", "* 姓 名", "出生日期（年月日）", "名额", "成绩\n", "序号"]
    row = ["", "510722198001010012", "何平", "1980-01-01", "1", "66.5", "1"]
    result = read(row, header=header)
    assert result.ok
    assert result.ignored == ["序号"]


def test_missing_and_doubled_columns_are_named() -> None:
    assert said(read(GOOD[:4], header=HEADER[:4])) == ["第 1 行：缺少列“成绩”，请在表头中加上这一列。"]
    doubled = said(read([*GOOD, "x"], header=[*HEADER, "名字"]))
    assert doubled == ["第 1 行：列“名字”出现了不止一次，请只保留一列。"]
    assert "没有找到名单的表头" in said(read(GOOD, header=["甲", "乙"]))[0]
    assert "表头下面没有数据" in said(read())[0]


def test_takes_the_one_visible_worksheet_with_the_list() -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx(GOOD)))
    book.create_sheet("说明", 0).append(["请按要求填写"])
    hidden = book.create_sheet("旧表")
    hidden.append(HEADER)
    hidden.sheet_state = "hidden"
    assert read_list(PEOPLE, saved(book)).ok
    hidden.sheet_state = "visible"
    assert "请只保留一个" in said(read_list(PEOPLE, saved(book)))[0]


# .csv


CSV = "姓名,身份证号,出生日期（年月日）,名额,成绩\r\n何平,510722198001010012,1980-01-01,3,66.5\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_reads_csv_as_spreadsheets_save_it(encoding: str, delimiter: str) -> None:
    result = read_list(PEOPLE, CSV.replace(",", delimiter).encode(encoding))
    assert [str(error) for error in result.errors] == []
    assert result.rows[0].id_number == "510722198001010012"


def test_a_csv_that_lost_digits_is_refused_by_cell() -> None:
    broken = CSV.replace("510722198001010012", "5.10722E+17")
    assert "末尾几位已经丢失" in said(read_list(PEOPLE, broken.encode()))[0]
    protected = CSV.replace("510722198001010012", '"=""510722198001010012"""')
    assert read_list(PEOPLE, protected.encode()).ok


# Out and in again

words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp", "Zs", "Co", "Cn"]),
    min_size=1,
    max_size=20,
)
people = st.lists(
    st.builds(
        Person,
        name=words
        | st.sampled_from(
            ["=1+1", "+1", "-1", "@SUM(A1)", "http://a.b", "'x", "'=", "''+1", "＝1", "1e5", "007"]
        ),
        id_number=st.from_regex(r"\A[0-9]{17}[0-9X]\Z"),
        born=st.dates(date(1930, 1, 1), date(2026, 1, 1)),
        seats=st.integers(1, 99),
        mark=st.decimals(0, 100, places=2),
        note=st.just("") | words,
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda person: person.id_number,
)


@given(people)
@settings(max_examples=12, deadline=None)
def test_what_is_written_is_read_again(rows: list[Person]) -> None:
    # An error value of a spreadsheet as a name, a name in quotes for .csv: refused or unwrapped on purpose.
    data, _ = xlsx_bytes(PEOPLE, rows, created=datetime(2026, 11, 22, tzinfo=UTC), title="名单")
    result = read_list(PEOPLE, data)
    assert [str(error) for error in result.errors] == []
    assert result.rows == rows
    out = io.BytesIO()
    write_csv(PEOPLE, rows, out)
    assert read_list(PEOPLE, out.getvalue()).rows == rows
