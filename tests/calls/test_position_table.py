"""The position table: what offices write is understood or refused in words; nothing is guessed."""

import io
import re
from typing import Any

import openpyxl
import pytest

from recruitment.areas.catalogue import counties, prefectures, townships
from recruitment.calls.demo_table import demo_positions, demo_table
from recruitment.calls.position_table import (
    EDUCATION_PHRASES,
    PositionRow,
    conditions,
    education,
    find_counties,
    read_position_table,
)
from recruitment.eligibility.facts import Position
from recruitment.lists.parsers import Wrong
from recruitment.lists.results import ImportResult

SEED = 20261122
HEADER = ["职位代码", "市（州）", "县（市、区）", "乡镇（街道）", "招录机关", "职位名称", "名额", "学历要求"]
HEADER += ["其他条件", "咨询电话", "备注"]
GOOD = ["51072201", "绵阳市", "三台县", "潼川镇", "三台县潼川镇人民政府", "综合管理", 1, "高中（中专）及以上"]
GOOD += ["中共党员", "0816-5550001", ""]


def table(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEADER, *rows):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(*rows: list[Any]) -> ImportResult[PositionRow]:
    return read_position_table(table(*rows), "职位表.xlsx")


def with_(**cells: Any) -> list[Any]:
    names = {"code": 0, "city": 1, "county": 2, "township": 3, "openings": 6, "education": 7, "conditions": 8}
    names |= {"phone": 9}
    row = list(GOOD)
    for name, value in cells.items():
        row[names[name]] = value
    return row


def test_reads_a_position() -> None:
    township = next(code for code, name, county in townships() if county == "510722" and name == GOOD[3])
    assert read(GOOD).rows == [
        PositionRow(
            code="51072201",
            organ="三台县潼川镇人民政府",
            name="综合管理",
            county_code="510722",
            township_code=township,
            openings=1,
            education="senior_high",
            conditions={"party_member": True},
            conditions_text="中共党员",
            phone="0816-5550001",
        )
    ]


@pytest.mark.parametrize(
    ("cells", "column", "sentence"),
    [
        ({"code": ""}, "职位代码", "没有填写"),
        ({"code": 510722010000000001}, "职位代码", "末尾几位已经丢失"),
        ({"openings": 0}, "名额", "应为 1 到 99 的整数"),
        ({"openings": 100}, "名额", "应为 1 到 99 的整数"),
        ({"openings": "若干"}, "名额", "不是整数"),
        ({"county": "三苔县"}, "县（市、区）", "四川省没有“三苔县”"),
        ({"city": "乐山市"}, "县（市、区）", "“三台县”不在乐山市"),
        ({"city": "重庆市"}, "市（州）", "应为四川省 21 个市（州）之一"),
        ({"city": "", "county": "市中区", "township": ""}, "县（市、区）", "不止一个，请写明市（州）"),
        ({"township": "解放镇"}, "乡镇（街道）", "三台县没有“解放镇”"),
        ({"education": "全日制高中及以上"}, "学历要求", "看不懂学历要求"),
        ({"education": "小学及以上"}, "学历要求", "应为其一：初中及以上、"),
        ({"conditions": "身体健康"}, "其他条件", "看不懂条件“身体健康”"),
        ({"conditions": "限三苔县服务"}, "其他条件", "四川省没有“三苔县”"),
        ({"phone": "见公告"}, "咨询电话", "不是电话号码"),
    ],
)
def test_names_what_is_wrong(cells: dict[str, Any], column: str, sentence: str) -> None:
    result = read(with_(code="51072299"), with_(**cells))
    assert result.rows == []
    assert [(error.row, error.column) for error in result.errors] == [(3, column)]
    assert sentence in str(result.errors[0])


def test_a_doubled_code_and_three_errors_in_one_row_are_all_listed() -> None:
    result = read(GOOD, with_(county="三苔县", township="", conditions="身体健康"), GOOD)
    assert [(error.row, error.column) for error in result.errors] == [
        (3, "职位代码"),
        (3, "县（市、区）"),
        (3, "其他条件"),
        (4, "职位代码"),
    ]
    assert "“51072201”与第 2 行重复" in str(result.errors[3])


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("三台县", ("510722",)),
        ("三台", ("510722",)),
        ("绵阳市三台县", ("510722",)),
        ("四川省三台县", ("510722",)),
        ("510722", ("510722",)),
        ("乐山市市中区", ("511102",)),
        ("市中区", ("511002", "511102")),
        ("台", ()),
        ("", ()),
    ],
)
def test_counties_by_the_names_that_people_use(words: str, codes: tuple[str, ...]) -> None:
    assert find_counties(words) == codes


def test_every_county_and_prefecture_is_found_by_its_name() -> None:
    for county in counties().values():
        assert find_counties(county.name, county.prefecture_code) == (county.code,)
        assert find_counties(county.prefecture + county.name) == (county.code,)
    result = read(
        *[
            with_(code=f"{county.code}01", city=county.prefecture, county=county.name, township="")
            for county in counties().values()
        ]
    )
    assert [row.county_code for row in result.rows] == list(counties())
    short = {"阿坝州": "5132", "甘孜": "5133", "凉山州": "5134", "绵阳": "5107", "成都": "5101"}
    for name, start in short.items():
        assert conditions(f"限{name}服务") == {"areas": [start]}


@pytest.mark.parametrize(
    ("phrase", "level"),
    [
        ("初中及以上", "junior_middle"),
        ("初中以上文化程度", "junior_middle"),
        ("高中（中专）及以上", "senior_high"),
        ("高中（中专）及以上学历", "senior_high"),
        ("高中、中专及以上", "senior_high"),
        ("中专及以上", "senior_high"),
        ("高中", "senior_high"),
        ("大专及以上", "junior_college"),
        ("大学专科及以上学历", "junior_college"),
        ("大学本科及以上", "bachelor"),
        ("硕士研究生及以上", "master"),
    ],
)
def test_education_as_tables_say_it(phrase: str, level: str) -> None:
    assert education(phrase) == level


@pytest.mark.parametrize("phrase", ["不限", "高中或大专", "小学", "全日制本科及以上", "高中以下", ""])
def test_education_that_is_not_understood_is_refused(phrase: str) -> None:
    with pytest.raises(Wrong):
        education(phrase)


def test_each_level_has_a_phrase_that_is_read_back() -> None:
    for level, phrase in EDUCATION_PHRASES.items():
        assert education(phrase) == level


@pytest.mark.parametrize(
    ("phrase", "meant"),
    [
        ("懂彝语", {"languages": ["彝语"]}),
        ("懂藏语或彝语", {"languages": ["藏语", "彝语"]}),
        ("能熟练使用彝语", {"languages": ["彝语"]}),
        ("中共党员", {"party_member": True}),
        ("中共党员（含预备党员）", {"party_member": True}),
        ("限青川县服务", {"areas": ["510822"]}),
        ("限在青川县任职的村（社区）干部报考", {"areas": ["510822"]}),
        ("限青川县、剑阁县服务", {"areas": ["510822", "510823"]}),
        ("任职满5年", {"years": 5}),
        ("任职五年以上", {"years": 5}),
        ("法学专业", {"majors": ["法学"]}),
        ("法学、会计学专业", {"majors": ["法学", "会计学"]}),
        ("无", {}),
        ("不限", {}),
        ("懂彝语；中共党员；任职满5年", {"languages": ["彝语"], "party_member": True, "years": 5}),
        ("懂彝语；中共党员。", {"languages": ["彝语"], "party_member": True}),
        ("懂藏语，中共党员", {"languages": ["藏语"], "party_member": True}),
    ],
)
def test_conditions_as_tables_say_them(phrase: str, meant: dict[str, Any]) -> None:
    assert conditions(phrase) == meant
    assert Position.from_json({"county": "510822", **meant}).conditions is not None


@pytest.mark.parametrize(
    "phrase",
    [
        "懂英语",
        "懂法语专业",
        "限男性",
        "身体健康",
        "限火星服务",
        "任职满0年",
        "懂彝语；懂藏语",
        "限市中区服务",
    ],
)
def test_conditions_that_are_not_understood_are_refused(phrase: str) -> None:
    with pytest.raises(Wrong):
        conditions(phrase)


def test_a_township_as_area_of_service() -> None:
    code, name, county = next(township for township in townships() if township[2] == "510822")
    assert conditions(f"限{counties()[county].name}{name}服务") == {"areas": [code]}


# The demo table


def test_the_demo_table_is_plausible_and_read_back_whole() -> None:
    rows = demo_positions(SEED)
    result = read_position_table(demo_table(SEED), "职位表.xlsx")
    assert [str(error) for error in result.errors] == []
    assert result.rows == rows
    assert len(rows) >= 210
    places = [counties()[row.county_code] for row in rows]
    assert {place.prefecture_code for place in places} == set(prefectures())
    assert sum(place.autonomous for place in places) >= 30
    assert sum(place.tibetan for place in places) >= 20
    names = {code: name for code, name, _ in townships()}
    for row in rows:
        assert row.township_code is not None
        assert names[row.township_code] in row.organ
        assert re.fullmatch(r"\d{8}", row.code)
        assert re.fullmatch(r"0\d{2,3}-555\d{4}", row.phone)
        if row.education == "junior_middle":
            assert counties()[row.county_code].tibetan
    assert len({row.township_code for row in rows}) == len(rows)


def test_the_demo_table_depends_on_its_seed_alone() -> None:
    assert demo_table(SEED) == demo_table(SEED)
    assert demo_positions(SEED) != demo_positions(SEED + 1)
